//! Sealing an ID number on the phone so that only the server can read it.
//!
//! This module promises that what [`seal`] returns opens only with the server's private key of the same
//! key id, and only for the same operation: a sealed subject copied into another operation does not open.
//! The phone cannot read it back either. Every sealed text has the same length. It does not promise who
//! sealed it: anybody who has the public key can.
//!
//! Format, version 1. All of it exists in every WebCrypto; `examples/sealing-webcrypto.mjs` is the same in
//! JavaScript, `examples/sealing-vectors.json` has vectors for any other language.
//!
//! ```text
//! sealed  = base64url without padding of the 126 bytes
//!           version (1) ‖ ephemeral public key (65) ‖ nonce (12) ‖ ciphertext (32) ‖ tag (16)
//! version = 0x01
//! keys    = P-256 points, uncompressed (0x04 ‖ x ‖ y)
//! context = "to06/subject/v1" ‖ 0x00 ‖ version ‖ length of kid (1) ‖ kid ‖ op_id (16)
//! shared  = x coordinate of ECDH(ephemeral private key, server's public key)
//! key     = HKDF-SHA256(ikm = shared, salt = ephemeral public key ‖ server's public key,
//!                       info = context, 32 bytes)
//! padded  = length of plaintext (1) ‖ plaintext ‖ zeros, 32 bytes together
//! ciphertext ‖ tag = AES-256-GCM(key, nonce, padded, associated data = context)
//! ```
//!
//! The key id (kid) travels beside the sealed text and is bound by the context. The plaintext is UTF-8 of
//! 1 to 31 bytes: an ID number or a phone number in E.164.

use std::collections::BTreeMap;
use std::fmt;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use sha2::Sha256;
use uuid::Uuid;

/// Bytes of a sealed text before base64url.
pub const SEALED_BYTES: usize = 1 + POINT_BYTES + NONCE_BYTES + PADDED_BYTES + TAG_BYTES;
/// Characters of a sealed text in base64url; 126 bytes need no padding and leave no spare bits.
pub const SEALED_CHARS: usize = SEALED_BYTES / 3 * 4;
/// The longest plaintext, in bytes.
pub const PLAINTEXT_BYTES_MAX: usize = PADDED_BYTES - 1;
/// The longest key id, in characters.
pub const KEY_ID_CHARS_MAX: usize = 32;

const VERSION: u8 = 1;
const PURPOSE: &[u8] = b"to06/subject/v1";
const POINT_BYTES: usize = 65;
const NONCE_BYTES: usize = 12;
const PADDED_BYTES: usize = 32;
const TAG_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;

/// The name of a key pair, `k3`: 1 to 32 of a-z, 0-9, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// Reads a key id.
    ///
    /// # Errors
    /// [`SealError::Failed`] for another length or character.
    pub fn parse(text: &str) -> Result<KeyId, SealError> {
        let fits = (1..=KEY_ID_CHARS_MAX).contains(&text.len())
            && text
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
        if fits {
            Ok(KeyId(text.to_owned()))
        } else {
            Err(SealError::Failed)
        }
    }

    /// The key id as it travels.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The public key that phones seal to: a point of P-256 other than the neutral one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealingPublicKey(PublicKey);

impl SealingPublicKey {
    /// Reads 65 bytes, 0x04 and the two coordinates.
    ///
    /// # Errors
    /// [`SealError::Failed`] for compressed points, other lengths, and points off the curve.
    pub fn from_bytes(bytes: &[u8]) -> Result<SealingPublicKey, SealError> {
        // Of this length, only uncompressed points are points.
        if bytes.len() != POINT_BYTES {
            return Err(SealError::Failed);
        }
        let key = PublicKey::from_sec1_bytes(bytes).map_err(|_| SealError::Failed)?;
        Ok(SealingPublicKey(key))
    }

    /// Reads the base64url of those bytes, as the server publishes it.
    ///
    /// # Errors
    /// As [`SealingPublicKey::from_bytes`].
    pub fn from_base64url(text: &str) -> Result<SealingPublicKey, SealError> {
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| SealError::Failed)?;
        SealingPublicKey::from_bytes(&bytes)
    }

    /// The 65 bytes, as WebCrypto imports them in the format `raw`.
    pub fn to_bytes(&self) -> [u8; POINT_BYTES] {
        let mut bytes = [0; POINT_BYTES];
        bytes.copy_from_slice(self.0.to_sec1_point(false).as_bytes());
        bytes
    }

    /// Their base64url.
    pub fn to_base64url(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.to_bytes())
    }
}

/// A sealed subject with the id of the key it was sealed to. Nothing in it is readable, so it prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    kid: KeyId,
    text: String,
}

impl Sealed {
    /// Takes the two strings of an operation's subject; whether they open, [`Opener::open`] tells.
    ///
    /// # Errors
    /// [`SealError::Failed`] unless the text has the length and the alphabet of a sealed one.
    pub fn parse(kid: &str, text: &str) -> Result<Sealed, SealError> {
        let kid = KeyId::parse(kid)?;
        let sealed = Sealed {
            kid,
            text: text.to_owned(),
        };
        sealed.bytes()?;
        Ok(sealed)
    }

    /// The key it was sealed to.
    pub fn kid(&self) -> &KeyId {
        &self.kid
    }

    /// The base64url text, [`SEALED_CHARS`] long.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn bytes(&self) -> Result<[u8; SEALED_BYTES], SealError> {
        if self.text.len() != SEALED_CHARS {
            return Err(SealError::Failed);
        }
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(&self.text)
            .map_err(|_| SealError::Failed)?;
        bytes.try_into().map_err(|_| SealError::Failed)
    }
}

/// Seals a plaintext of 1 to 31 bytes for one operation, with fresh randomness of the system.
///
/// # Errors
/// [`SealError::Failed`] if the plaintext is empty or too long, or the system gives no randomness.
pub fn seal(
    public_key: &SealingPublicKey,
    kid: &KeyId,
    op_id: Uuid,
    plaintext: &str,
) -> Result<Sealed, SealError> {
    let padded = pad(plaintext)?;
    let ephemeral = fresh_secret()?;
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|_| SealError::Failed)?;
    seal_padded(&ephemeral, nonce, public_key, kid, op_id, &padded)
}

/// Seals with given randomness, for test vectors only: a secret used twice betrays both plaintexts.
///
/// # Errors
/// As [`seal`]; also if the secret is zero or not below the order of the curve.
pub fn seal_with(
    ephemeral_secret: &[u8; SECRET_BYTES],
    nonce: [u8; NONCE_BYTES],
    public_key: &SealingPublicKey,
    kid: &KeyId,
    op_id: Uuid,
    plaintext: &str,
) -> Result<Sealed, SealError> {
    let ephemeral = SecretKey::from_slice(ephemeral_secret).map_err(|_| SealError::Failed)?;
    seal_padded(&ephemeral, nonce, public_key, kid, op_id, &pad(plaintext)?)
}

/// One random number in 2³² is no private key; more than a few in a row mean a broken source.
fn fresh_secret() -> Result<SecretKey, SealError> {
    let mut secret = [0; SECRET_BYTES];
    for _ in 0..4 {
        getrandom::fill(&mut secret).map_err(|_| SealError::Failed)?;
        if let Ok(key) = SecretKey::from_slice(&secret) {
            return Ok(key);
        }
    }
    Err(SealError::Failed)
}

fn seal_padded(
    ephemeral: &SecretKey,
    nonce: [u8; NONCE_BYTES],
    public_key: &SealingPublicKey,
    kid: &KeyId,
    op_id: Uuid,
    padded: &[u8; PADDED_BYTES],
) -> Result<Sealed, SealError> {
    let point = SealingPublicKey(ephemeral.public_key()).to_bytes();
    let context = bind(kid, op_id);
    let server_point = public_key.to_bytes();
    let key = derive_key(ephemeral, public_key, &point, &server_point, &context)?;
    let payload = Payload {
        msg: padded,
        aad: &context,
    };
    let ciphertext = cipher(&key)?
        .encrypt(&nonce.into(), payload)
        .map_err(|_| SealError::Failed)?;
    let bytes = [&[VERSION], &point[..], &nonce, &ciphertext].concat();
    Ok(Sealed {
        kid: kid.clone(),
        text: BASE64_URL_SAFE_NO_PAD.encode(bytes),
    })
}

/// The server's private keys: the present one, and those whose phones may still come back.
#[derive(Clone, Default)]
pub struct Opener {
    keys: BTreeMap<KeyId, KeyPair>,
}

/// A private key beside its public one, which costs as much to compute as opening does.
#[derive(Clone)]
struct KeyPair {
    secret: SecretKey,
    public_point: [u8; POINT_BYTES],
}

impl Opener {
    /// An opener without keys.
    pub fn new() -> Opener {
        Opener::default()
    }

    /// Adds a private key of 32 bytes, big-endian, and returns its public key for publishing. A key id
    /// that is there already gets the new key.
    ///
    /// # Errors
    /// [`SealError::Failed`] if the bytes are no private key of P-256.
    pub fn add(&mut self, kid: KeyId, secret: &[u8]) -> Result<SealingPublicKey, SealError> {
        // Shorter slices would be taken and filled up with zeros.
        if secret.len() != SECRET_BYTES {
            return Err(SealError::Failed);
        }
        let key = SecretKey::from_slice(secret).map_err(|_| SealError::Failed)?;
        let public_key = SealingPublicKey(key.public_key());
        let pair = KeyPair {
            secret: key,
            public_point: public_key.to_bytes(),
        };
        self.keys.insert(kid, pair);
        Ok(public_key)
    }

    /// The key ids that can be opened, in order.
    pub fn key_ids(&self) -> impl Iterator<Item = &KeyId> {
        self.keys.keys()
    }

    /// Opens what was sealed for this operation. It costs one multiplication on the curve (well under a
    /// millisecond), so a batch of them belongs off the async threads.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`] if the key is gone or never was; [`SealError::Failed`] for everything
    /// else, without saying what: an answer that tells a wrong key from a wrong length helps an attacker.
    pub fn open(&self, sealed: &Sealed, op_id: Uuid) -> Result<Opened, SealError> {
        let own = self.keys.get(&sealed.kid).ok_or(SealError::UnknownKey)?;
        let bytes = sealed.bytes()?;
        let (version, rest) = bytes.split_at(1);
        let (point, rest) = rest.split_at(POINT_BYTES);
        let (nonce, ciphertext) = rest.split_at(NONCE_BYTES);
        if version != [VERSION] {
            return Err(SealError::Failed);
        }
        let ephemeral = SealingPublicKey::from_bytes(point)?;
        let context = bind(&sealed.kid, op_id);
        let key = derive_key(&own.secret, &ephemeral, point, &own.public_point, &context)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| SealError::Failed)?;
        let payload = Payload {
            msg: ciphertext,
            aad: &context,
        };
        let padded = cipher(&key)?
            .decrypt(&nonce.into(), payload)
            .map_err(|_| SealError::Failed)?;
        unpad(&padded)
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys.keys()).finish()
    }
}

/// What was sealed. `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened(String);

impl Opened {
    /// The plaintext, for the parser of the type that it claims to be.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opened(***)")
    }
}

/// Why something was not sealed or opened. There is no more to know, by design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    /// The key id names no key here: the phone must fetch the present one and scan again.
    UnknownKey,
    /// It cannot be sealed or opened.
    Failed,
}

impl SealError {
    /// A name that clients may rely on.
    pub fn code(&self) -> &'static str {
        match self {
            SealError::UnknownKey => "SUBJECT_KEY_UNKNOWN",
            SealError::Failed => "SUBJECT_UNSEAL_FAILED",
        }
    }

    /// What to tell the volunteer, in Vietnamese.
    pub fn message(&self) -> &'static str {
        match self {
            SealError::UnknownKey => {
                "Khóa niêm phong trên máy đã cũ. Hãy đồng bộ rồi quét lại thẻ."
            }
            SealError::Failed => "Không mở được số định danh đã niêm phong. Hãy quét lại thẻ.",
        }
    }

    /// The same in English.
    pub fn message_en(&self) -> &'static str {
        match self {
            SealError::UnknownKey => {
                "The sealing key on the phone is out of date. Synchronise and scan again."
            }
            SealError::Failed => "The sealed ID number cannot be opened. Scan the card again.",
        }
    }
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message_en())
    }
}

impl std::error::Error for SealError {}

/// What a sealed text is bound to: purpose, version, key id and operation.
fn bind(kid: &KeyId, op_id: Uuid) -> Vec<u8> {
    // A key id has at most 32 bytes, so its length fits one.
    let kid_length = kid.0.len() as u8;
    [
        PURPOSE,
        &[0, VERSION, kid_length],
        kid.0.as_bytes(),
        op_id.as_bytes(),
    ]
    .concat()
}

fn derive_key(
    own: &SecretKey,
    other: &SealingPublicKey,
    ephemeral_point: &[u8],
    server_point: &[u8],
    context: &[u8],
) -> Result<[u8; 32], SealError> {
    let shared = own.diffie_hellman(&other.0);
    let salt = [ephemeral_point, server_point].concat();
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(&salt), shared.raw_secret_bytes())
        .expand(context, &mut key)
        .map_err(|_| SealError::Failed)?;
    Ok(key)
}

fn cipher(key: &[u8; 32]) -> Result<Aes256Gcm, SealError> {
    Aes256Gcm::new_from_slice(key).map_err(|_| SealError::Failed)
}

fn pad(plaintext: &str) -> Result<[u8; PADDED_BYTES], SealError> {
    let length = plaintext.len();
    if !(1..=PLAINTEXT_BYTES_MAX).contains(&length) {
        return Err(SealError::Failed);
    }
    let mut padded = [0; PADDED_BYTES];
    padded[0] = length as u8;
    padded[1..=length].copy_from_slice(plaintext.as_bytes());
    Ok(padded)
}

fn unpad(padded: &[u8]) -> Result<Opened, SealError> {
    let (length, rest) = padded.split_first().ok_or(SealError::Failed)?;
    let (plaintext, zeros) = rest
        .split_at_checked(usize::from(*length))
        .ok_or(SealError::Failed)?;
    if plaintext.is_empty() || zeros.iter().any(|b| *b != 0) {
        return Err(SealError::Failed);
    }
    String::from_utf8(plaintext.to_vec())
        .map(Opened)
        .map_err(|_| SealError::Failed)
}

#[cfg(test)]
mod tests;
