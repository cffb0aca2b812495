//! Keys, and the four things done with them: hash blindly, encrypt, sign, derive.
//!
//! One master key gives a key of its own to each purpose (HKDF-SHA256, RFC 5869), so that a value
//! made for one purpose means nothing for another. Master keys live outside the database and carry
//! an id, which stands in the first byte of everything encrypted: an old key keeps reading while the
//! newest one writes.

use std::fmt;
use std::sync::Arc;

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

const NONCE_BYTES: usize = 12;

/// Thirty-two secret bytes and the id under which ciphertexts name them.
#[derive(Clone)]
pub struct MasterKey {
    id: u8,
    bytes: [u8; 32],
}

impl MasterKey {
    pub fn new(id: u8, bytes: [u8; 32]) -> Self {
        Self { id, bytes }
    }

    /// A fresh random key.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn generate(id: u8) -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self { id, bytes })
    }

    /// `id:base64`, as `TO06_MASTER_KEYS` and the secrets file spell it. A secret: never log it.
    pub fn expose(&self) -> String {
        use base64::Engine as _;
        format!(
            "{}:{}",
            self.id,
            base64::engine::general_purpose::STANDARD.encode(self.bytes)
        )
    }

    fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut out = [0; 32];
        Hkdf::<Sha256>::new(Some(b"to06"), &self.bytes)
            .expand(purpose.as_bytes(), &mut out)
            .expect("32 bytes are within HKDF's 255 blocks");
        out
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, ***)", self.id)
    }
}

/// Which equality a blind index may show. Hashes of different purposes never match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blind {
    CitizenId,
    Phone,
}

impl Blind {
    fn label(self) -> &'static str {
        match self {
            Self::CitizenId => "blind/citizen-id/v1",
            Self::Phone => "blind/phone/v1",
        }
    }
}

/// Why a field could not be read back. Says nothing of its content.
#[derive(Debug, PartialEq, Eq)]
pub enum DecryptError {
    UnknownKey(u8),
    Forged,
}

impl fmt::Display for DecryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey(id) => write!(
                f,
                "a field was encrypted under master key {id}, which is not configured"
            ),
            Self::Forged => f.write_str("an encrypted field does not belong where it stands"),
        }
    }
}

impl std::error::Error for DecryptError {}

/// All keys that the program works with. Cheap to clone.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    masters: Vec<Master>,
    citizen_id: [u8; 32],
    phone: [u8; 32],
}

/// A master key, and the cipher of fields under it: making one costs several times as much as using it, and a village's
/// list reads a thousand fields.
struct Master {
    key: MasterKey,
    fields: Aes256GcmSiv,
}

impl Master {
    fn new(key: MasterKey) -> Self {
        let fields = Aes256GcmSiv::new(&key.derive("field/v1").into());
        Self { key, fields }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.0.masters.iter().map(|master| &master.key);
        f.debug_list().entries(keys).finish()
    }
}

impl Keys {
    /// The first key writes, all of them read. The *last* one makes the blind indexes, so that
    /// adding a new key at the front leaves every stored hash as it is.
    ///
    /// # Panics
    /// Without any key.
    pub fn new(masters: Vec<MasterKey>) -> Self {
        let index = masters.last().expect("at least one master key").clone();
        Self(Arc::new(Inner {
            citizen_id: index.derive(Blind::CitizenId.label()),
            phone: index.derive(Blind::Phone.label()),
            masters: masters.into_iter().map(Master::new).collect(),
        }))
    }

    /// The one that writes.
    fn newest(&self) -> &Master {
        &self.0.masters[0]
    }

    /// The keyed hash by which equal values are found without being stored.
    pub fn blind(&self, purpose: Blind, normalised: &str) -> Vec<u8> {
        let key = match purpose {
            Blind::CitizenId => &self.0.citizen_id,
            Blind::Phone => &self.0.phone,
        };
        hmac(key, &[normalised.as_bytes()]).to_vec()
    }

    /// Encrypts one field. `place` names table, column and row, and is needed to read it back: a
    /// ciphertext copied to another row does not open.
    pub fn encrypt(&self, place: &Place<'_>, plain: &str) -> Vec<u8> {
        let master = self.newest();
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).expect("the operating system gives randomness");
        let sealed = master
            .fields
            .encrypt(
                &Nonce::from(nonce),
                Payload {
                    msg: plain.as_bytes(),
                    aad: &place.bytes(),
                },
            )
            .expect("a field is far below the cipher's limit of 64 GiB");
        let mut out = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
        out.push(master.key.id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        out
    }

    /// Reads one field back.
    ///
    /// # Errors
    /// When its key is not configured, or it was not encrypted for this place.
    pub fn decrypt(&self, place: &Place<'_>, stored: &[u8]) -> Result<String, DecryptError> {
        let (&id, rest) = stored.split_first().ok_or(DecryptError::Forged)?;
        let master = self
            .0
            .masters
            .iter()
            .find(|master| master.key.id == id)
            .ok_or(DecryptError::UnknownKey(id))?;
        let (nonce, sealed) = rest
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(DecryptError::Forged)?;
        let plain = master
            .fields
            .decrypt(
                &Nonce::from(*nonce),
                Payload {
                    msg: sealed,
                    aad: &place.bytes(),
                },
            )
            .map_err(|_| DecryptError::Forged)?;
        String::from_utf8(plain).map_err(|_| DecryptError::Forged)
    }

    /// A keyed hash for a named purpose: tokens, cursors, secrets that no table holds.
    pub fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        hmac(&self.newest().key.derive(purpose), parts)
    }

    /// [`Keys::mac`] under the key of the blind indexes, which stays when a new one is added: for hashes
    /// that are stored.
    ///
    /// # Panics
    /// Never: there is at least one master key.
    pub fn lasting_mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let index = self.0.masters.last().expect("at least one master key");
        hmac(&index.key.derive(purpose), parts)
    }

    /// [`Keys::mac`] under each of our keys, the current one first: for what people type, too short to
    /// be a tag.
    pub fn macs(&self, purpose: &str, parts: &[&[u8]]) -> Vec<[u8; 32]> {
        let masters = self.0.masters.iter();
        masters
            .map(|master| hmac(&master.key.derive(purpose), parts))
            .collect()
    }

    /// Whether `tag` was made by any of our keys for these parts. In constant time.
    pub fn verify(&self, purpose: &str, parts: &[&[u8]], tag: &[u8]) -> bool {
        self.0.masters.iter().any(|master| {
            let expected = hmac(&master.key.derive(purpose), parts);
            let wanted = expected.get(..tag.len()).unwrap_or(&[]);
            tag.len() >= 16 && wanted.ct_eq(tag).into()
        })
    }

    /// Thirty-two bytes for a purpose whose own format cares for rotation, such as the sealing key.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        self.newest().key.derive(purpose)
    }

    /// The same for every master key with its id, the current one first: what was made under an old
    /// key must still open.
    pub fn derive_each(&self, purpose: &str) -> impl Iterator<Item = (u8, [u8; 32])> {
        self.0
            .masters
            .iter()
            .map(move |master| (master.key.id, master.key.derive(purpose)))
    }
}

/// Where an encrypted field stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub column: &'static str,
    pub row: &'a [u8],
}

impl Place<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.column.as_bytes().to_vec();
        bytes.push(0);
        bytes.extend_from_slice(self.row);
        bytes
    }
}

/// HMAC-SHA256 over parts that cannot run into one another: each is preceded by its length.
fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any key length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(ids: &[u8]) -> Keys {
        Keys::new(
            ids.iter()
                .map(|id| MasterKey::new(*id, [*id; 32]))
                .collect(),
        )
    }

    const NAME: Place<'_> = Place {
        column: "account.name",
        row: b"a",
    };

    #[test]
    fn a_field_opens_only_in_its_own_row() {
        let keys = keys(&[1]);
        let stored = keys.encrypt(&NAME, "Nguyễn Văn A");
        assert_eq!(keys.decrypt(&NAME, &stored).unwrap(), "Nguyễn Văn A");
        let elsewhere = Place { row: b"b", ..NAME };
        assert_eq!(keys.decrypt(&elsewhere, &stored), Err(DecryptError::Forged));
    }

    #[test]
    fn a_new_master_key_reads_what_the_old_one_wrote_and_finds_what_it_hashed() {
        let old = keys(&[1]);
        let new = keys(&[2, 1]);
        let stored = old.encrypt(&NAME, "Trần Thị B");
        assert_eq!(new.decrypt(&NAME, &stored).unwrap(), "Trần Thị B");
        assert_eq!(
            old.blind(Blind::Phone, "+84912345678"),
            new.blind(Blind::Phone, "+84912345678")
        );
        assert_eq!(old.lasting_mac("a", &[b"x"]), new.lasting_mac("a", &[b"x"]));
        let tag = old.mac("cursor", &[b"x"]);
        assert!(new.verify("cursor", &[b"x"], &tag));
    }

    #[test]
    fn hashes_of_different_purposes_never_meet() {
        let keys = keys(&[1]);
        assert_ne!(
            keys.blind(Blind::Phone, "058090000001"),
            keys.blind(Blind::CitizenId, "058090000001")
        );
        assert_ne!(keys.mac("a", &[b"bc"]), keys.mac("a", &[b"b", b"c"]));
        assert!(!keys.verify("a", &[b"bc"], &[]));
    }
}
