//! The one error path: everything that goes wrong becomes a [`Failure`], and only this file turns a
//! failure into an answer.
//!
//! Which error type to return where:
//! - a store function: `QueryResult`, when only the database can fail; the feature's own problem
//!   where a named constraint speaks;
//! - a rule: the feature's own problem, or a type of its own that says what is wrong;
//! - a handler: `Result<_, Failure>`. `?` turns a problem into what the reader is told, and anything
//!   else into a 500 or 503 that tells the reader nothing and the log everything, once.
//!
//! A feature's vocabulary of refusal is one table, written with [`problems!`]: the enum, the wire
//! form, the documentation and the page behind `type` all come from its rows.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use mobile_contracts::problem::{InvalidField, PROBLEM_JSON, Problem};
use serde_json::{Map, Value};

/// One kind of problem: a row of a feature's table.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    pub name: &'static str,
    pub status: u16,
    pub slug: &'static str,
    pub vi: &'static str,
    pub en: &'static str,
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub vi: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

impl Text {
    pub fn new(vi: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self {
            vi: vi.into(),
            en: en.into(),
        }
    }
}

/// A field that breaks a rule, in both languages until the reader's is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pub pointer: Cow<'static, str>,
    pub code: Cow<'static, str>,
    pub text: Text,
}

impl FieldError {
    pub fn new(
        pointer: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
        vi: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.into(),
            text: Text::new(vi, en),
        }
    }
}

/// The language an answer is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    Vietnamese,
    English,
}

impl Language {
    /// English only when `Accept-Language` names it before Vietnamese.
    pub fn accepted(header: Option<&str>) -> Self {
        let mut best = (0.0_f32, Self::Vietnamese);
        for (position, part) in header.unwrap_or_default().split(',').take(10).enumerate() {
            let mut pieces = part.trim().split(';');
            let language = match pieces.next().unwrap_or_default().get(..2) {
                Some(tag) if tag.eq_ignore_ascii_case("vi") => Self::Vietnamese,
                Some(tag) if tag.eq_ignore_ascii_case("en") => Self::English,
                _ => continue,
            };
            let weight = pieces
                .find_map(|piece| piece.trim().strip_prefix("q=")?.parse().ok())
                .unwrap_or(1.0)
                - position as f32 * 1e-4;
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    pub fn pick(self, text: &Text) -> &str {
        match self {
            Self::Vietnamese => &text.vi,
            Self::English => &text.en,
        }
    }
}

/// A limit that was met, as the `RateLimit` fields tell it (draft-ietf-httpapi-ratelimit-headers).
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    pub name: &'static str,
    /// How often within the window.
    pub quota: u32,
    pub window_s: u32,
}

/// What we say (a problem) and what we know (the cause). The cause goes to the log and nowhere else.
pub struct Failure(Box<Inner>);

struct Inner {
    kind: &'static Kind,
    detail: Option<Text>,
    errors: Vec<FieldError>,
    more: Map<String, Value>,
    retry_after_s: Option<u32>,
    limit: Option<Limit>,
    allow: Option<String>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Failure {
    pub fn new(kind: &'static Kind) -> Self {
        Self(Box::new(Inner {
            kind,
            detail: None,
            errors: Vec::new(),
            more: Map::new(),
            retry_after_s: None,
            limit: None,
            allow: None,
            cause: None,
        }))
    }

    /// Our fault: the reader learns nothing but the request's id, the log learns the cause.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::from(CommonProblem::Internal).because(cause)
    }

    /// Not able to serve now; the same request may succeed after a while.
    pub fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::from(CommonProblem::Unavailable)
            .because(cause)
            .retry_after(2)
    }

    /// The form is wrong, and here is where.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let mut failure = Self::from(CommonProblem::Invalid);
        failure.0.errors = errors;
        failure
    }

    pub fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// Says what to do about it this time.
    pub fn saying(
        mut self,
        vi: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.0.detail = Some(Text::new(vi, en));
        self
    }

    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// Says which limit was met; [`retry_after`](Self::retry_after) says until when.
    pub fn over(mut self, limit: Limit) -> Self {
        self.0.limit = Some(limit);
        self
    }

    pub fn allowing(mut self, methods: String) -> Self {
        self.0.allow = Some(methods);
        self
    }

    /// Adds a member that only this kind of problem carries.
    pub fn with(mut self, name: &str, value: impl serde::Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.0.more.insert(name.to_owned(), value);
        self
    }

    pub fn kind(&self) -> &'static Kind {
        self.0.kind
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }

    /// The wire form, in the reader's language.
    pub fn problem(&self, language: Language, instance: &str) -> Problem {
        let inner = &self.0;
        Problem {
            kind: format!("/problems/{}", inner.kind.slug),
            title: match language {
                Language::Vietnamese => inner.kind.vi,
                Language::English => inner.kind.en,
            }
            .to_owned(),
            status: inner.kind.status,
            detail: inner
                .detail
                .as_ref()
                .map(|text| language.pick(text).to_owned()),
            instance: instance.to_owned(),
            errors: inner
                .errors
                .iter()
                .map(|error| InvalidField {
                    pointer: error.pointer.clone().into_owned(),
                    code: error.code.clone().into_owned(),
                    message: language.pick(&error.text).to_owned(),
                })
                .collect(),
            retry_after_s: inner.retry_after_s,
            more: inner.more.clone(),
        }
    }

    /// The whole answer, in the reader's language.
    pub fn answer(&self, language: Language, instance: &str) -> HttpResponse {
        let mut response: HttpResponseBuilder = HttpResponse::build(self.status());
        response.insert_header((CONTENT_TYPE, PROBLEM_JSON));
        if let Some(seconds) = self.0.retry_after_s {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        if let Some(Limit {
            name,
            quota,
            window_s,
        }) = self.0.limit
        {
            let wait = self.0.retry_after_s.unwrap_or(window_s);
            let policy = format!("\"{name}\";q={quota};w={window_s}");
            response.insert_header(("ratelimit-policy", policy));
            response.insert_header(("ratelimit", format!("\"{name}\";r=0;t={wait}")));
        }
        if let Some(methods) = &self.0.allow {
            response.insert_header((ALLOW, methods.as_str()));
        }
        response.body(serde_json::to_vec(&self.problem(language, instance)).unwrap_or_default())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failure({}", self.0.kind.name)?;
        for error in &self.0.errors {
            write!(f, ", {} {}", error.pointer, error.code)?;
        }
        if let Some(cause) = &self.0.cause {
            write!(f, ", because {cause:?}")?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind.en)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// What goes out when nobody who knows the reader's language rewrites it; see `observe`.
    fn error_response(&self) -> HttpResponse {
        self.answer(Language::default(), "about:blank")
    }
}

/// Declares what a feature may refuse: `Variant = status "slug", "Vietnamese.", "English.";`.
///
/// Gives the enum, `KINDS`, `From<_> for Failure`, and the documentation of each status with its
/// problems as named examples.
macro_rules! problems {
    (
        $(#[$doc:meta])*
        pub enum $name:ident {
            $($(#[$row_doc:meta])* $row:ident = $status:literal $slug:literal, $vi:literal, $en:literal;)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$row_doc])* #[doc = $en] $row),+ }

        impl $name {
            /// Every row, in order.
            pub const KINDS: &'static [$crate::http::failure::Kind] = &[
                $($crate::http::failure::Kind {
                    name: stringify!($row), status: $status, slug: $slug, vi: $vi, en: $en,
                }),+
            ];

            pub fn kind(self) -> &'static $crate::http::failure::Kind {
                &Self::KINDS[self as usize]
            }
        }

        impl From<$name> for $crate::http::failure::Failure {
            fn from(problem: $name) -> Self {
                Self::new(problem.kind())
            }
        }

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::response::Response>,
            > {
                $crate::http::document::problem_responses(Self::KINDS)
            }
        }
    };
}
pub(crate) use problems;

problems! {
    /// What any operation may refuse, whatever its feature.
    pub enum CommonProblem {
        Malformed = 400 "malformed", "Yêu cầu không đọc được.", "The request cannot be read.";
        SignIn = 401 "sign-in", "Cần đăng nhập.", "Sign in first.";
        Forbidden = 403 "forbidden", "Tài khoản này không có quyền thực hiện việc này.", "This account may not do that.";
        NotFound = 404 "not-found", "Không tìm thấy.", "Not found.";
        MethodNotAllowed = 405 "method-not-allowed", "Địa chỉ này không nhận thao tác đó.", "This address does not take that method.";
        TooSlow = 408 "too-slow", "Yêu cầu gửi quá chậm.", "The request arrived too slowly.";
        TooLarge = 413 "too-large", "Yêu cầu quá lớn.", "The request is too large.";
        MediaType = 415 "media-type", "Kiểu nội dung không được hỗ trợ.", "This media type is not supported.";
        Invalid = 422 "invalid", "Thông tin chưa hợp lệ.", "Some fields are not valid.";
        KeyReused = 422 "idempotency-key-reused", "Khóa chống gửi lặp đã dùng cho một yêu cầu khác.", "This idempotency key was used for another request.";
        TooManyRequests = 429 "too-many-requests", "Quá nhiều yêu cầu, hãy đợi một lát.", "Too many requests; wait a little.";
        Internal = 500 "internal", "Hệ thống gặp lỗi. Hãy thử lại; nếu vẫn lỗi, báo mã yêu cầu cho quản trị viên.", "Something broke on our side. Try again, and report the request id if it stays broken.";
        Unavailable = 503 "unavailable", "Hệ thống đang bận hoặc đang khởi động. Hãy thử lại sau ít giây.", "Busy or starting. Try again in a few seconds.";
    }
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error};
        match &error {
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => {
                Self::unavailable(error)
            }
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => {
                Self::unavailable(error)
            }
            // Statement and lock timeouts, a server that is shutting down: all of them pass.
            Error::DatabaseError(_, info) if is_passing(info.message()) => Self::unavailable(error),
            _ => Self::internal(error),
        }
    }
}

/// Whether the database's words tell of a state that passes by itself. diesel keeps no SQLSTATE.
fn is_passing(message: &str) -> bool {
    [
        "statement timeout",
        "lock timeout",
        "deadlock detected",
        "shutting down",
        "starting up",
        "terminating connection",
        "connection closed",
        "in recovery mode",
        "too many connections",
        "too many clients",
        "No space left on device",
    ]
    .iter()
    .any(|words| message.contains(words))
}

impl crate::db::Raced for Failure {
    fn raced(&self) -> bool {
        self.cause()
            .and_then(|cause| cause.downcast_ref::<diesel::result::Error>())
            .is_some_and(crate::db::Raced::raced)
    }
}

impl From<diesel_async::pooled_connection::deadpool::PoolError> for Failure {
    fn from(error: diesel_async::pooled_connection::deadpool::PoolError) -> Self {
        Self::unavailable(error)
    }
}

impl From<crate::privacy::keys::DecryptError> for Failure {
    fn from(error: crate::privacy::keys::DecryptError) -> Self {
        Self::internal(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vietnamese_unless_english_comes_first() {
        for (header, expected) in [
            (None, Language::Vietnamese),
            (Some("en"), Language::English),
            (Some("vi,en;q=0.8"), Language::Vietnamese),
            (Some("en-GB,vi;q=0.9"), Language::English),
            (Some("vi;q=0.1, en;q=0.9"), Language::English),
            (Some("fr, *"), Language::Vietnamese),
            (Some("é"), Language::Vietnamese),
        ] {
            assert_eq!(Language::accepted(header), expected, "{header:?}");
        }
    }

    #[test]
    fn a_cause_never_reaches_the_answer() {
        let failure = Failure::internal("password=hunter2");
        let body = serde_json::to_string(&failure.problem(Language::English, "x")).unwrap();
        assert!(!body.contains("hunter2"));
    }
}
