//! What comes in: bodies, queries and paths, each with a limit, each with an error that says where.
//!
//! A body that is not JSON is 400, one that is JSON of the wrong shape is 422 with a pointer to its
//! first fault; broken *rules* are found later, all at once, by the feature.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::future::{LocalBoxFuture, Shared};
use futures_util::{FutureExt as _, StreamExt as _};
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::sync::oneshot;

use super::failure::{CommonProblem, Failure, FieldError};
use super::strict::{ARRAY_ITEMS_MAX, Strict, TOO_MANY_ITEMS, is_deeper_than};

/// Largest body of an ordinary request.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// Largest body of a batch from the field, or of an import.
pub const BATCH_BODY_BYTES_MAX: usize = 512 * 1024;
/// How many arrays and objects of a body may lie inside each other; the contract needs five.
pub const BODY_DEPTH_MAX: usize = 16;
/// Longest a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The door: a handler that takes a caller looks at nothing else of the request before it knows that
/// they may come in. The framework would poll everything at once, and answer with whichever fault it
/// finds first.
#[derive(Debug)]
pub struct Door(oneshot::Sender<()>);

struct Admission(Shared<oneshot::Receiver<()>>);

impl Door {
    /// Stands before everything that is extracted after it from this request.
    pub fn close(request: &HttpRequest) -> Self {
        let (sender, receiver) = oneshot::channel();
        request
            .extensions_mut()
            .insert(Admission(receiver.shared()));
        Self(sender)
    }

    pub fn open(self) {
        // Nobody may be waiting behind it.
        let _ = self.0.send(());
    }
}

/// Waits at the door, if there is one. A door that never opens is answered by who closed it.
pub(super) fn admission(
    request: &HttpRequest,
) -> impl Future<Output = Result<(), Failure>> + use<> {
    let waiting = request
        .extensions()
        .get::<Admission>()
        .map(|admission| admission.0.clone());
    async move {
        match waiting {
            Some(waiting) => waiting.await.map_err(|_| CommonProblem::SignIn.into()),
            None => Ok(()),
        }
    }
}

/// A JSON body of at most `MAX` bytes.
#[derive(Debug)]
pub struct Json<T, const MAX: usize = BODY_BYTES_MAX>(pub T);

impl<T, const MAX: usize> Deref for Json<T, MAX> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static, const MAX: usize> FromRequest for Json<T, MAX> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = json_body(request, payload, MAX);
        Box::pin(async move { parse_json(&body.await?).map(Self) })
    }
}

/// A JSON body whose parts are judged one by one, so that a NUL character in one of them must not
/// turn the others away: whoever takes it looks for [`has_escaped_nul`] in each part.
#[derive(Debug)]
pub struct JsonParts<T, const MAX: usize = BODY_BYTES_MAX>(pub T);

impl<T: DeserializeOwned + 'static, const MAX: usize> FromRequest for JsonParts<T, MAX> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = json_body(request, payload, MAX);
        Box::pin(async move { parse_parts(&body.await?).map(Self) })
    }
}

fn json_body(
    request: &HttpRequest,
    payload: &mut Payload,
    max: usize,
) -> impl Future<Output = Result<Vec<u8>, Failure>> + use<> {
    let json = request.mime_type().ok().flatten().is_some_and(|mime| {
        mime.essence_str() == "application/json" || mime.suffix().is_some_and(|s| s == "json")
    });
    let payload = decompress(request, payload);
    let admission = admission(request);
    async move {
        admission.await?;
        if !json {
            return Err(Failure::from(CommonProblem::MediaType).saying(
                "Hãy gửi nội dung dạng application/json.",
                "Send application/json.",
            ));
        }
        collect(payload, max, BODY_TIMEOUT).await
    }
}

/// A body of text of a named media type, such as a CSV file, of at most `MAX` bytes.
#[derive(Debug)]
pub struct Upload<const MAX: usize = BATCH_BODY_BYTES_MAX>(pub Vec<u8>);

impl<const MAX: usize> FromRequest for Upload<MAX> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let csv = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("text/csv"));
        let payload = decompress(request, payload);
        let admission = admission(request);
        Box::pin(async move {
            admission.await?;
            if !csv {
                return Err(Failure::from(CommonProblem::MediaType)
                    .saying("Hãy gửi tệp dạng text/csv.", "Send text/csv."));
            }
            collect(payload, MAX, BODY_TIMEOUT).await.map(Self)
        })
    }
}

/// Inflates gzip bodies; the limit counts what comes out.
pub(super) fn decompress(
    request: &HttpRequest,
    payload: &mut Payload,
) -> actix_web::dev::Decompress<Payload> {
    actix_web::dev::Decompress::from_headers(payload.take(), request.headers())
}

pub(super) async fn collect(
    mut payload: actix_web::dev::Decompress<Payload>,
    max: usize,
    within: Duration,
) -> Result<Vec<u8>, Failure> {
    let read = async {
        let mut body = Vec::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(unreadable)?;
            if body.len() + chunk.len() > max {
                return Err(too_large(max));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    tokio::time::timeout(within, read)
        .await
        .unwrap_or_else(|_| Err(CommonProblem::TooSlow.into()))
}

fn too_large(max: usize) -> Failure {
    Failure::from(CommonProblem::TooLarge).saying(
        format!(
            "Nội dung vượt quá {} kB; hãy chia nhỏ rồi gửi lại.",
            max / 1024
        ),
        format!(
            "The body exceeds {} kB; split it and send again.",
            max / 1024
        ),
    )
}

fn unreadable(error: PayloadError) -> Failure {
    match error {
        PayloadError::Overflow => too_large(BODY_BYTES_MAX),
        _ => Failure::from(CommonProblem::Malformed).saying(
            "Nội dung bị ngắt quãng hoặc nén sai.",
            "The body was cut short or compressed wrongly.",
        ),
    }
}

/// Parses one JSON document into a type that refuses unknown fields.
///
/// # Errors
/// 400 when it is not JSON at all, 422 with a pointer when it is JSON of another shape.
pub fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    if has_escaped_nul(body) {
        return Err(Failure::invalid(vec![FieldError::new(
            "",
            "NUL_CHARACTER",
            "Nội dung chứa ký tự NUL, không được phép.",
            "The text holds a NUL character, which is not allowed.",
        )]));
    }
    if is_deeper_than(body, BODY_DEPTH_MAX) {
        return Err(Failure::invalid(vec![FieldError::new(
            "",
            "TOO_DEEP",
            format!("Nội dung lồng nhau quá {BODY_DEPTH_MAX} cấp."),
            format!("The body nests more than {BODY_DEPTH_MAX} levels."),
        )]));
    }
    parse_parts(body)
}

fn parse_parts<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let strict = Strict::new(&mut deserializer);
    let value = serde_path_to_error::deserialize(strict).map_err(|error| {
        let pointer = pointer(error.path());
        wrong_json(pointer, error.into_inner())
    })?;
    deserializer
        .end()
        .map_err(|error| wrong_json(String::new(), error))?;
    Ok(value)
}

fn wrong_json(pointer: String, error: serde_json::Error) -> Failure {
    use serde_json::error::Category;
    // serde's words name fields and types of the contract; values that it quotes are the sender's
    // own and go back to the sender only, cut short.
    let words: String = error.to_string().chars().take(200).collect();
    match error.classify() {
        Category::Data => {
            let code = if words.starts_with("unknown field") {
                "UNKNOWN_FIELD"
            } else if words.starts_with("missing field") {
                "MISSING_FIELD"
            } else if words.starts_with(TOO_MANY_ITEMS) {
                "TOO_MANY_ITEMS"
            } else {
                "WRONG_TYPE"
            };
            let vi = match code {
                "UNKNOWN_FIELD" => format!("Trường không được hỗ trợ: {words}."),
                "MISSING_FIELD" => format!("Thiếu trường bắt buộc: {words}."),
                "TOO_MANY_ITEMS" => format!("Danh sách có hơn {ARRAY_ITEMS_MAX} phần tử."),
                _ => format!("Giá trị sai kiểu hoặc sai dạng: {words}."),
            };
            Failure::invalid(vec![FieldError::new(pointer, code, vi, words)])
        }
        Category::Io | Category::Syntax | Category::Eof => Failure::from(CommonProblem::Malformed)
            .saying(
                format!("Nội dung không phải JSON hợp lệ: {words}."),
                format!("The body is not valid JSON: {words}."),
            ),
    }
}

/// A JSON pointer (RFC 6901) of where serde stood.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// Whether any string of the document holds `\u0000`, which PostgreSQL's text cannot.
pub fn has_escaped_nul(body: &[u8]) -> bool {
    body.windows(6).enumerate().any(|(at, window)| {
        window == br"\u0000"
            && body[..at]
                .iter()
                .rev()
                .take_while(|byte| **byte == b'\\')
                .count()
                % 2
                == 0
    })
}

/// Query parameters; unknown ones are refused by name.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admission = admission(request);
        let query = parse_query(request.query_string()).map(Self);
        Box::pin(async move {
            admission.await?;
            query
        })
    }
}

fn parse_query<T: DeserializeOwned>(query: &str) -> Result<T, Failure> {
    if query.contains("%00") {
        return Err(Failure::invalid(vec![FieldError::new(
            "?",
            "NUL_CHARACTER",
            "Tham số chứa ký tự NUL, không được phép.",
            "A parameter holds a NUL character, which is not allowed.",
        )]));
    }
    let parser = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(parser).map_err(|error| {
        let name = pointer(error.path());
        let words: String = error.inner().to_string().chars().take(200).collect();
        let pointer = format!("?{}", name.trim_start_matches('/'));
        Failure::invalid(vec![FieldError::new(
            pointer,
            "QUERY",
            format!("Tham số không hợp lệ: {words}."),
            words,
        )])
    })
}

/// Path parameters. One that cannot be read names nothing that exists: 404.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T> Deref for Path<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admission = admission(request);
        let path = web::Path::<T>::extract(request)
            .into_inner()
            .map(|path| Self(path.into_inner()))
            .map_err(|_| CommonProblem::NotFound.into());
        Box::pin(async move {
            admission.await?;
            path
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[allow(dead_code)]
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        #[allow(dead_code)]
        name: String,
    }

    fn failure(body: &str) -> mobile_contracts::problem::Problem {
        parse_json::<Body>(body.as_bytes())
            .unwrap_err()
            .problem(Default::default(), "")
    }

    #[test]
    fn a_wrong_shape_is_422_and_points_to_its_first_fault() {
        let problem = failure(r#"{"items":[{"name":"a"},{"name":1}]}"#);
        assert_eq!(
            (problem.status, problem.errors[0].pointer.as_str()),
            (422, "/items/1/name")
        );
        let problem = failure(r#"{"items":[{"name":"a","role":"admin"}]}"#);
        assert_eq!(problem.errors[0].code, "UNKNOWN_FIELD");
    }

    #[test]
    fn what_is_not_json_is_400() {
        for body in [
            "",
            "{",
            "nope",
            "{\"items\":[]} x",
            r#"{"items":[{"name":"\ud800"}]}"#,
        ] {
            assert_eq!(failure(body).status, 400, "{body}");
        }
    }

    #[test]
    fn what_nests_too_deep_is_not_even_read() {
        for deep in ["[".repeat(10_000), "{\"items\":".repeat(17)] {
            let problem = failure(&deep);
            assert_eq!(
                (problem.status, problem.errors[0].code.as_str()),
                (422, "TOO_DEEP")
            );
        }
    }

    #[test]
    fn an_array_stands_for_no_object_at_any_depth() {
        for (body, pointer) in [
            (r#"[[]]"#, ""),
            (r#"{"items":[{"name":"a"},["a"]]}"#, "/items/1"),
        ] {
            let problem = failure(body);
            assert_eq!(
                (
                    problem.status,
                    problem.errors[0].code.as_str(),
                    problem.errors[0].pointer.as_str()
                ),
                (422, "WRONG_TYPE", pointer)
            );
        }
    }

    #[test]
    fn a_nul_is_refused_but_an_escaped_backslash_is_not() {
        assert_eq!(
            failure(r#"{"items":[{"name":"\u0000"}]}"#).errors[0].code,
            "NUL_CHARACTER"
        );
        assert!(parse_json::<Body>(br#"{"items":[{"name":"\\u0000"}]}"#).is_ok());
    }
}
