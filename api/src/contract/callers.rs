//! Who still calls what will go. Counted in memory, so that no answer waits for it, and written down every minute,
//! when somebody asks, and at the end.
//!
//! Of a client nothing is known but what its app calls itself, and whatever does not look like that is `unnamed`.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::http::header::HeaderValue;
use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;

use super::store;
use crate::app::App;
use crate::http::failure::Failure;

/// How often what was counted is written down.
const ROUND: Duration = Duration::from_secs(60);
/// Clients that one process tells apart on one day; those that come after them count as [`OTHER`]. Anybody may call
/// themselves anything, and must not fill the table with it.
const CLIENTS_MAX: usize = 50;
const OTHER: &str = "other";
const UNNAMED: &str = "unnamed";
/// Longest name of a client that is written down.
const CLIENT_CHARS_MAX: usize = 40;
/// More digits in a row than these are somebody's number.
const DIGITS_MAX: usize = 6;

/// So many calls of one operation by one client on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    pub operation_id: String,
    pub client: String,
    pub called_on: NaiveDate,
    pub calls: i64,
}

/// What this process has counted. Clones share it.
#[derive(Clone, Default)]
pub struct Callers(Arc<Mutex<Tally>>);

impl Callers {
    pub fn count(&self, operation_id: &str, client: &str, on: NaiveDate) {
        self.tally().add(operation_id, client, on, 1);
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By day and operation how often each client called since that was last written down. Whoever has called today
/// stays in it, also with nothing to write: that bounds how many names a day may bring.
#[derive(Default)]
struct Tally(BTreeMap<(NaiveDate, String), BTreeMap<String, i64>>);

impl Tally {
    fn add(&mut self, operation_id: &str, client: &str, on: NaiveDate, calls: i64) {
        let clients = self.0.entry((on, operation_id.to_owned())).or_default();
        let is_told_apart = clients.contains_key(client) || clients.len() < CLIENTS_MAX;
        let name = if is_told_apart { client } else { OTHER };
        *clients.entry(name.to_owned()).or_default() += calls;
    }

    /// Takes what is to be written down; of days before today nothing stays.
    fn take(&mut self, today: NaiveDate) -> Vec<Calls> {
        let mut taken = Vec::new();
        for ((on, operation_id), clients) in &mut self.0 {
            for (client, calls) in clients.iter_mut().filter(|(_, calls)| **calls > 0) {
                taken.push(Calls {
                    operation_id: operation_id.clone(),
                    client: client.clone(),
                    called_on: *on,
                    calls: std::mem::take(calls),
                });
            }
        }
        self.0.retain(|(on, _), _| *on >= today);
        taken
    }
}

/// Writes down every minute what was counted, until it is dropped.
pub async fn run(app: App) -> Infallible {
    let mut rounds = tokio::time::interval(ROUND);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        save(&app).await;
    }
}

/// Writes down what was counted. Where the database cannot, it is counted on and written down the next time.
pub async fn save(app: &App) {
    let counted = app.callers.tally().take(local_day(app.clock.now()));
    if counted.is_empty() {
        return;
    }
    if let Err(failure) = add(app, &counted).await {
        tracing::warn!(cause = ?failure.cause(), "calls of deprecated operations wait to be written down");
        let mut tally = app.callers.tally();
        for one in &counted {
            tally.add(&one.operation_id, &one.client, one.called_on, one.calls);
        }
    }
}

async fn add(app: &App, counted: &[Calls]) -> Result<(), Failure> {
    Ok(store::add(&mut *app.pool.get().await?, counted).await?)
}

/// What a client calls itself, as `to06-web/1.8.2`: a name, and a version behind the last slash. Nothing that
/// somebody could hide in it.
pub fn client(header: Option<&HeaderValue>) -> &str {
    let name = header.and_then(|value| value.to_str().ok());
    name.filter(|name| is_plain(name)).unwrap_or(UNNAMED)
}

fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"./-_".contains(&byte);
    let begins = name.starts_with(|first: char| first.is_ascii_alphabetic());
    let version = name.rsplit_once('/').map(|(_, version)| version);
    let is_versioned =
        version.is_some_and(|it| it.starts_with(|first: char| first.is_ascii_digit()));
    let mut numbers = name.split(|letter: char| !letter.is_ascii_digit());
    name.len() <= CLIENT_CHARS_MAX
        && name.bytes().all(plain)
        && begins
        && is_versioned
        && numbers.all(|number| number.len() <= DIGITS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_client_is_named_only_plainly() {
        let name = |text: &'static str| client(Some(&HeaderValue::from_static(text))).to_owned();
        for plain in ["to06-web/1.8.2", "vn/to06/0.10.0"] {
            assert_eq!(name(plain), plain);
        }
        for other in [
            "Nguyen Van A 0912345678",
            "0912345678",
            "a/0912345678",
            "to06-058190123456/1.0.0",
            "to06-web",
            "/1.0.0",
            "to06-web-with-a-very-long-name-indeed/1.0",
        ] {
            assert_eq!(name(other), UNNAMED, "{other}");
        }
        assert_eq!(client(None), UNNAMED);
    }

    #[test]
    fn what_was_taken_is_not_taken_again_and_names_are_bounded_by_the_day() {
        let (today, tomorrow) = (day("2027-01-04"), day("2027-01-05"));
        let mut tally = Tally::default();
        for number in 0..CLIENTS_MAX + 7 {
            tally.add("old", &format!("app/{number}"), today, 2);
        }
        let taken = tally.take(today);
        assert_eq!(taken.len(), CLIENTS_MAX + 1);
        let other = taken.iter().find(|one| one.client == OTHER).unwrap();
        assert_eq!(other.calls, 14);
        // Written down, and the day has no room for more names still.
        tally.add("old", "app/0", today, 1);
        tally.add("old", "late/1", today, 1);
        let taken: Vec<_> = tally
            .take(today)
            .into_iter()
            .map(|one| (one.client, one.calls))
            .collect();
        assert_eq!(taken, [("app/0".to_owned(), 1), (OTHER.to_owned(), 1)]);
        tally.add("old", "late/1", tomorrow, 1);
        let taken = tally.take(tomorrow);
        assert_eq!((taken.len(), taken[0].client.as_str()), (1, "late/1"));
        assert_eq!(tally.0.len(), 1);
    }
}
