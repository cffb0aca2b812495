//! Every word with which something is refused, from the tables that refuse it.

use mobile_contracts::contract::{ErrorCatalogue, ErrorCode};

use crate::http::failure::Kind;
use crate::routes::PROBLEMS;
use crate::tracking::code::Code;

/// All of them, in the order of the features.
pub fn errors() -> ErrorCatalogue {
    let kinds = PROBLEMS.iter().flat_map(|kinds| kinds.iter());
    let problems = kinds.map(|kind| ErrorCode {
        of: "problem".to_owned(),
        code: kind.slug.to_owned(),
        status: Some(kind.status),
        action: remedy(kind).to_owned(),
        vi: kind.vi.to_owned(),
        en: kind.en.to_owned(),
    });
    let verdicts = Code::ALL.iter().map(|code| ErrorCode {
        of: "operation".to_owned(),
        code: code.as_str().to_owned(),
        status: None,
        action: code.remedy().to_owned(),
        vi: code.message().to_owned(),
        en: code.english().to_owned(),
    });
    ErrorCatalogue {
        items: problems.chain(verdicts).collect(),
    }
}

/// As it is committed: pretty, with a newline at the end.
///
/// # Panics
/// Never: a catalogue is plain data.
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&errors()).expect("a catalogue is plain data");
    text.push('\n');
    text
}

/// What a program does about it. The status says most of it: what is wrong in a request is corrected,
/// what is taken is replaced by a choice, what is busy is waited for.
fn remedy(kind: &Kind) -> &'static str {
    match (kind.status, kind.slug) {
        (_, "sync-protocol-unknown" | "client-too-old" | "media-type") => "update",
        (_, "already-booked" | "already-waiting" | "cancelled-often" | "own-account-change") => {
            "ask"
        }
        (_, "code-wrong" | "persons-have-two-numbers") => "ask",
        (_, "password-must-change" | "batch-too-large" | "target-overlaps" | "kit-twice") => {
            "correct"
        }
        (_, "phone-taken" | "union-needed" | "refresh-proof") => "correct",
        (_, "too-early-to-keep" | "work-needed") => "wait",
        (_, "idempotency-key-reused" | "method-not-allowed") => "report",
        (400 | 413 | 415 | 422, _) => "correct",
        (401, _) => "sign_in",
        (403, _) => "ask",
        (404, _) => "refresh",
        (408 | 429 | 503, _) => "wait",
        (409 | 410, "slot-full" | "slot-closed" | "hold-ended" | "place-used") => "choose",
        (409 | 410 | 412, _) => "refresh",
        _ => "report",
    }
}
