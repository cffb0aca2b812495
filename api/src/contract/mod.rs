//! The contract about itself: which document a build keeps, every word with which it refuses, what
//! will go one day, and who still calls that.
//!
//! Within `/api/v1` the contract only grows: `mobile-contracts/released/` keeps what was released, and
//! a test compares every build with it.

pub mod callers;
pub mod catalogue;
pub mod deprecation;
pub mod released;
pub mod routes;
pub mod store;

use sha2::{Digest as _, Sha256};

/// The document of this build, made once.
pub struct Contract {
    text: String,
    sha256: String,
}

impl Contract {
    pub fn new(text: String) -> Self {
        let sha256 = Sha256::digest(&text);
        let sha256 = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { text, sha256 }
    }

    /// Pretty JSON with a newline at the end, as it is committed.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}
