//! Answers that a reader may have already.

use actix_web::http::header::{ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The ETag of what an answer says, in its quotes.
pub fn of(said: &impl Serialize) -> String {
    let hash = Sha256::digest(serde_json::to_vec(said).unwrap_or_default());
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..16]))
}

/// 304, if the reader knows this ETag, which stands in its quotes (RFC 9110, 13.1.2).
pub fn known(request: &HttpRequest, etag: &str) -> Option<HttpResponse> {
    let tags = request.headers().get(IF_NONE_MATCH)?.to_str().ok()?;
    tags.split(',').any(|tag| tag.trim() == etag).then(|| {
        HttpResponse::NotModified()
            .insert_header((ETAG, etag))
            .finish()
    })
}

/// An answer with its ETag, or 304 for whoever knows it.
pub fn answer(request: &HttpRequest, said: &impl Serialize) -> HttpResponse {
    let tag = of(said);
    known(request, &tag).unwrap_or_else(|| {
        HttpResponse::Ok()
            .insert_header((ETAG, tag.as_str()))
            .json(said)
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn what_says_the_same_has_one_tag_and_what_says_more_another() {
        assert_eq!(of(&(1, "a")), of(&(1, "a")));
        assert_ne!(of(&(1, "a")), of(&(1, "b")));
        assert!(of(&1).starts_with('"') && of(&1).ends_with('"'));
    }

    #[test]
    fn one_of_several_tags_is_enough_and_part_of_one_is_not() {
        let knows = |header: &str| {
            let request = TestRequest::default().insert_header((IF_NONE_MATCH, header));
            known(&request.to_http_request(), "\"b\"").is_some()
        };
        assert!(knows("\"b\"") && knows("\"a\", \"b\""));
        assert!(!knows("b") && !knows("\"bb\"") && !knows(""));
    }
}
