//! The contract about itself: which one a server keeps, and every word with which it refuses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which contract this server keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContractRelease {
    /// major.minor.patch (semver.org): within a major version the contract only grows.
    #[schema(example = "1.0.0")]
    pub version: String,
    /// SHA-256 of the document, in lower-case hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
    /// Where that very document can be had, for ever the same.
    #[schema(
        example = "/api/v1/contract/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    pub path: String,
    /// Length of the document in bytes.
    #[schema(example = 412_000)]
    pub bytes: u64,
}

/// Every word with which this server refuses something, or qualifies that it accepted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorCatalogue {
    /// In the order of features; a program looks them up by `of` and `code`.
    pub items: Vec<ErrorCode>,
}

/// One word, what it says to people, and what a program does about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorCode {
    /// `problem`: the end of a problem's `type`. `operation`: the `code` of a pushed operation. More may
    /// come.
    #[schema(example = "problem")]
    pub of: String,
    #[schema(example = "slot-full")]
    pub code: String,
    /// The HTTP status of a problem; absent for an operation, whose answer is a success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 409)]
    pub status: Option<u16>,
    /// What a program does: `correct` what was sent, `choose` something else, `wait` and send the same
    /// again, `sign_in`, `ask` the person in charge, `refresh` what it shows, `update` itself, `report`
    /// a fault, or `nothing`. More may come: treat one that you do not know as `ask`.
    #[schema(example = "choose")]
    pub action: String,
    /// For people, in Vietnamese.
    #[schema(example = "Khung giờ này đã hết chỗ.")]
    pub vi: String,
    /// For people, in English.
    #[schema(example = "This slot is full.")]
    pub en: String,
}
