//! The one shape in which anything is refused: RFC 9457 `application/problem+json`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The media type of every error answer.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was refused, for the person who reads it and for the program that must decide.
///
/// Programs decide by `type`; people read `title` and `detail`, in Vietnamese unless the request's
/// `Accept-Language` prefers English.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A page that explains this kind of problem: `/problems/<slug>`. Stable; decide by it.
    #[serde(rename = "type")]
    #[schema(example = "/problems/slot-full")]
    pub kind: String,
    /// What went wrong, in a sentence that is the same for every problem of this kind.
    #[schema(example = "Khung giờ này đã hết chỗ.")]
    pub title: String,
    /// The HTTP status, repeated for readers who only see the body.
    #[schema(example = 409)]
    pub status: u16,
    /// What went wrong this time, and what to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The id of this request, to quote when asking for help. Holds nothing personal.
    #[schema(example = "urn:uuid:0199f2c4-7d5e-7c3a-9b1e-6f0a4f1c2d3e")]
    pub instance: String,
    /// Every field that breaks a rule, all of them at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<InvalidField>,
    /// Seconds to wait before the same request may succeed; also in the `Retry-After` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
    /// Further members that only some kinds carry, such as the free slots beside a full one.
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

/// One field of a request that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvalidField {
    /// Where: a JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
    #[schema(example = "/citizen/id_number")]
    pub pointer: String,
    /// Which rule, stable for programs.
    #[schema(example = "LENGTH")]
    pub code: String,
    /// What to do, for people.
    #[schema(example = "Số định danh cá nhân gồm đúng 12 chữ số.")]
    pub message: String,
}
