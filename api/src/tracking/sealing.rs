//! The key pair that phones seal ID numbers to, derived from the master keys: nothing more to keep.

use std::sync::Arc;

use mobile_contracts::sealing::{KeyId, Opener, SealingPublicKey};

use crate::privacy::keys::Keys;

/// Opens what was sealed under any configured master key; publishes the current one. Cheap to clone.
#[derive(Clone)]
pub struct Sealing(Arc<Inner>);

struct Inner {
    opener: Opener,
    kid: KeyId,
    public_key: SealingPublicKey,
}

impl Sealing {
    /// # Panics
    /// Without any master key.
    pub fn of(keys: &Keys) -> Self {
        let mut opener = Opener::new();
        let ids: Vec<u8> = keys.derive_each("").map(|(id, _)| id).collect();
        let published: Vec<(KeyId, SealingPublicKey)> = ids
            .iter()
            .map(|id| {
                let kid = KeyId::parse(&format!("k{id}")).expect("k and a number are a key id");
                let public_key = add_key(&mut opener, keys, *id, &kid);
                (kid, public_key)
            })
            .collect();
        let (kid, public_key) = published
            .into_iter()
            .next()
            .expect("at least one master key");
        Self(Arc::new(Inner {
            opener,
            kid,
            public_key,
        }))
    }

    pub fn opener(&self) -> &Opener {
        &self.0.opener
    }

    pub fn kid(&self) -> &KeyId {
        &self.0.kid
    }

    pub fn public_key(&self) -> &SealingPublicKey {
        &self.0.public_key
    }
}

/// One random number in 2³² is no private key of P-256: the next one is taken then, always the same.
fn add_key(opener: &mut Opener, keys: &Keys, id: u8, kid: &KeyId) -> SealingPublicKey {
    (0..4)
        .find_map(|n| {
            let (_, secret) = keys
                .derive_each(&format!("sealing/v1/{n}"))
                .find(|(master, _)| *master == id)?;
            opener.add(kid.clone(), &secret).ok()
        })
        .expect("four numbers in a row that are no keys do not happen")
}
