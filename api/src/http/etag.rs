//! Answers that a reader may have already.

use actix_web::http::header::{ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};

/// 304, if the reader knows this ETag, which stands in its quotes (RFC 9110, 13.1.2).
pub fn known(request: &HttpRequest, etag: &str) -> Option<HttpResponse> {
    let tags = request.headers().get(IF_NONE_MATCH)?.to_str().ok()?;
    tags.split(',').any(|tag| tag.trim() == etag).then(|| {
        HttpResponse::NotModified()
            .insert_header((ETAG, etag))
            .finish()
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

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
