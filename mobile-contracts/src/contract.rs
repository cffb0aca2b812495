//! The contract about itself: which one a server keeps, every word with which it refuses, and what
//! will go one day.

use chrono::{DateTime, NaiveDate, Utc};
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

/// Days of which callers of what will go are told, with today.
pub const DEPRECATED_CALL_DAYS: u32 = 30;

/// What will go one day, and who still calls it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeprecatedOperations {
    pub items: Vec<DeprecatedOperation>,
    /// The first day of which calls are told.
    pub since: NaiveDate,
    pub as_of: DateTime<Utc>,
}

/// An operation that will go, with the same dates that its answers carry as `Deprecation` and `Sunset`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeprecatedOperation {
    #[schema(example = "show_contract")]
    pub operation_id: String,
    #[schema(example = "GET")]
    pub method: String,
    #[schema(example = "/api/v1/openapi.json")]
    pub path: String,
    /// Since when nobody should begin to call it.
    pub deprecated_on: NaiveDate,
    /// From when on it may be gone.
    pub sunset_on: NaiveDate,
    /// What to call instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "GET /api/v1/contract")]
    pub successor: Option<String>,
    /// Those first that call most.
    #[schema(max_items = 100)]
    pub callers: Vec<DeprecatedCaller>,
}

/// An app that called it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeprecatedCaller {
    /// The app and its version, as it says in `X-Client`; `unnamed` where it says nothing plain, `other` for what
    /// comes after many others.
    #[schema(example = "to06-web/1.8.2")]
    pub client: String,
    #[schema(example = 1_204)]
    pub calls: i64,
    /// The last day on which it did.
    pub last_on: NaiveDate,
}
