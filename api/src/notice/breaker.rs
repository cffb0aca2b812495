//! A provider that is down is left in peace: asked again now and then, by one message.

use chrono::{DateTime, TimeDelta, Utc};

/// Failures in a row after which a provider is taken for down.
const FAILURES_MAX: u32 = 5;
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(30);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(5);

/// What one process knows of a provider.
#[derive(Debug, Clone, Default)]
pub struct Breaker {
    failures: u32,
    failing_since: Option<DateTime<Utc>>,
    last_failure: Option<String>,
    /// Nobody asks before.
    next_try: Option<DateTime<Utc>>,
    /// How many have asked since it is down.
    asked: u32,
}

impl Breaker {
    /// How many messages it would take now: none, one that tries, or any number.
    pub fn room(&self, now: DateTime<Utc>) -> usize {
        match self.next_try {
            None => usize::MAX,
            Some(at) if now < at => 0,
            Some(_) => 1,
        }
    }

    /// Whether this message may be handed over. While the provider is down the first one that asks
    /// after the pause is the one that tries.
    pub fn admits(&mut self, now: DateTime<Utc>) -> bool {
        let room = self.room(now);
        if room == 1 {
            self.asked += 1;
            self.next_try = Some(now + pause(self.asked));
        }
        room > 0
    }

    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// Says whether the provider has just been taken for down.
    pub fn failed(&mut self, why: &str, now: DateTime<Utc>) -> bool {
        self.failures += 1;
        self.failing_since.get_or_insert(now);
        self.last_failure = Some(why.to_owned());
        // What was under way when it went down says nothing new.
        let goes_down = self.next_try.is_none() && self.failures >= FAILURES_MAX;
        if goes_down {
            self.next_try = Some(now + pause(0));
        }
        goes_down
    }

    pub fn is_down(&self) -> bool {
        self.next_try.is_some()
    }

    /// Since when every message failed, and why the last one did.
    pub fn failing(&self) -> Option<(DateTime<Utc>, &str)> {
        Some((self.failing_since?, self.last_failure.as_deref()?))
    }
}

/// Doubles with each message that asked in vain.
fn pause(asked: u32) -> TimeDelta {
    (FIRST_PAUSE * 2_i32.pow(asked.min(10))).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_fails_five_times_is_asked_by_one_message_after_a_pause() {
        let mut now = DateTime::UNIX_EPOCH;
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            assert!(breaker.admits(now));
            assert!(!breaker.failed("timeout", now));
        }
        assert!(breaker.failed("timeout", now), "it is taken for down once");
        assert!(!breaker.failed("timeout", now), "whatever was under way");
        assert!(!breaker.admits(now));
        now += FIRST_PAUSE;
        assert!(breaker.admits(now), "one tries");
        assert!(!breaker.admits(now), "and only one");
        assert!(!breaker.failed("timeout", now));
        now += FIRST_PAUSE;
        assert!(!breaker.admits(now), "the pause has doubled");
        now += FIRST_PAUSE;
        assert!(breaker.admits(now));
        breaker.succeeded();
        assert_eq!(breaker.room(now), usize::MAX);
        assert!(breaker.failing().is_none());
    }

    #[test]
    fn the_pause_has_an_end() {
        let now = DateTime::UNIX_EPOCH;
        let mut breaker = Breaker::default();
        for minute in 0..1000 {
            let then = now + LONGEST_PAUSE * minute;
            assert!(minute < 5 || breaker.admits(then), "{minute}");
            breaker.failed("cut", then);
        }
        assert_eq!(breaker.failing(), Some((now, "cut")));
    }
}
