//! An answer that says what it was when a test does not like it, and that is never a leaky error.

use mobile_contracts::problem::{PROBLEM_JSON, Problem};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// Reads it to its end; of a stream, which has none, only what comes first.
    pub async fn read(mut response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let kind = headers.get(CONTENT_TYPE).map(|kind| kind.as_bytes());
        let text = if kind.is_some_and(|kind| kind.starts_with(b"text/event-stream")) {
            let first = response.chunk().await.unwrap().unwrap_or_default();
            String::from_utf8(first.to_vec()).unwrap()
        } else {
            response.text().await.unwrap()
        };
        let answer = Self {
            status,
            headers,
            text,
        };
        answer.assert_shape();
        answer
    }

    /// Every refusal is a problem, whatever refused it.
    fn assert_shape(&self) {
        assert!(
            self.headers.contains_key("x-request-id"),
            "no request id: {self:?}"
        );
        assert!(
            self.headers.contains_key("content-security-policy"),
            "no policy: {self:?}"
        );
        if self.status.is_client_error() || self.status.is_server_error() {
            assert_eq!(self.headers[CONTENT_TYPE], PROBLEM_JSON, "{self:?}");
            let problem: Problem = serde_json::from_str(&self.text).expect("a problem");
            assert_eq!(problem.status, self.status.as_u16());
            assert!(problem.instance.starts_with("urn:uuid:"));
        }
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// Expects a refusal by its slug.
    #[track_caller]
    pub fn refused(&self, status: u16, slug: &str) -> Problem {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        let problem: Problem = serde_json::from_str(&self.text).unwrap();
        assert_eq!(problem.kind, format!("/problems/{slug}"), "{}", self.text);
        problem
    }

    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.text).unwrap_or_else(|why| panic!("{why}: {}", self.text))
    }

    #[track_caller]
    pub fn value(&self) -> Value {
        self.json()
    }
}
