//! The states of a ticket and what leads from one to another: one table, asked by every handler and
//! by the test that plays against it. No clock, no database.
//!
//! ```text
//!  waiting --call--> called --start--> serving --finish--> served
//!     ^  ^--skip-----'  |                 |                   |
//!     |                 '--no_show--> no_show                 |
//!     '--return-- parked <--park-- (waiting, called, serving) |
//!     '--undo-------------- (served, no_show, left) <---------'
//! ```

use mobile_contracts::queue::TicketAct;

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    Waiting,
    Called,
    Serving,
    Parked,
    Served,
    NoShow,
    Left,
}

impl State {
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Called,
        Self::Serving,
        Self::Parked,
        Self::Served,
        Self::NoShow,
        Self::Left,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Called => "called",
            Self::Serving => "serving",
            Self::Parked => "parked",
            Self::Served => "served",
            Self::NoShow => "no_show",
            Self::Left => "left",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether the visit is over.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Served | Self::NoShow | Self::Left)
    }

    /// Whether the person is on the second screen.
    pub fn is_at_desk(self) -> bool {
        matches!(self, Self::Called | Self::Serving)
    }

    /// What the appointment is while its ticket stands here. Whoever was here and left without being
    /// served is no no-show.
    pub fn appointment_status(self) -> &'static str {
        match self {
            Self::Waiting | Self::Parked => "checked_in",
            Self::Called => "called",
            Self::Serving => "serving",
            Self::Served => "served",
            Self::NoShow => "no_show",
            Self::Left => "cancelled",
        }
    }

    /// Whether the appointment keeps its place. One that does not becomes desk time; it is not booked
    /// again.
    pub fn keeps_place(self) -> bool {
        !matches!(self, Self::NoShow | Self::Left)
    }
}

/// What is done with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    Call,
    Recall,
    Skip,
    Park,
    Return,
    Redirect,
    Start,
    Finish,
    NoShow,
    Leave,
    Undo,
    /// Entered from a printed list as served.
    Enter,
}

impl Act {
    pub const ALL: [Self; 12] = [
        Self::Call,
        Self::Recall,
        Self::Skip,
        Self::Park,
        Self::Return,
        Self::Redirect,
        Self::Start,
        Self::Finish,
        Self::NoShow,
        Self::Leave,
        Self::Undo,
        Self::Enter,
    ];

    /// The word of the audit trail.
    pub fn audited_as(self) -> &'static str {
        match self {
            Self::Call => "booking.call",
            Self::Recall => "booking.recall",
            Self::Skip => "booking.skip",
            Self::Park => "booking.park",
            Self::Return => "booking.return",
            Self::Redirect => "booking.redirect",
            Self::Start => "booking.start",
            Self::Finish => "booking.finish",
            Self::NoShow => "booking.no_show",
            Self::Leave => "booking.leave",
            Self::Undo => "booking.undo_end",
            Self::Enter => "booking.enter_served",
        }
    }
}

impl From<TicketAct> for Act {
    fn from(act: TicketAct) -> Self {
        match act {
            TicketAct::Recall => Self::Recall,
            TicketAct::Skip => Self::Skip,
            TicketAct::Return => Self::Return,
            TicketAct::Start => Self::Start,
            TicketAct::NoShow => Self::NoShow,
            TicketAct::Leave => Self::Leave,
            TicketAct::Undo => Self::Undo,
        }
    }
}

/// Where an act leads; `None`: not from here.
pub fn after(state: State, act: Act) -> Option<State> {
    use State::{Called, Left, NoShow, Parked, Served, Serving, Waiting};
    Some(match (state, act) {
        (Waiting, Act::Call) | (Called, Act::Recall) => Called,
        (Called, Act::Skip) | (Parked, Act::Return) => Waiting,
        (Waiting | Called | Serving, Act::Park) => Parked,
        (Waiting | Called | Serving | Parked, Act::Redirect) => Waiting,
        (Called, Act::Start) => Serving,
        (Serving, Act::Finish) => Served,
        (Called, Act::NoShow) => NoShow,
        (Waiting | Called | Parked, Act::Leave) => Left,
        (Served | NoShow | Left, Act::Undo) => Waiting,
        // Whoever was still in a queue when the day ended may have been served on paper.
        (Waiting | Called | Serving | Parked | Left, Act::Enter) => Served,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_state_is_written_as_it_is_read() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
        assert_eq!(State::parse("gone"), None);
    }

    #[test]
    fn every_state_can_be_reached_and_left() {
        let mut reached = vec![State::Waiting];
        for _ in 0..State::ALL.len() {
            for state in reached.clone() {
                for next in Act::ALL.into_iter().filter_map(|act| after(state, act)) {
                    if !reached.contains(&next) {
                        reached.push(next);
                    }
                }
            }
        }
        assert_eq!(reached.len(), State::ALL.len());
        for state in State::ALL {
            assert!(Act::ALL.into_iter().any(|act| after(state, act).is_some()));
        }
    }

    /// Somebody at a desk, told without the table: a desk, a chair, a waiting room, a way out.
    #[derive(Debug, Default)]
    struct Model {
        in_room: bool,
        at_desk: bool,
        seated: bool,
        aside: bool,
        gone: Option<&'static str>,
    }

    impl Model {
        fn act(&mut self, act: Act) -> bool {
            let room = Self {
                in_room: true,
                ..Self::default()
            };
            let standing = self.at_desk && !self.seated;
            let possible = match act {
                Act::Call => self.in_room,
                Act::Recall | Act::Skip | Act::Start | Act::NoShow => standing,
                Act::Park => self.in_room || self.at_desk,
                Act::Return => self.aside,
                Act::Redirect => self.gone.is_none(),
                Act::Finish => self.seated,
                Act::Leave => self.in_room || self.aside || standing,
                Act::Undo => self.gone.is_some(),
                Act::Enter => matches!(self.gone, None | Some("left")),
            };
            if !possible {
                return false;
            }
            let gone = |how| Self {
                gone: Some(how),
                ..Self::default()
            };
            match act {
                Act::Call => {
                    *self = Self {
                        at_desk: true,
                        ..Self::default()
                    }
                }
                Act::Recall => {}
                Act::Start => self.seated = true,
                Act::Park => {
                    *self = Self {
                        aside: true,
                        ..Self::default()
                    }
                }
                Act::Skip | Act::Return | Act::Redirect | Act::Undo => *self = room,
                Act::Finish | Act::Enter => *self = gone("served"),
                Act::NoShow => *self = gone("no_show"),
                Act::Leave => *self = gone("left"),
            }
            true
        }

        fn state(&self) -> &'static str {
            match self.gone {
                Some(how) => how,
                None if self.seated => "serving",
                None if self.at_desk => "called",
                None if self.aside => "parked",
                None => "waiting",
            }
        }
    }

    proptest! {
        #[test]
        fn any_acts_lead_where_the_model_says(acts in prop::collection::vec(0..Act::ALL.len(), 0..60)) {
            let mut model = Model { in_room: true, ..Model::default() };
            let mut state = State::Waiting;
            for act in acts.into_iter().map(|index| Act::ALL[index]) {
                let next = after(state, act);
                prop_assert_eq!(next.is_some(), model.act(act), "{:?} from {:?}", act, state);
                state = next.unwrap_or(state);
                prop_assert_eq!(state.as_str(), model.state());
                // What was served or missed is left by taking it back only, and only an end gives up
                // the place.
                if matches!(state, State::Served | State::NoShow) {
                    for other in Act::ALL.into_iter().filter(|other| *other != Act::Undo) {
                        prop_assert_eq!(after(state, other), None);
                    }
                }
                prop_assert!(state.keeps_place() || state.is_end());
            }
        }
    }
}
