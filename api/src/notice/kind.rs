//! What people are told about: one row a kind.

/// Declares the kinds: `Variant = "feature.event"`.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $word:literal;)+) => {
        /// Which text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$doc])* $kind),+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// As it is stored and told to programs.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $word),+ }
            }

            /// The kind of this word; a word of a newer program is none.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
            }
        }
    };
}

kinds! {
    /// Booked.
    Confirmed = "booking.confirmed";
    /// At another time or office, by whoever asked for it.
    Moved = "booking.moved";
    /// Cancelled, by whoever asked for it.
    Cancelled = "booking.cancelled";
    /// A new secret was given out at the desk.
    Reissued = "booking.reissued";
    /// Somebody tried to book for this person once more.
    SecondTry = "booking.second_try";
    /// The evening before.
    ReminderDay = "booking.reminder_day";
    /// Two hours before.
    ReminderHours = "booking.reminder_hours";
    /// The office closes, and moved the appointment to the nearest equal slot.
    ClosedMoved = "booking.closed_moved";
    /// The office closes, and found no other slot.
    Conflict = "booking.conflict";
    /// A place came free for somebody who waits.
    Offer = "booking.offer";
    /// An unverified booking is given up unless it is confirmed.
    Lapsing = "booking.lapsing";
    /// It was given up.
    Lapsed = "booking.lapsed";
}

impl Kind {
    /// Whether not knowing it costs the person a trip or a place: then somebody must be told even
    /// where the citizen has no phone, and the desk's list shows whom nobody reached.
    pub fn must_arrive(self) -> bool {
        match self {
            Self::Moved
            | Self::Cancelled
            | Self::ClosedMoved
            | Self::Conflict
            | Self::Offer
            | Self::Lapsing
            | Self::Lapsed => true,
            Self::Confirmed
            | Self::Reissued
            | Self::SecondTry
            | Self::ReminderDay
            | Self::ReminderHours => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_back_from_its_word() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(Kind::parse("booking.unheard_of"), None);
    }
}
