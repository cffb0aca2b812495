//! What is done once a night, as long as the program runs. A machine that is switched off at night does it
//! as soon as it is on.

use std::convert::Infallible;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::calendar::{local_day, local_day_bounds};

use crate::app::App;
use crate::http::failure::Failure;

/// How often the clock is looked at.
const ROUND: Duration = Duration::from_secs(600);
/// The hour in Vietnam at which nobody is working.
const NIGHT_BEGINS: TimeDelta = TimeDelta::hours(2);

/// The last night that has begun, by its day in Vietnam.
pub fn night_of(now: DateTime<Utc>) -> NaiveDate {
    local_day(now - NIGHT_BEGINS)
}

/// When the next night begins.
pub fn next_night(now: DateTime<Utc>) -> DateTime<Utc> {
    local_day_bounds(night_of(now)).end + NIGHT_BEGINS
}

/// Works once a night until it is dropped, and never ends by itself. A night that fails is logged by the
/// name of its work, and tried again in the next round.
pub async fn run(
    app: App,
    name: &'static str,
    work: impl AsyncFn(&App) -> Result<(), Failure>,
) -> Infallible {
    let mut rounds = tokio::time::interval(ROUND);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut last = None;
    loop {
        rounds.tick().await;
        let tonight = night_of(app.clock.now());
        if last == Some(tonight) {
            continue;
        }
        match work(&app).await {
            Ok(()) => last = Some(tonight),
            Err(failure) => {
                tracing::warn!(work = name, cause = ?failure.cause(), "a night's work failed");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_begins_at_two_in_vietnam() {
        let at = |time: &str| time.parse::<DateTime<Utc>>().unwrap();
        let night = |time: &str| night_of(at(time)).to_string();
        assert_eq!(night("2027-03-14T18:59:59Z"), "2027-03-14");
        assert_eq!(night("2027-03-14T19:00:00Z"), "2027-03-15");
        assert_eq!(night("2027-03-15T18:59:59Z"), "2027-03-15");
        assert_eq!(
            next_night(at("2027-03-14T18:59:59Z")),
            at("2027-03-14T19:00:00Z")
        );
        assert_eq!(
            next_night(at("2027-03-14T19:00:00Z")),
            at("2027-03-15T19:00:00Z")
        );
    }
}
