//! Server-sent events, read as they come.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::{Method, Response};

use super::Person;

/// An open stream, read event by event.
pub struct Watching {
    response: Response,
    read: String,
}

/// One event: name, id, data.
pub type Event = (String, String, String);

impl Watching {
    pub async fn start(person: &Person, path: &str, after: Option<&str>) -> Self {
        let mut request = person.request(Method::GET, path);
        if let Some(after) = after {
            request = request.header("last-event-id", after);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(
            response.headers()["content-type"],
            "text/event-stream; charset=utf-8"
        );
        Self {
            response,
            read: String::new(),
        }
    }

    /// The next event, which must come soon.
    pub async fn next(&mut self) -> Event {
        let reading = async { self.read_event().await.expect("an open line") };
        tokio::time::timeout(Duration::from_secs(20), reading)
            .await
            .expect("an event within twenty seconds")
    }

    /// The server ends the stream, and says nothing more before.
    pub async fn ends(&mut self) {
        let reading = tokio::time::timeout(Duration::from_secs(40), self.read_event());
        assert_eq!(reading.await.expect("an end within forty seconds"), None);
    }

    /// The server ends the stream, whatever it says before.
    pub async fn ends_at_last(&mut self) {
        let reading = async { while self.read_event().await.is_some() {} };
        let read = tokio::time::timeout(Duration::from_secs(40), reading);
        read.await.expect("an end within forty seconds");
    }

    async fn read_event(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let fields: BTreeMap<String, String> = event
                    .lines()
                    .filter_map(|line| line.split_once(": "))
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect();
                self.read = rest.to_owned();
                let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
                if fields.contains_key("event") {
                    return Some((field("event"), field("id"), field("data")));
                }
                continue;
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}
