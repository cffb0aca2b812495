//! Passwords: argon2id, off the async threads, two at a time.
//!
//! Hashing is the dearest thing that a stranger can ask for, so it stands behind a semaphore with a
//! short queue: past that the answer is 503 before any work is done. Somebody without an account
//! costs the same as somebody with one.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use mobile_contracts::phone::MobilePhone;
use tokio::sync::Semaphore;

use crate::config;
use crate::http::failure::{Failure, FieldError};
use crate::privacy::personal::Personal;

/// Shortest and longest password, in characters. No composition rules (NIST SP 800-63B).
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=128;
const AT_ONCE: usize = 2;
const QUEUE_MAX: usize = 20;

/// The 3,000 commonest passwords of eight or more characters (Royce Williams' list, as Django ships
/// it), one a line, in lower case.
static COMMON: &str = include_str!("common_passwords.txt");

/// Hashes and verifies. Cheap to clone.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    argon2: Argon2<'static>,
    at_once: Semaphore,
    queue: Semaphore,
    dummy: String,
}

impl Passwords {
    /// # Panics
    /// With parameters that argon2 does not take; configuration checks their floor.
    pub fn new(config: &config::Passwords) -> Self {
        let params = Params::new(config.memory_kib, config.passes, 1, None)
            .expect("the configuration gives parameters above argon2's floor");
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = hash_with(&argon2, "nobody has this password");
        Self(Arc::new(Inner {
            argon2,
            at_once: Semaphore::new(AT_ONCE),
            queue: Semaphore::new(QUEUE_MAX),
            dummy,
        }))
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// 503 when too many are waiting.
    pub async fn hash(&self, password: Personal<String>) -> Result<String, Failure> {
        let inner = self.0.clone();
        self.work(move || hash_with(&inner.argon2, password.expose()))
            .await
    }

    /// Whether this is the password behind `stored`; with `None` it takes as long and is not.
    ///
    /// # Errors
    /// 503 when too many are waiting.
    pub async fn verify(
        &self,
        password: Personal<String>,
        stored: Option<String>,
    ) -> Result<bool, Failure> {
        let inner = self.0.clone();
        self.work(move || {
            let known = stored.is_some();
            let stored = stored.as_deref().unwrap_or(&inner.dummy);
            let right = PasswordHash::new(stored).is_ok_and(|hash| {
                inner
                    .argon2
                    .verify_password(password.expose().as_bytes(), &hash)
                    .is_ok()
            });
            right && known
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let _queued = self
            .0
            .queue
            .try_acquire()
            .map_err(|_| Failure::unavailable("too many passwords wait to be hashed"))?;
        let _running = self.0.at_once.acquire().await.map_err(Failure::internal)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Failure::internal)
    }
}

fn hash_with(argon2: &Argon2<'_>, password: &str) -> String {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).expect("the operating system gives randomness");
    argon2
        .hash_password_with_salt(password.as_bytes(), &salt)
        .expect("a 16-byte salt and checked parameters always hash")
        .to_string()
}

/// Whether a new password will do, for the owner of this phone.
///
/// # Errors
/// The field error to answer with.
pub fn check_new(
    pointer: &'static str,
    password: &str,
    phone: &MobilePhone,
) -> Result<(), FieldError> {
    if !PASSWORD_CHARS.contains(&password.chars().count()) {
        return Err(FieldError::new(
            pointer,
            "LENGTH",
            "Mật khẩu cần từ 8 đến 128 ký tự; một câu ngắn dễ nhớ là tốt nhất.",
            "A password has 8 to 128 characters; a short sentence is best.",
        ));
    }
    let folded = password.to_lowercase();
    let digits: String = password.chars().filter(char::is_ascii_digit).collect();
    let is_own_phone = digits.len() >= 9 && phone.e164().ends_with(digits.trim_start_matches('0'));
    if is_own_phone || COMMON.lines().any(|common| common == folded) {
        return Err(FieldError::new(
            pointer,
            "TOO_COMMON",
            "Mật khẩu này quá phổ biến hoặc là số điện thoại của bạn. Hãy chọn mật khẩu khác.",
            "This password is too common, or your own phone number. Choose another.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_passwords_and_the_own_phone_are_refused() {
        let phone = MobilePhone::parse("0912000001").unwrap();
        for bad in [
            "password",
            "PASSWORD",
            "short",
            "0912000001",
            "0912 000 001",
            &"x".repeat(129),
        ] {
            assert!(check_new("/p", bad, &phone).is_err(), "{bad}");
        }
        for good in [
            "một câu dễ nhớ",
            "correct horse",
            "\u{1F600}\u{1F600}\u{1F600}\u{1F600}\u{1F600}\u{1F600}\u{1F600}\u{1F600}",
        ] {
            assert!(check_new("/p", good, &phone).is_ok(), "{good}");
        }
    }
}
