//! The code of an appointment and its secret, which is derived and stands in no table.

use mobile_contracts::booking::BookedParty;
use mobile_contracts::ids::AppointmentId;
use subtle::ConstantTimeEq as _;

use crate::http::idempotency::SavedAnswer;
use crate::identity::rules::normalise_code;
use crate::privacy::keys::Keys;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const SECRET_CHARS: usize = 10;

const SECRET_PURPOSE: &str = "appointment-secret/v1";

/// The secret of an appointment: ten characters, 50 bits, `9F3K2-M7QXA`.
pub fn secret(keys: &Keys, id: AppointmentId, version: i32) -> String {
    spell(&keys.mac(SECRET_PURPOSE, &[id.0.as_bytes(), &version.to_be_bytes()]))
}

/// A derived secret in letters.
pub fn spell(mac: &[u8; 32]) -> String {
    let letters: String = mac[..SECRET_CHARS]
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect();
    let (left, right) = letters.split_at(SECRET_CHARS / 2);
    format!("{left}-{right}")
}

/// Whether somebody typed the secret of this appointment, under any of our keys.
pub fn is_secret(keys: &Keys, id: AppointmentId, version: i32, typed: &str) -> bool {
    let said = [id.0.as_bytes().as_slice(), &version.to_be_bytes()];
    is_spelled(&keys.macs(SECRET_PURPOSE, &said), typed)
}

/// Whether somebody typed one of these secrets; as slow for a wrong one.
pub fn is_spelled(macs: &[[u8; 32]], typed: &str) -> bool {
    let typed = normalise_code(typed);
    macs.iter().fold(false, |found, mac| {
        let right = normalise_code(&spell(mac));
        bool::from(right.as_bytes().ct_eq(typed.as_bytes())) | found
    })
}

/// `K7QM-2XRT` of a stored code.
pub fn spell_code(code: &str) -> String {
    match code.split_at_checked(4) {
        Some((left, right)) => format!("{left}-{right}"),
        None => code.to_owned(),
    }
}

/// Puts the secrets into a saved answer: they are derived, never stored.
pub fn with_secrets(keys: &Keys, mut answer: SavedAnswer) -> SavedAnswer {
    let Ok(mut party) = serde_json::from_value::<BookedParty>(answer.body.clone()) else {
        return answer;
    };
    for one in &mut party.appointments {
        one.secret = Some(secret(keys, one.appointment_id, one.secret_version));
    }
    answer.body = serde_json::to_value(party).unwrap_or(answer.body);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::keys::MasterKey;
    use uuid::Uuid;

    fn keys(id: u8) -> Keys {
        Keys::new(vec![MasterKey::new(id, [id; 32])])
    }

    #[test]
    fn a_secret_is_known_by_its_letters_and_ends_with_its_version() {
        let (keys, id) = (keys(1), AppointmentId(Uuid::from_u128(1)));
        let told = secret(&keys, id, 1);
        assert_eq!(told.len(), 11);
        assert!(is_secret(
            &keys,
            id,
            1,
            &told.to_lowercase().replace('-', " ")
        ));
        assert!(!is_secret(&keys, id, 2, &told));
        assert!(!is_secret(&keys, id, 1, ""));
        let rotated = Keys::new(vec![MasterKey::new(2, [2; 32]), MasterKey::new(1, [1; 32])]);
        assert!(is_secret(&rotated, id, 1, &told), "an old key still reads");
    }
}
