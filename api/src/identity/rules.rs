//! Tokens, codes and brakes, without a database.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use mobile_contracts::device::{DeviceKey, refresh_text};
use mobile_contracts::identity::RefreshSession;
use sha2::{Digest, Sha256};

/// How long an access token is good.
pub const ACCESS_TTL: TimeDelta = TimeDelta::minutes(15);
/// How long a refresh token is good if it is not used.
pub const REFRESH_TTL: TimeDelta = TimeDelta::days(30);
/// How long one sign-in lasts, however often it is refreshed.
pub const FAMILY_TTL: TimeDelta = TimeDelta::days(90);
/// How long the pair before the current one may ask again, while the current one is unused: its
/// answer may have been lost.
pub const LOST_ANSWER_GRACE: TimeDelta = TimeDelta::minutes(10);
/// The same where the phone's key signs for it, so that a copied token is worth nothing: a day without
/// a signal costs nobody their sign-in.
pub const SIGNED_ANSWER_GRACE: TimeDelta = TimeDelta::hours(24);
/// How far the moment of a signature may be from the server's clock.
pub const PROOF_SKEW_MAX: TimeDelta = TimeDelta::minutes(5);
/// How long an invitation waits.
pub const INVITATION_TTL: TimeDelta = TimeDelta::days(14);
/// How long a recovery code waits.
pub const RECOVERY_TTL: TimeDelta = TimeDelta::hours(2);

/// Failures that cost nothing.
const FREE_FAILURES: u32 = 10;
const BRAKE_MAX: TimeDelta = TimeDelta::minutes(15);
/// After this long without a failure, the count begins anew.
const BRAKE_FORGETS: TimeDelta = TimeDelta::hours(24);

/// A fresh token: 256 random bits, base64url.
pub fn new_token() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a token. Plain SHA-256 suffices for 256 random bits.
pub fn hash_token(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Letters and digits that are not mistaken for one another (Crockford's base 32).
const CODE_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code for people to read out: eight characters, 40 bits, `K7QM-2XRT`.
pub fn new_code() -> String {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    let letters: Vec<char> = bytes
        .iter()
        .map(|byte| char::from(CODE_ALPHABET[usize::from(byte % 32)]))
        .collect();
    let (left, right) = letters.split_at(4);
    format!("{}-{}", String::from_iter(left), String::from_iter(right))
}

/// A code as it was typed: case, dashes and look-alikes do not matter.
pub fn normalise_code(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

/// What a presented refresh token leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Refresh {
    /// It is the current one: give out the next pair.
    Rotate,
    /// The answer with its successor was lost: withdraw that unused successor, give out another.
    Reissue,
    /// It is stale: somebody copied it. End the family.
    Reused,
}

/// Judges a refresh token that was superseded at `superseded_at`, whose newest successor was first
/// used at `successor_used_at`. `is_preceding`: nothing was issued between the two; `is_bound`: only a
/// phone's key refreshes it.
pub fn judge_refresh(
    superseded_at: Option<DateTime<Utc>>,
    is_preceding: bool,
    successor_used_at: Option<DateTime<Utc>>,
    is_bound: bool,
    now: DateTime<Utc>,
) -> Refresh {
    let grace = match is_bound {
        true => SIGNED_ANSWER_GRACE,
        false => LOST_ANSWER_GRACE,
    };
    match superseded_at {
        None => Refresh::Rotate,
        Some(at) if is_preceding && successor_used_at.is_none() && now - at <= grace => {
            Refresh::Reissue
        }
        Some(_) => Refresh::Reused,
    }
}

/// Whether the phone that holds this key asks for this refresh, now.
pub fn is_proven(key: &[u8], refresh: &RefreshSession, now: DateTime<Utc>) -> bool {
    let (Some(key), Some(proof)) = (DeviceKey::from_bytes(key), &refresh.proof) else {
        return false;
    };
    let is_fresh = DateTime::from_timestamp(proof.signed_at, 0)
        .is_some_and(|at| (now - at).abs() <= PROOF_SKEW_MAX);
    let text = refresh_text(&refresh.refresh_token, proof.signed_at);
    is_fresh && key.verifies(&text, &proof.signature)
}

/// Failures after one more, and when the next try will be looked at: free at first, then one second,
/// doubling up to fifteen minutes.
pub fn brake(
    failures: u32,
    last_failure_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> (u32, DateTime<Utc>) {
    let forgotten = last_failure_at.is_none_or(|last| now - last > BRAKE_FORGETS);
    let failures = if forgotten {
        1
    } else {
        failures.saturating_add(1)
    };
    let wait = match failures.checked_sub(FREE_FAILURES) {
        None | Some(0) => TimeDelta::zero(),
        Some(over) => TimeDelta::seconds(1_i64 << (over - 1).min(10)).min(BRAKE_MAX),
    };
    (failures, now + wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn only_the_preceding_token_may_ask_again_and_only_while_its_successor_is_unused() {
        let judge = |superseded, is_preceding, used, is_bound, now| {
            judge_refresh(superseded, is_preceding, used, is_bound, at(now))
        };
        for (is_bound, grace) in [(false, LOST_ANSWER_GRACE), (true, SIGNED_ANSWER_GRACE)] {
            let grace = grace.num_seconds();
            let first = Some(at(0));
            assert_eq!(judge(None, false, None, is_bound, 0), Refresh::Rotate);
            assert_eq!(judge(first, true, None, is_bound, grace), Refresh::Reissue);
            assert_eq!(
                judge(first, true, None, is_bound, grace + 1),
                Refresh::Reused
            );
            assert_eq!(
                judge(first, true, Some(at(1)), is_bound, 2),
                Refresh::Reused
            );
            assert_eq!(judge(first, false, None, is_bound, 1), Refresh::Reused);
        }
    }

    #[test]
    fn the_brake_doubles_up_to_fifteen_minutes_and_forgets_after_a_day() {
        let (mut failures, mut next) = (0, at(0));
        for _ in 0..10 {
            (failures, next) = brake(failures, Some(at(0)), at(0));
            assert_eq!(next, at(0));
        }
        let mut waits = Vec::new();
        for _ in 0..12 {
            (failures, next) = brake(failures, Some(at(0)), at(0));
            waits.push((next - at(0)).num_seconds());
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(brake(failures, Some(at(0)), at(90_000)).0, 1);
        let _ = next;
    }

    #[test]
    fn a_code_survives_being_read_out() {
        let code = new_code();
        assert_eq!(normalise_code(&code.to_lowercase()), code.replace('-', ""));
        assert_eq!(normalise_code(" o1-il"), "0111");
    }
}
