//! The work that a stranger's device is asked for.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Whether the work was done that an unverified hold is asked for.
pub fn is_work_done(
    bits: u8,
    device_id: Uuid,
    office_id: i32,
    starts_at: DateTime<Utc>,
    work: &str,
) -> bool {
    let starts_s = starts_at.timestamp();
    let digest = Sha256::digest(format!("{device_id}|{office_id}|{starts_s}|{work}"));
    let mut zeros = 0;
    for byte in digest {
        zeros += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    zeros >= u32::from(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_counted_in_leading_zero_bits() {
        let device = Uuid::nil();
        let done = (0..10_000)
            .map(|n| n.to_string())
            .find(|work| is_work_done(8, device, 1, DateTime::UNIX_EPOCH, work))
            .unwrap();
        assert!(!is_work_done(8, device, 2, DateTime::UNIX_EPOCH, &done));
        assert!(is_work_done(0, device, 2, DateTime::UNIX_EPOCH, ""));
    }
}
