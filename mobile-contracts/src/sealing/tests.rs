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
