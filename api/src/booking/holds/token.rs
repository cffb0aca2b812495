//! The signed hold token: which places, for whom and until when. It is worth something without
//! Redis, and nothing to anybody else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use mobile_contracts::booking::HeldPlace;
use mobile_contracts::ids::OfficeId;
use uuid::Uuid;

use crate::booking::slots::rules::field;
use crate::privacy::keys::Keys;

const TAG_BYTES: usize = 16;

/// Several slots: each place says how many minutes after the first slot its own one starts.
const VERSION: u8 = 2;

/// One slot: the places are its numbers alone. Still read, for a hold lives on over an update.
const ONE_SLOT_VERSION: u8 = 1;

/// What a hold token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldToken {
    /// The hold's own number, which is also the actor of its idempotency keys.
    pub hold_id: Uuid,
    pub office_id: OfficeId,
    /// By the API's clock; judged by the database's.
    pub ends_at: DateTime<Utc>,
    /// In order of time, of one local day; at least one.
    pub places: Vec<HeldPlace>,
    /// Keyed hash of the people it is for, whatever their order.
    pub people: [u8; 16],
    /// Held by a helper: confirmed by a helper too.
    pub vouched: bool,
    /// Offered to somebody who waited: who has the token may confirm it, whoever joined for them.
    pub offered: bool,
}

impl HoldToken {
    pub fn seal(&self, keys: &Keys) -> String {
        let flags = u8::from(self.vouched) | u8::from(self.offered) << 1;
        let mut bytes = vec![VERSION, flags];
        bytes.extend_from_slice(self.hold_id.as_bytes());
        bytes.extend_from_slice(&self.office_id.0.to_be_bytes());
        let starts_at = self.starts_at();
        bytes.extend_from_slice(&starts_at.timestamp().to_be_bytes());
        bytes.extend_from_slice(&self.ends_at.timestamp_millis().to_be_bytes());
        bytes.extend_from_slice(&self.people);
        for place in &self.places {
            let later = (place.starts_at - starts_at).num_minutes() as u16;
            bytes.extend_from_slice(&later.to_be_bytes());
            bytes.extend_from_slice(&place.place_no.to_be_bytes());
        }
        let tag = keys.mac("hold/v1", &[&bytes]);
        bytes.extend_from_slice(&tag[..TAG_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// `None`: forged, cut or of another make.
    pub fn open(keys: &Keys, text: &str) -> Option<Self> {
        if text.len() > 400 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
        let (said, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG_BYTES)?)?;
        if !keys.verify("hold/v1", &[said], tag) {
            return None;
        }
        let (head, rest) = said.split_first_chunk::<2>()?;
        let (hold_id, rest) = rest.split_first_chunk::<16>()?;
        let (office_id, rest) = rest.split_first_chunk::<4>()?;
        let (starts_s, rest) = rest.split_first_chunk::<8>()?;
        let (ends_ms, rest) = rest.split_first_chunk::<8>()?;
        let (people, rest) = rest.split_first_chunk::<16>()?;
        let starts_at = DateTime::from_timestamp(i64::from_be_bytes(*starts_s), 0)?;
        let places = match head[0] {
            VERSION => rest
                .chunks_exact(4)
                .map(|four| HeldPlace {
                    starts_at: starts_at
                        + TimeDelta::minutes(u16::from_be_bytes([four[0], four[1]]).into()),
                    place_no: i16::from_be_bytes([four[2], four[3]]),
                })
                .collect(),
            ONE_SLOT_VERSION => rest
                .chunks_exact(2)
                .map(|two| HeldPlace {
                    starts_at,
                    place_no: i16::from_be_bytes([two[0], two[1]]),
                })
                .collect(),
            _ => Vec::new(),
        };
        if places.is_empty() {
            return None;
        }
        Some(Self {
            hold_id: Uuid::from_bytes(*hold_id),
            office_id: OfficeId(i32::from_be_bytes(*office_id)),
            ends_at: DateTime::from_timestamp_millis(i64::from_be_bytes(*ends_ms))?,
            places,
            people: *people,
            vouched: head[1] & 1 != 0,
            offered: head[1] & 2 != 0,
        })
    }

    /// When the first place starts.
    pub fn starts_at(&self) -> DateTime<Utc> {
        self.places[0].starts_at
    }

    /// The slots of the hold with the numbers held in each, in order of time.
    pub fn slots(&self) -> impl Iterator<Item = (DateTime<Utc>, Vec<i16>)> {
        let slots = self
            .places
            .chunk_by(|one, next| one.starts_at == next.starts_at);
        slots.map(|places| {
            let numbers = places.iter().map(|place| place.place_no);
            (places[0].starts_at, numbers.collect())
        })
    }

    /// How Redis names its places within their day.
    pub fn fields(&self) -> Vec<String> {
        let places = self.places.iter();
        places
            .map(|place| field(place.starts_at, place.place_no))
            .collect()
    }

    /// How Redis names the hold: its number and its end by the API's clock, so that the same party
    /// asking again is given the same token.
    pub fn word(&self) -> String {
        word(self.hold_id, self.ends_at)
    }

    /// The actor of idempotency keys under this hold.
    pub fn actor(&self) -> String {
        format!("hold:{}", self.hold_id)
    }
}

/// [`HoldToken::word`] of a hold that is being made.
pub fn word(hold_id: Uuid, ends_at: DateTime<Utc>) -> String {
    format!("{}.{}", hold_id.simple(), ends_at.timestamp_millis())
}

/// The keyed hash of a party of people, whatever their order.
pub fn people_hash(keys: &Keys, blinds: &[Vec<u8>]) -> [u8; 16] {
    let mut sorted: Vec<&[u8]> = blinds.iter().map(Vec::as_slice).collect();
    sorted.sort_unstable();
    short(keys.lasting_mac("hold-people/v1", &sorted))
}

/// How holds name somebody, under each of our keys.
pub fn people_of(keys: &Keys, blind: &[u8]) -> Vec<Vec<u8>> {
    let macs = keys.macs("hold-person/v1", &[blind]).into_iter();
    macs.map(|mac| short(mac).to_vec()).collect()
}

/// Half of a keyed hash: enough to tell holders apart.
pub fn short(mac: [u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&mac[..16]);
    half
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::keys::MasterKey;
    use proptest::prelude::*;

    fn keys(id: u8) -> Keys {
        Keys::new(vec![MasterKey::new(id, [id; 32])])
    }

    /// Of half-hour slots: each place's slot and number.
    fn token(places: Vec<(i64, i16)>) -> HoldToken {
        let first = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let earliest = places.iter().map(|(slot, _)| *slot).min().unwrap();
        let mut places: Vec<HeldPlace> = places
            .into_iter()
            .map(|(slot, place_no)| HeldPlace {
                starts_at: first + TimeDelta::minutes(30 * (slot - earliest)),
                place_no,
            })
            .collect();
        places.sort();
        HoldToken {
            hold_id: Uuid::from_u128(7),
            office_id: OfficeId(3),
            ends_at: DateTime::from_timestamp_millis(1_799_999_123_456).unwrap(),
            places,
            people: [9; 16],
            vouched: true,
            offered: false,
        }
    }

    #[test]
    fn people_are_the_same_in_any_order() {
        let keys = keys(1);
        let (a, b) = (vec![1; 32], vec![2; 32]);
        assert_eq!(
            people_hash(&keys, &[a.clone(), b.clone()]),
            people_hash(&keys, &[b, a.clone()])
        );
        assert_ne!(
            people_hash(&keys, &[a.clone(), a.clone()]),
            people_hash(&keys, &[a])
        );
    }

    #[test]
    fn a_token_that_was_given_out_before_an_update_still_opens() {
        let keys = keys(1);
        let mut bytes = vec![ONE_SLOT_VERSION, 1];
        let token = token(vec![(0, 2), (0, 5)]);
        bytes.extend_from_slice(token.hold_id.as_bytes());
        bytes.extend_from_slice(&token.office_id.0.to_be_bytes());
        bytes.extend_from_slice(&token.starts_at().timestamp().to_be_bytes());
        bytes.extend_from_slice(&token.ends_at.timestamp_millis().to_be_bytes());
        bytes.extend_from_slice(&token.people);
        bytes.extend_from_slice(&[0, 2, 0, 5]);
        let tag = keys.mac("hold/v1", &[&bytes]);
        bytes.extend_from_slice(&tag[..TAG_BYTES]);
        let opened = HoldToken::open(&keys, &URL_SAFE_NO_PAD.encode(&bytes));
        assert_eq!(opened, Some(token));
    }

    #[test]
    fn a_token_tells_its_slots_in_order() {
        let token = token(vec![(1, 4), (0, 3), (1, 1)]);
        let slots: Vec<Vec<i16>> = token.slots().map(|(_, numbers)| numbers).collect();
        assert_eq!(slots, [vec![3], vec![1, 4]]);
        assert_eq!(token.fields(), ["1500.3", "1530.1", "1530.4"]);
    }

    proptest! {
        #[test]
        fn a_token_comes_back_whole_and_a_touched_one_not_at_all(
            places in prop::collection::vec((0_i64..6, 1_i16..500), 1..=6), at in 0_usize..200,
            vouched: bool, offered: bool,
        ) {
            let keys = keys(1);
            let token = HoldToken { vouched, offered, ..token(places) };
            let text = token.seal(&keys);
            prop_assert_eq!(HoldToken::open(&keys, &text), Some(token));
            let mut touched = text.clone().into_bytes();
            let at = at % touched.len();
            touched[at] = if touched[at] == b'A' { b'B' } else { b'A' };
            let touched = String::from_utf8(touched).unwrap();
            prop_assert_eq!(HoldToken::open(&keys, &touched), None);
            prop_assert_eq!(HoldToken::open(&super::tests::keys(2), &text), None);
        }
    }
}
