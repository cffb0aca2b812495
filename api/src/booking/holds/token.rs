//! The signed hold token: which places, for whom and until when. It is worth something without
//! Redis, and nothing to anybody else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use mobile_contracts::ids::OfficeId;
use uuid::Uuid;

use crate::privacy::keys::Keys;

const TAG_BYTES: usize = 16;

const VERSION: u8 = 1;

/// What a hold token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldToken {
    /// The hold's own number, which is also the actor of its idempotency keys.
    pub hold_id: Uuid,
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    /// By the API's clock; judged by the database's.
    pub ends_at: DateTime<Utc>,
    pub place_nos: Vec<i16>,
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
        bytes.extend_from_slice(&self.starts_at.timestamp().to_be_bytes());
        bytes.extend_from_slice(&self.ends_at.timestamp_millis().to_be_bytes());
        bytes.extend_from_slice(&self.people);
        for place_no in &self.place_nos {
            bytes.extend_from_slice(&place_no.to_be_bytes());
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
        if head[0] != VERSION {
            return None;
        }
        Some(Self {
            hold_id: Uuid::from_bytes(*hold_id),
            office_id: OfficeId(i32::from_be_bytes(*office_id)),
            starts_at: DateTime::from_timestamp(i64::from_be_bytes(*starts_s), 0)?,
            ends_at: DateTime::from_timestamp_millis(i64::from_be_bytes(*ends_ms))?,
            place_nos: rest
                .chunks_exact(2)
                .map(|pair| i16::from_be_bytes([pair[0], pair[1]]))
                .collect(),
            people: *people,
            vouched: head[1] & 1 != 0,
            offered: head[1] & 2 != 0,
        })
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
    short(keys.mac("hold-people/v1", &sorted))
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

    fn token(place_nos: Vec<i16>) -> HoldToken {
        HoldToken {
            hold_id: Uuid::from_u128(7),
            office_id: OfficeId(3),
            starts_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            ends_at: DateTime::from_timestamp_millis(1_799_999_123_456).unwrap(),
            place_nos,
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

    proptest! {
        #[test]
        fn a_token_comes_back_whole_and_a_touched_one_not_at_all(
            places in prop::collection::vec(1_i16..500, 1..=6), at in 0_usize..200,
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
