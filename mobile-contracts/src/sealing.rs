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
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::path::PathBuf;
    use std::process::{Command, Output};

    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};
    use sha2::Digest;

    use super::*;

    /// Set it to write the vectors anew after a wanted change of the format.
    const WRITE_EXAMPLES: &str = "TO06_WRITE_EXAMPLES";

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Vectors {
        about: String,
        server_keys: Vec<ServerKey>,
        opens: Vec<Opens>,
        refused: Vec<Refused>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct ServerKey {
        warning: String,
        kid: String,
        test_only_private_key_hex: String,
        public_key: String,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Opens {
        name: String,
        kid: String,
        op_id: Uuid,
        plaintext: String,
        ephemeral_private_key_hex: String,
        ephemeral_public_key: String,
        nonce_hex: String,
        context_hex: String,
        shared_hex: String,
        key_hex: String,
        sealed: String,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Refused {
        name: String,
        kid: String,
        op_id: Uuid,
        sealed: String,
    }

    #[derive(Deserialize)]
    struct Fresh {
        kid: String,
        op_id: Uuid,
        plaintext: String,
        sealed: String,
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    fn digest(label: &str) -> [u8; 32] {
        Sha256::digest(label.as_bytes()).into()
    }

    fn kid(text: &str) -> KeyId {
        KeyId::parse(text).unwrap()
    }

    fn op(number: u128) -> Uuid {
        Uuid::from_u128(0x0199_f3a1_0000_7000_8000_0000_0000_0000 + number)
    }

    /// Two keys, and the first one again under another name.
    fn server_secrets() -> [(KeyId, [u8; 32]); 3] {
        let first = digest("to06 test only: first server key");
        let second = digest("to06 test only: second server key");
        [
            (kid("test-1"), first),
            (kid("test-9"), first),
            (kid("test-2"), second),
        ]
    }

    fn opener() -> Opener {
        let mut opener = Opener::new();
        for (kid, secret) in server_secrets() {
            opener.add(kid, &secret).unwrap();
        }
        opener
    }

    fn public_key(of: &KeyId) -> SealingPublicKey {
        let secrets = server_secrets();
        let (kid, secret) = secrets.iter().find(|(kid, _)| kid == of).unwrap();
        Opener::new().add(kid.clone(), secret).unwrap()
    }

    fn example(name: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("examples")
            .join(name)
    }

    fn opens(name: &str, to: &str, number: u128, plaintext: &str) -> Opens {
        let secret = digest(&format!("to06 test only: ephemeral key of {name}"));
        let nonce: [u8; NONCE_BYTES] = digest(&format!("nonce of {name}"))[..12]
            .try_into()
            .unwrap();
        let (kid, op_id) = (kid(to), op(number));
        let server = public_key(&kid);
        let sealed = seal_with(&secret, nonce, &server, &kid, op_id, plaintext).unwrap();
        let ephemeral = SecretKey::from_slice(&secret).unwrap();
        let point = SealingPublicKey(ephemeral.public_key());
        let context = bind(&kid, op_id);
        let key = derive_key(
            &ephemeral,
            &server,
            &point.to_bytes(),
            &server.to_bytes(),
            &context,
        );
        Opens {
            name: name.into(),
            kid: to.into(),
            op_id,
            plaintext: plaintext.into(),
            ephemeral_private_key_hex: hex(&secret),
            ephemeral_public_key: point.to_base64url(),
            nonce_hex: hex(&nonce),
            context_hex: hex(&context),
            shared_hex: hex(ephemeral.diffie_hellman(&server.0).raw_secret_bytes()),
            key_hex: hex(&key.unwrap()),
            sealed: sealed.text,
        }
    }

    fn refused(name: &str, kid: &str, op_id: Uuid, sealed: &str) -> Refused {
        Refused {
            name: name.into(),
            kid: kid.into(),
            op_id,
            sealed: sealed.into(),
        }
    }

    /// A well-encrypted text whose inside breaks the rules.
    fn ill_padded(name: &str, padded: [u8; PADDED_BYTES]) -> Refused {
        let secret = SecretKey::from_slice(&digest(name)).unwrap();
        let kid = kid("test-1");
        let server = public_key(&kid);
        let sealed = seal_padded(&secret, [7; NONCE_BYTES], &server, &kid, op(1), &padded).unwrap();
        refused(name, kid.as_str(), op(1), &sealed.text)
    }

    fn flipped(text: &str, index: usize, mask: u8) -> String {
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
        bytes[index] ^= mask;
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    fn vectors() -> Vectors {
        let opens = vec![
            opens("an ID number", "test-1", 1, "058090000001"),
            opens("a phone number", "test-1", 2, "+84912345678"),
            opens("another key", "test-2", 3, "058190000001"),
            opens("the shortest plaintext", "test-2", 4, "0"),
            opens(
                "the longest plaintext",
                "test-1",
                5,
                "0123456789012345678901234567890",
            ),
        ];
        let (good, op_id) = (opens[0].sealed.clone(), opens[0].op_id);
        let mut refused = vec![
            refused("moved to another operation", "test-1", op(2), &good),
            refused("the same key under another name", "test-9", op_id, &good),
            refused("another key", "test-2", op_id, &good),
            refused("a key that nobody has", "test-3", op_id, &good),
            refused("one character short", "test-1", op_id, &good[1..]),
            refused("with padding", "test-1", op_id, &format!("{good}=")),
            refused("empty", "test-1", op_id, ""),
        ];
        for (name, index) in [
            ("another version", 0),
            ("a compressed point", 1),
            ("a point off the curve", 40),
            ("another nonce", 66),
            ("another ciphertext", 78),
            ("another tag", SEALED_BYTES - 1),
        ] {
            refused.push(self::refused(
                name,
                "test-1",
                op_id,
                &flipped(&good, index, 1),
            ));
        }
        let mut padded = pad("058090000001").unwrap();
        padded[31] = 1;
        refused.push(ill_padded("something behind the plaintext", padded));
        refused.push(ill_padded("an empty plaintext", [0; PADDED_BYTES]));
        refused.push(ill_padded("a length beyond the end", [32; PADDED_BYTES]));
        padded = pad("a").unwrap();
        padded[1] = 0xff;
        refused.push(ill_padded("a plaintext that is not UTF-8", padded));

        let warning = "TEST ONLY. Published; never use it for a person's data.";
        Vectors {
            about: "Test vectors of the sealing format, version 1, described in src/sealing.rs. All people and keys are made up. `opens` must be sealed and opened exactly so; each of `refused` must not open.".into(),
            server_keys: server_secrets()
                .map(|(kid, secret)| ServerKey {
                    warning: warning.into(),
                    public_key: public_key(&kid).to_base64url(),
                    kid: kid.0,
                    test_only_private_key_hex: hex(&secret),
                })
                .into(),
            opens,
            refused,
        }
    }

    /// Runs the script, or says that there is no node and returns nothing.
    fn run_script(argument: Option<&str>) -> Option<Output> {
        let mut command = Command::new("node");
        match command
            .arg(example("sealing-webcrypto.mjs"))
            .args(argument)
            .output()
        {
            Ok(output) => Some(output),
            Err(_) => {
                eprintln!("Skipped: there is no node here to run sealing-webcrypto.mjs.");
                None
            }
        }
    }

    #[test]
    fn the_committed_vectors_are_what_this_code_seals() {
        let text = serde_json::to_string_pretty(&vectors()).unwrap() + "\n";
        let path = example("sealing-vectors.json");
        #[allow(
            clippy::disallowed_methods,
            reason = "a test is told to write by whoever runs it"
        )]
        if std::env::var_os(WRITE_EXAMPLES).is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert!(
            committed == text,
            "sealing-vectors.json differs; if the format was meant to change, raise its version and run the tests with {WRITE_EXAMPLES}=1"
        );
    }

    #[test]
    fn every_vector_opens_or_is_refused_as_it_says() {
        let opener = opener();
        let vectors = vectors();
        for vector in vectors.opens {
            let sealed = Sealed::parse(&vector.kid, &vector.sealed).unwrap();
            let opened = opener.open(&sealed, vector.op_id).unwrap();
            assert_eq!(opened.expose(), vector.plaintext, "{}", vector.name);
        }
        for vector in vectors.refused {
            let opened = Sealed::parse(&vector.kid, &vector.sealed)
                .and_then(|sealed| opener.open(&sealed, vector.op_id));
            let expected = if vector.kid == "test-3" {
                SealError::UnknownKey
            } else {
                SealError::Failed
            };
            assert_eq!(opened, Err(expected), "{}", vector.name);
        }
    }

    #[test]
    fn webcrypto_agrees_with_every_vector() {
        let Some(output) = run_script(None) else {
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }

    #[test]
    fn what_webcrypto_seals_opens_here() {
        let Some(output) = run_script(Some("fresh")) else {
            return;
        };
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let all: Vec<Fresh> = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(all.len(), vectors().opens.len());
        for fresh in all {
            let sealed = Sealed::parse(&fresh.kid, &fresh.sealed).unwrap();
            let opened = opener().open(&sealed, fresh.op_id).unwrap();
            assert_eq!(opened.expose(), fresh.plaintext);
        }
    }

    #[test]
    fn a_key_is_65_bytes_on_the_curve() {
        let key = public_key(&kid("test-1"));
        assert_eq!(
            SealingPublicKey::from_base64url(&key.to_base64url()),
            Ok(key.clone())
        );
        let compressed = key.0.to_sec1_point(true);
        let mut off = key.to_bytes();
        off[64] ^= 1;
        for bytes in [
            &[][..],
            &[0],
            &[0; 65],
            compressed.as_bytes(),
            &key.to_bytes()[..64],
            &off,
        ] {
            assert_eq!(SealingPublicKey::from_bytes(bytes), Err(SealError::Failed));
        }
    }

    #[test]
    fn a_private_key_is_32_bytes_below_the_order() {
        let mut opener = Opener::new();
        for bytes in [&[][..], &[1; 31], &[1; 33], &[0; 32], &[255; 32]] {
            assert_eq!(opener.add(kid("k"), bytes), Err(SealError::Failed));
        }
        assert_eq!(opener.key_ids().count(), 0);
    }

    #[test]
    fn a_key_id_is_short_and_plain() {
        for text in ["", "K3", "k 3", "khóa", "k/3", &"k".repeat(33)] {
            assert_eq!(KeyId::parse(text), Err(SealError::Failed), "{text}");
        }
        assert_eq!(kid(&"k".repeat(32)).as_str().len(), 32);
    }

    #[test]
    fn a_plaintext_that_does_not_fit_is_not_sealed() {
        let key = public_key(&kid("test-1"));
        for text in ["", &"0".repeat(32)] {
            let sealed = seal(&key, &kid("test-1"), op(1), text);
            assert_eq!(sealed, Err(SealError::Failed));
        }
    }

    #[test]
    fn printing_shows_neither_keys_nor_plaintext() {
        let opened = Opened("058090000001".into());
        assert_eq!(format!("{opened:?}"), "Opened(***)");
        assert_eq!(
            format!("{:?}", opener()),
            "{KeyId(\"test-1\"), KeyId(\"test-2\"), KeyId(\"test-9\")}"
        );
    }

    proptest! {
        // A multiplication on the curve takes long in a test build.
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn what_is_sealed_opens_and_has_one_length(text in "[0-9+]{1,31}|\\PC{1,7}", number: u64) {
            let (kid, op_id) = (kid("test-2"), op(number.into()));
            let sealed = seal(&public_key(&kid), &kid, op_id, &text).unwrap();
            prop_assert_eq!(sealed.text().len(), SEALED_CHARS);
            prop_assert_eq!(Sealed::parse("test-2", sealed.text()), Ok(sealed.clone()));
            let opened = opener().open(&sealed, op_id).unwrap();
            prop_assert_eq!(opened.expose(), text);
        }

        #[test]
        fn it_opens_only_for_its_own_operation_and_key(one: u64, other: u64) {
            let first = kid("test-1");
            let sealed = seal(&public_key(&first), &first, op(one.into()), "058090000001").unwrap();
            let opener = opener();
            prop_assert_eq!(opener.open(&sealed, op(other.into())).is_ok(), one == other);
            for name in ["test-9", "test-2"] {
                let renamed = Sealed::parse(name, sealed.text()).unwrap();
                prop_assert_eq!(opener.open(&renamed, op(one.into())), Err(SealError::Failed));
            }
        }

        #[test]
        fn sealing_twice_gives_two_texts(number: u64) {
            let kid = kid("test-1");
            let key = public_key(&kid);
            let once = seal(&key, &kid, op(number.into()), "058090000001").unwrap();
            let twice = seal(&key, &kid, op(number.into()), "058090000001").unwrap();
            prop_assert_ne!(once.text(), twice.text());
        }

        #[test]
        fn no_text_makes_opening_panic(text in ".*|[A-Za-z0-9_-]{168}") {
            let opened = Sealed::parse("test-1", &text).and_then(|sealed| opener().open(&sealed, op(1)));
            prop_assert_eq!(opened, Err(SealError::Failed));
        }
    }

    #[test]
    fn any_flipped_bit_fails() {
        let vector = &vectors().opens[0];
        let opener = opener();
        for bit in 0..8 * SEALED_BYTES {
            let text = flipped(&vector.sealed, bit / 8, 1 << (bit % 8));
            let sealed = Sealed::parse(&vector.kid, &text).unwrap();
            let opened = opener.open(&sealed, vector.op_id);
            assert_eq!(opened, Err(SealError::Failed), "bit {bit}");
        }
    }
}
