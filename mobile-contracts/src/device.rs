//! Phones that are known by a key of their own, and what becomes of a lost one.
//!
//! The key pair is made on the phone (WebCrypto: ECDSA, P-256, private half not extractable). It signs
//! [`registration_text`] once, and [`orders_text`] whenever the phone has no session and asks whether it
//! is lost; if the app says so at registration, [`refresh_text`] proves each refresh of the session.
//! Signatures are r and s, 64 bytes, over SHA-256, in base64url.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::ids::{AccountId, DeviceId};

/// Longest reason of a loss, in characters.
pub const LOSS_REASON_CHARS_MAX: usize = 200;

const KEY_BYTES: usize = 65;

/// The public half of a phone's key.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceKey(VerifyingKey);

impl DeviceKey {
    /// Reads 65 bytes, 0x04 and the two coordinates; nothing else is one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == KEY_BYTES)
            .then(|| VerifyingKey::from_sec1_bytes(bytes).ok())
            .flatten()
            .map(Self)
    }

    /// Reads the base64url of those bytes.
    pub fn from_base64url(text: &str) -> Option<Self> {
        Self::from_bytes(&BASE64_URL_SAFE_NO_PAD.decode(text).ok()?)
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.to_sec1_point(false).as_bytes().to_vec()
    }

    /// Whether the phone signed this text.
    pub fn verifies(&self, text: &str, signature: &str) -> bool {
        BASE64_URL_SAFE_NO_PAD
            .decode(signature)
            .ok()
            .and_then(|bytes| Signature::from_slice(&bytes).ok())
            .is_some_and(|signature| self.0.verify(text.as_bytes(), &signature).is_ok())
    }
}

/// What a phone signs to show that the key is its own.
pub fn registration_text(device_id: DeviceId, account_id: AccountId) -> String {
    format!("to06/device/register/v1\n{device_id}\n{account_id}")
}

/// What a phone signs to ask whether it is lost, and to say that it wiped itself.
pub fn orders_text(device_id: DeviceId, wiped: bool) -> String {
    format!("to06/device/orders/v1\n{device_id}\n{wiped}")
}

/// What a phone signs to refresh its session: that the very token which it presents is its own, at this
/// moment.
pub fn refresh_text(refresh_token: &str, signed_at: i64) -> String {
    let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(refresh_token.as_bytes()));
    format!("to06/session/refresh/v1\n{hash}\n{signed_at}")
}

/// Register this phone with a key of its own. The same key again only renews the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterDevice {
    pub device_id: DeviceId,
    /// 65 bytes, uncompressed P-256, base64url.
    #[schema(
        max_length = 87,
        example = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
    )]
    pub public_key: String,
    /// Over `to06/device/register/v1`, the device and the account, a line each.
    #[schema(max_length = 90)]
    pub signature: String,
    #[schema(min_length = 1, max_length = 40, example = "pwa")]
    pub app: String,
    #[schema(min_length = 1, max_length = 40, example = "1.0.0")]
    pub version: String,
    /// This app proves by the key that it may refresh: from now on nobody refreshes this sign-in
    /// without, and a lost answer may be asked for again for a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proves_refreshes: Option<bool>,
}

/// Say how this phone fares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportDevice {
    #[schema(min_length = 1, max_length = 40, example = "pwa")]
    pub app: String,
    #[schema(min_length = 1, max_length = 40, example = "1.0.0")]
    pub version: String,
    /// Operations that wait.
    #[schema(minimum = 0, maximum = 1_000_000, example = 34)]
    pub pending: i32,
    /// When the oldest of them was saved, by the phone's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_pending_at: Option<DateTime<Utc>>,
    /// Space that is left for the app, in megabytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub storage_free_mb: Option<i32>,
    /// The code of the last error; no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        min_length = 1,
        max_length = 60,
        pattern = "^[A-Za-z0-9_.:-]+$",
        example = "InvalidStateError"
    )]
    pub last_error: Option<String>,
}

/// A registered phone, and how it fares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Device {
    pub device_id: DeviceId,
    pub account_id: AccountId,
    pub app: String,
    pub version: String,
    pub registered_at: DateTime<Utc>,
    /// Since when it is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost_at: Option<DateTime<Utc>>,
    /// When it said that it has forgotten everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wiped_at: Option<DateTime<Utc>>,
    /// When it last said how it fares; what follows is as of then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_pending_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_free_mb: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// Say that a phone is lost, or found again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetDeviceLoss {
    pub lost: bool,
    /// Why. No names.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Rơi máy trên đường vào thôn"
    )]
    pub reason: String,
}

/// Ask, without a session, whether this phone is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskOrders {
    /// That it has forgotten everything.
    pub wiped: bool,
    /// Over `to06/device/orders/v1`, the device and `true` or `false`, a line each.
    #[schema(max_length = 90)]
    pub signature: String,
}

/// What the phone has to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceOrder {
    /// none; wipe: forget lists, drafts and keys. What is sealed and unsent may stay: nobody can read
    /// it, and it is taken, for a lead to decide, when its owner signs in again. Skip what you do not
    /// know.
    #[schema(example = "none")]
    pub order: String,
}

#[cfg(test)]
mod tests {
    use p256::SecretKey;
    use p256::ecdsa::SigningKey;
    use p256::ecdsa::signature::Signer as _;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_signature_is_good_for_its_text_and_its_key_only() {
        let signing = |byte: u8| SigningKey::from(SecretKey::from_slice(&[byte; 32]).unwrap());
        let key = |signing: &SigningKey| DeviceKey(*signing.verifying_key());
        let (one, two) = (signing(7), signing(8));
        let text = orders_text(DeviceId(Uuid::from_u128(5)), false);
        let signature: Signature = one.sign(text.as_bytes());
        let signature = BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes());
        assert!(key(&one).verifies(&text, &signature));
        assert!(!key(&two).verifies(&text, &signature));
        assert!(!key(&one).verifies(&orders_text(DeviceId(Uuid::from_u128(5)), true), &signature));
        assert!(!key(&one).verifies(&text, "AAAA"));
        let refresh = refresh_text("token", 1_800_000_000);
        let hash = "PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A";
        assert_eq!(
            refresh,
            format!("to06/session/refresh/v1\n{hash}\n1800000000")
        );
        let bytes = key(&one).to_bytes();
        assert_eq!(DeviceKey::from_bytes(&bytes), Some(key(&one)));
        assert_eq!(DeviceKey::from_bytes(&bytes[1..]), None);
        assert_eq!(DeviceKey::from_bytes(&[4; KEY_BYTES]), None);
    }
}
