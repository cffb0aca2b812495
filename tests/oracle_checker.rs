//! The oracle's checker is shown an honest history, which it must believe, and doctored ones, each of
//! which it must not. A checker that never found anything is worth nothing.

#[path = "oracle/checker/mod.rs"]
#[allow(dead_code, reason = "the run prints more than this test asks")]
mod checker;
#[path = "oracle/faults.rs"]
#[allow(dead_code, reason = "the run causes them")]
mod faults;
#[path = "oracle/history.rs"]
#[allow(dead_code, reason = "the run writes it")]
mod history;

use chrono::DateTime;
use uuid::Uuid;

use checker::{Evidence, Row, judge};
use faults::{Calm, Fault, Kind};
use history::{Answer, Booked, Call, Held, Ms, Op, Outcome, Seat, Slot, Trick};

/// One person's honest story: held, booked, asked again, moved, cancelled, and refused where due.
struct Story {
    evidence: Evidence,
    now: Ms,
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn slot(number: i64) -> Slot {
    Slot {
        office_id: 1,
        starts_at: DateTime::from_timestamp(1_800_000_000 + 1_800 * number, 0).unwrap(),
    }
}

fn seat(of_slot: i64, place_no: i16) -> Seat {
    Seat {
        slot: slot(of_slot),
        place_no,
    }
}

fn refusal(status: u16, slug: &str) -> Outcome {
    Outcome::Answered(Answer {
        status,
        slug: slug.to_owned(),
        digest: slug.to_owned(),
        ..Answer::default()
    })
}

fn booked(status: u16, appointment: Uuid, seat: Seat) -> Outcome {
    Outcome::Answered(Answer {
        status,
        digest: format!("{appointment} {seat:?}"),
        booked: vec![Booked { appointment, seat }],
        ..Answer::default()
    })
}

const ENDS_AFTER: Ms = 2_000;

impl Story {
    fn tell() -> Self {
        let calm = Calm { from: 0, to: 4_000 };
        let mut story = Self {
            evidence: Evidence {
                calms: vec![calm],
                ..Evidence::default()
            },
            now: 100,
        };
        story.hold(id(1), 7, seat(1, 3));
        story.confirm(id(11), id(1), 7, booked(201, id(21), seat(1, 3)));
        story.confirm(id(11), id(1), 7, booked(201, id(21), seat(1, 3)));
        story.hold(id(2), 7, seat(2, 4));
        story.confirm(id(12), id(2), 7, refusal(409, "already-booked"));
        story.call(
            id(13),
            7,
            story.moving(id(21), id(2), 2),
            booked(200, id(21), seat(2, 4)),
        );
        story.call(
            id(14),
            7,
            Op::Cancel {
                appointment: id(21),
            },
            booked(200, id(21), seat(2, 4)),
        );
        story.hold(id(3), 8, seat(3, 5));
        story.confirm(id(15), id(3), 8, booked(201, id(22), seat(3, 5)));
        story.evidence.rows = vec![
            row(21, "cancelled", seat(2, 4)),
            row(22, "booked", seat(3, 5)),
        ];
        story
    }

    fn moving(&self, appointment: Uuid, hold: Uuid, to: i64) -> Op {
        Op::Move {
            appointment,
            hold,
            to: slot(to),
            ends: self.now + ENDS_AFTER,
        }
    }

    fn hold(&mut self, hold: Uuid, citizen: u32, seat: Seat) {
        let held = Held {
            hold,
            ends: self.now + ENDS_AFTER,
            seats: vec![seat],
        };
        let outcome = Outcome::Answered(Answer {
            status: 201,
            hold: Some(held),
            ..Answer::default()
        });
        let op = Op::Hold {
            slot: seat.slot,
            vouched: false,
            for_move: false,
        };
        self.call(Uuid::new_v4(), citizen, op, outcome);
    }

    fn confirm(&mut self, key: Uuid, hold: Uuid, citizen: u32, outcome: Outcome) {
        let op = Op::Confirm {
            hold,
            ends: self.now + ENDS_AFTER,
            trick: Trick::Honest,
        };
        self.call(key, citizen, op, outcome);
    }

    fn call(&mut self, key: Uuid, citizen: u32, op: Op, outcome: Outcome) {
        self.evidence.calls.push(Call {
            client: 1,
            process: 0,
            op,
            key,
            citizens: vec![citizen],
            invoked: self.now,
            returned: Some(self.now + 10),
            outcome,
        });
        self.now += 20;
    }

    /// The laws that are broken, by their first word.
    fn broken(&self) -> Vec<&'static str> {
        let verdicts = judge(&self.evidence);
        let broken = verdicts.iter().filter(|verdict| !verdict.holds());
        let broken = broken.filter(|verdict| !verdict.law.starts_with("without Redis"));
        broken.map(|verdict| verdict.law).collect()
    }

    #[track_caller]
    fn breaks(&self, law: &str) {
        let broken = self.broken();
        let found = broken.iter().any(|name| name.starts_with(law));
        assert!(found, "{law} holds; broken are {broken:?}");
    }
}

fn row(appointment: u128, status: &str, seat: Seat) -> Row {
    Row {
        appointment: id(appointment),
        status: status.to_owned(),
        seat: Some(seat),
    }
}

#[test]
fn an_honest_history_is_believed() {
    assert_eq!(Story::tell().broken(), Vec::<&str>::new());
}

#[test]
fn an_acknowledged_appointment_that_is_not_there_is_missed() {
    let mut story = Story::tell();
    story.evidence.rows.pop();
    story.breaks("I4");
}

#[test]
fn an_appointment_that_nobody_was_given_is_found() {
    let mut story = Story::tell();
    story.evidence.rows.push(row(99, "booked", seat(9, 1)));
    story.breaks("I6 no appointment");
}

#[test]
fn a_replay_that_says_something_else_is_found() {
    let mut story = Story::tell();
    story.confirm(id(11), id(1), 7, booked(201, id(23), seat(1, 6)));
    story.evidence.rows.push(row(23, "booked", seat(1, 6)));
    story.breaks("I5");
}

#[test]
fn a_refusal_that_was_none_is_found() {
    let mut story = Story::tell();
    story.confirm(id(12), id(2), 7, booked(201, id(23), seat(2, 6)));
    story.breaks("I6 what was refused");
}

#[test]
fn a_cancelled_appointment_that_lives_again_is_found() {
    let mut story = Story::tell();
    story.evidence.rows[0].status = "booked".to_owned();
    story.breaks("I3 I6 I7");
}

#[test]
fn a_second_appointment_of_one_person_is_found() {
    let mut story = Story::tell();
    story.hold(id(4), 8, seat(4, 1));
    story.confirm(id(16), id(4), 8, booked(201, id(23), seat(4, 1)));
    story.evidence.rows.push(row(23, "booked", seat(4, 1)));
    story.breaks("I3 I6 I7");
}

#[test]
fn a_refusal_for_an_appointment_that_the_person_never_had_is_found() {
    let mut story = Story::tell();
    story.hold(id(4), 9, seat(4, 1));
    story.confirm(id(16), id(4), 9, refusal(409, "already-booked"));
    story.breaks("I3 I6 I7");
}

#[test]
fn an_appointment_that_stands_elsewhere_than_was_said_is_found() {
    let mut story = Story::tell();
    story.evidence.rows[1].seat = Some(seat(3, 6));
    story.breaks("I3 I6 I7");
}

#[test]
fn what_stays_unknown_is_found() {
    let mut story = Story::tell();
    story.hold(id(4), 9, seat(4, 1));
    story.confirm(
        id(16),
        id(4),
        9,
        Outcome::Info("no answer in time".to_owned()),
    );
    story.breaks("I6 the same key");
}

#[test]
fn an_unknown_that_its_key_settles_is_believed() {
    let mut story = Story::tell();
    story.hold(id(4), 9, seat(4, 1));
    story.confirm(
        id(16),
        id(4),
        9,
        Outcome::Info("no answer in time".to_owned()),
    );
    // Cancelled by its owner's other phone before the first was told that it was booked.
    story.call(
        id(17),
        9,
        Op::Cancel {
            appointment: id(23),
        },
        booked(200, id(23), seat(4, 1)),
    );
    story.confirm(id(16), id(4), 9, booked(201, id(23), seat(4, 1)));
    story.evidence.rows.push(row(23, "cancelled", seat(4, 1)));
    assert_eq!(story.broken(), Vec::<&str>::new());
}

#[test]
fn an_ended_token_that_confirms_is_found_unless_the_clock_was_moved() {
    let mut story = Story::tell();
    story.hold(id(4), 9, seat(4, 1));
    story.confirm(id(16), id(4), 9, booked(201, id(23), seat(4, 1)));
    let confirmed = story.evidence.calls.last_mut().unwrap();
    confirmed.invoked += 3_000;
    confirmed.returned = Some(confirmed.invoked + 10);
    let at = confirmed.invoked;
    story.evidence.rows.push(row(23, "booked", seat(4, 1)));
    story.breaks("I9 a forged");
    story.evidence.faults.push(Fault {
        kind: Kind::ClockMoved,
        process: 0,
        from: at - 100,
        to: at + 100,
    });
    assert_eq!(story.broken(), Vec::<&str>::new());
}

#[test]
fn a_forged_token_that_confirms_is_found() {
    let mut story = Story::tell();
    story.hold(id(4), 9, seat(4, 1));
    let op = Op::Confirm {
        hold: id(4),
        ends: story.now + ENDS_AFTER,
        trick: Trick::Forged,
    };
    story.call(id(16), 9, op, booked(201, id(23), seat(4, 1)));
    story.evidence.rows.push(row(23, "booked", seat(4, 1)));
    story.breaks("I9 a forged");
}

#[test]
fn a_place_that_postgresql_held_and_another_got_is_found() {
    let mut story = Story::tell();
    story.evidence.calms.clear();
    story.hold(id(4), 9, seat(4, 1));
    story.confirm(id(16), id(4), 9, refusal(409, "slot-full"));
    assert_eq!(
        story.broken(),
        Vec::<&str>::new(),
        "Redis may have forgotten it"
    );
    let kept = (story.now - 25, vec![seat(4, 1)]);
    story.evidence.kept.insert(id(4), kept);
    story.breaks("I9 a place that PostgreSQL holds");
}

#[test]
fn a_hold_that_is_worth_nothing_in_calm_is_found() {
    let mut story = Story::tell();
    story.hold(id(4), 9, seat(4, 1));
    story.confirm(id(16), id(4), 9, refusal(409, "slot-full"));
    story.breaks("I9 in calm a hold");
}

#[test]
fn a_place_that_two_hold_in_calm_is_found() {
    let mut story = Story::tell();
    story.hold(id(4), 9, seat(4, 1));
    story.hold(id(5), 10, seat(4, 1));
    story.breaks("I9 in calm no place");
    story.evidence.by_postgres.insert(id(5));
    assert_eq!(
        story.broken(),
        Vec::<&str>::new(),
        "its process was without Redis"
    );
}

#[test]
fn an_answer_of_500_is_found() {
    let mut story = Story::tell();
    story.hold(id(4), 9, seat(4, 1));
    story.confirm(id(16), id(4), 9, Outcome::Info("500 internal".to_owned()));
    story.confirm(id(16), id(4), 9, booked(201, id(23), seat(4, 1)));
    story.evidence.rows.push(row(23, "booked", seat(4, 1)));
    assert_eq!(story.broken(), ["no answer is a 500"]);
}

#[test]
fn silence_without_redis_is_found() {
    let mut story = Story::tell();
    story.evidence.faults.push(Fault {
        kind: Kind::RedisPaused,
        process: 0,
        from: 0,
        to: 10_000,
    });
    let judged = |story: &Story| {
        let verdicts = judge(&story.evidence);
        let of_redis = verdicts
            .iter()
            .find(|one| one.law.starts_with("without Redis"));
        of_redis.unwrap().holds()
    };
    assert!(judged(&story));
    story.evidence.calls[0].outcome = Outcome::Info("no answer in time".to_owned());
    assert!(!judged(&story));
}
