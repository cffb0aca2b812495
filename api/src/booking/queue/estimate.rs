//! How long somebody will wait, as a range. No clock, no database.
//!
//! The present queue is played forward: each desk calls the next in the order of the rule when the
//! one before is done, and those who are booked come at their hour. Around the minute that comes of
//! it lies a range that grows with it; `simulation.rs` proves that it holds what it promises and is
//! no wider than useful.

use chrono::{DateTime, TimeDelta, Utc};

use super::rules::{EARLY_MAX, Turn};

/// Of ten who are booked, about nine come.
const COME_SHARE: f64 = 0.93;
/// Booked people are taken to come this long before their hour.
const COME_EARLY_MIN: f64 = 7.0;
/// Bounds of the range around the played minute: low and high, each a share and minutes.
const LOW: (f64, f64) = (0.7, 4.0);
const HIGH: (f64, f64) = (1.25, 5.0);
/// Told ranges begin and end at these minutes.
const STEP_MIN: f64 = 5.0;
/// Longer waits are not told apart.
const PLAYED_MAX_MIN: f64 = 600.0;

/// Somebody who waits, or will.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waiting {
    pub turn: Turn,
    /// How long the service takes, about.
    pub minutes: f64,
}

/// What is known when a range is told.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// Minutes from now until each desk that works is free; no desk yet: as if there were one.
    pub desks: Vec<f64>,
    pub waiting: Vec<Waiting>,
    /// Who is booked and has not come.
    pub coming: Vec<Waiting>,
}

impl Scene {
    /// Whoever asks does not wait for themselves.
    pub fn leave_out(&mut self, mine: &Turn) {
        if let Some(index) = self.waiting.iter().position(|one| one.turn == *mine) {
            self.waiting.swap_remove(index);
        }
    }
}

/// What is told: how many are before, and the minutes from now between which the call will come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub before: usize,
    pub from_min: i64,
    pub to_min: i64,
}

impl Told {
    /// Minutes by which a wait missed the range: negative when the call came before it.
    pub fn miss_min(from: DateTime<Utc>, to: DateTime<Utc>, called_at: DateTime<Utc>) -> i64 {
        if called_at < from {
            -((from - called_at).num_minutes() + 1)
        } else if called_at > to {
            (called_at - to).num_minutes() + 1
        } else {
            0
        }
    }
}

/// The range for somebody whose turn is `mine`.
pub fn estimate(scene: &Scene, mine: &Turn, now: DateTime<Utc>) -> Told {
    let before = scene.waiting.iter();
    let before = before.filter(|other| other.turn.order(mine, now).is_lt());
    let wait = play(scene, mine, now).min(PLAYED_MAX_MIN);
    let low = (wait * LOW.0 - LOW.1).max(0.0);
    let high = wait * HIGH.0 + HIGH.1;
    Told {
        before: before.count(),
        from_min: ((low / STEP_MIN).floor() * STEP_MIN) as i64,
        to_min: ((high / STEP_MIN).ceil() * STEP_MIN) as i64,
    }
}

/// Minutes until `mine` is called when everything takes as long as it should.
fn play(scene: &Scene, mine: &Turn, now: DateTime<Utc>) -> f64 {
    let minutes = |at: DateTime<Utc>| (at - now).num_seconds() as f64 / 60.0;
    let mut desks = scene.desks.clone();
    if desks.is_empty() {
        desks.push(0.0);
    }
    let mut waiting: Vec<Waiting> = scene.waiting.clone();
    let mut coming: Vec<Waiting> = scene
        .coming
        .iter()
        .map(|one| Waiting {
            minutes: one.minutes * COME_SHARE,
            ..*one
        })
        .collect();
    coming.sort_by_key(|one| one.turn.waits_from);
    let mut coming = coming.into_iter().peekable();
    loop {
        let (desk, free) = desks
            .iter()
            .copied()
            .enumerate()
            .min_by(|(_, a), (_, b)| a.total_cmp(b))
            .unwrap_or((0, 0.0));
        if free >= PLAYED_MAX_MIN {
            return free;
        }
        let at = now + TimeDelta::seconds((free * 60.0) as i64);
        while let Some(one) =
            coming.next_if(|one| minutes(one.turn.waits_from) - COME_EARLY_MIN <= free)
        {
            waiting.push(one);
        }
        let next = (0..waiting.len())
            .filter(|index| waiting[*index].turn.order(mine, at).is_lt())
            .min_by(|a, b| waiting[*a].turn.order(&waiting[*b].turn, at));
        match next {
            None => return free.max(0.0),
            Some(index) => desks[desk] = free.max(0.0) + waiting.swap_remove(index).minutes,
        }
    }
}

/// Minutes until a desk is free that has worked on somebody for `worked`, of about `expected`: one
/// that takes longer than expected is taken to need a third more.
pub fn free_in(expected: f64, worked: f64) -> f64 {
    (expected - worked).max(expected * 0.3)
}

/// The turn of somebody who is booked and will come on time.
pub fn turn_of_booked(hour: DateTime<Utc>) -> Turn {
    super::rules::turn(
        &super::rules::Arrival {
            arrived_at: hour - EARLY_MAX,
            booked_for: Some(hour),
            class: mobile_contracts::waitlist::PriorityClass::None,
        },
        TimeDelta::zero(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + minutes * 60, 0).unwrap()
    }

    fn walk_in(arrived: i64) -> Waiting {
        Waiting {
            turn: Turn {
                waits_from: at(arrived),
                sort_at: at(arrived),
            },
            minutes: 12.0,
        }
    }

    #[test]
    fn an_empty_office_calls_at_once() {
        let told = estimate(&Scene::default(), &walk_in(0).turn, at(0));
        assert_eq!((told.before, told.from_min, told.to_min), (0, 0, 5));
    }

    #[test]
    fn four_before_and_two_desks_are_about_two_services_and_the_rest_of_one() {
        let scene = Scene {
            desks: vec![6.0, 12.0],
            waiting: (-4..0).map(walk_in).collect(),
            coming: Vec::new(),
        };
        // Free at 6, 12, 18, 24, and then at 30.
        assert_eq!(play(&scene, &walk_in(0).turn, at(0)), 30.0);
        let told = estimate(&scene, &walk_in(0).turn, at(0));
        assert_eq!(told.before, 4);
        assert!(told.from_min <= 20 && told.to_min >= 40, "{told:?}");
    }

    #[test]
    fn who_is_booked_for_soon_is_before_somebody_without_appointment() {
        let mut scene = Scene {
            desks: vec![10.0],
            ..Scene::default()
        };
        let alone = play(&scene, &walk_in(0).turn, at(0));
        let turn = turn_of_booked(at(15));
        scene.coming.push(Waiting {
            turn,
            minutes: 12.0,
        });
        assert!(play(&scene, &walk_in(0).turn, at(0)) > alone + 10.0);
    }

    #[test]
    fn a_miss_is_counted_in_minutes_begun() {
        let miss = |called| Told::miss_min(at(10), at(20), at(called));
        assert_eq!([miss(10), miss(20), miss(9), miss(23)], [0, 0, -2, 4]);
    }
}
