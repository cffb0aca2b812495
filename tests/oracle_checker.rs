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

use chrono::{DateTime, TimeDelta};
use mobile_contracts::calendar::{local_day, local_day_bounds};
use uuid::Uuid;

use checker::{Evidence, Offered, Row, Ruled, Taken, Wait, judge};
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
fn a_hold_that_met_an_offer_is_no_broken_promise_and_one_that_was_offered_later_is() {
    let mut story = Story::tell();
    story.hold(id(4), 9, seat(4, 1));
    let held = story.now;
    story.confirm(id(16), id(4), 9, refusal(409, "slot-full"));
    story.offered(31, 1, offer(41, seat(4, 1), held));
    assert_eq!(story.broken(), Vec::<&str>::new());
    story.evidence.waits[0].at = held + 1_500;
    story.breaks("I9 in calm a hold");
}

#[test]
fn a_hold_that_postgresql_overruled_is_no_broken_promise_and_one_that_it_kept_itself_is() {
    let mut story = Story::tell();
    story.hold(id(4), 9, seat(4, 1));
    let held = story.now;
    story.confirm(id(16), id(4), 9, refusal(409, "slot-full"));
    for (at, hold, of_seat, is_excused) in [
        (held, Some(id(6)), seat(4, 1), true),
        (held, Some(id(6)), seat(4, 2), false),
        (held, Some(id(4)), seat(4, 1), false),
        (held, None, seat(4, 1), false),
        (held + 60_000, Some(id(6)), seat(4, 1), false),
    ] {
        story.evidence.ruled = vec![Ruled {
            at,
            hold,
            seat: of_seat,
        }];
        if is_excused {
            assert_eq!(story.broken(), Vec::<&str>::new());
        } else {
            story.breaks("I9 in calm a hold");
        }
    }
}

#[test]
fn a_place_that_two_hold_in_calm_is_found() {
    let mut story = Story::tell();
    story.hold(id(4), 9, seat(4, 1));
    story.hold(id(5), 10, seat(4, 1));
    story.breaks("I9 in calm no place");
    let held = story.evidence.calls[story.evidence.calls.len() - 1].invoked;
    let ruled = |at, hold, of_seat| Ruled {
        at,
        hold,
        seat: of_seat,
    };
    story.evidence.ruled = vec![ruled(held, Some(id(5)), seat(4, 1))];
    assert_eq!(
        story.broken(),
        Vec::<&str>::new(),
        "its process was without Redis"
    );
    story.evidence.ruled = vec![ruled(held, Some(id(6)), seat(4, 2))];
    story.breaks("I9 in calm no place");
    story.evidence.ruled = vec![ruled(held, None, seat(4, 1))];
    assert_eq!(
        story.broken(),
        Vec::<&str>::new(),
        "PostgreSQL decided about the place in between"
    );
    story.evidence.ruled.clear();
    story.evidence.missed = vec![held];
    assert_eq!(story.broken(), Vec::<&str>::new(), "Redis was too slow");
    story.evidence.missed = vec![held + 60_000];
    story.breaks("I9 in calm no place");
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

#[test]
fn a_place_that_postgresql_held_for_another_when_it_was_taken_is_found() {
    let mut story = Story::tell();
    let taken = |hold| Taken {
        at: 200,
        hold,
        appointment: id(22),
        seat: seat(3, 5),
    };
    story.evidence.taken.push(taken(id(3)));
    assert_eq!(story.broken(), Vec::<&str>::new(), "it was its own");
    story.evidence.taken.push(taken(id(4)));
    story.breaks("I9 what PostgreSQL holds");
}

/// The first two who wait for slot 5, and what becomes of them. Entry 31 is citizen 31's, and so on.
const OFFER_LASTS: Ms = 4_000;
/// Late enough that whoever joined at the beginning surely waits.
const LATER: Ms = 20_000;

impl Story {
    /// An honest story of a waitlist: two join, the first is offered a place and takes it, the second is
    /// offered another, lets it run out, is offered it again and leaves.
    fn of_a_waitlist() -> Self {
        let mut story = Self::tell();
        story.join(31);
        story.join(32);
        story.now = LATER;
        story.offered(31, 1, offer(41, seat(5, 1), LATER));
        story.now += 100;
        story.accept(31, 41, booked(201, id(24), seat(5, 1)));
        story.wait(31, "taken", 1, None);
        story.evidence.rows.push(row(24, "booked", seat(5, 1)));
        story.now = LATER + 40_000;
        story.offered(32, 1, offer(42, seat(5, 2), story.now));
        story.now += OFFER_LASTS + 2_000;
        story.wait(32, "waiting", 1, None);
        story.offered(32, 2, offer(43, seat(5, 2), story.now));
        story.leave(32);
        story
    }

    fn join(&mut self, who: u32) {
        let on = local_day(slot(5).starts_at);
        let minute = (slot(5).starts_at - local_day_bounds(on).start).num_minutes() as i16;
        let op = Op::Join {
            office_id: 1,
            on,
            minutes: (minute, minute + 1),
        };
        let answer = Answer {
            status: 201,
            digest: "joined".to_owned(),
            entry: Some(id(who.into())),
            ..Answer::default()
        };
        self.wait(who, "waiting", 0, None);
        self.call(Uuid::new_v4(), who, op, Outcome::Answered(answer));
    }

    fn wait(&mut self, who: u32, state: &str, offers: i16, offer: Option<Offered>) {
        self.evidence.waits.push(Wait {
            at: self.now,
            entry: id(who.into()),
            state: state.to_owned(),
            offers,
            is_first_class: false,
            joined_at: slot(0).starts_at + TimeDelta::seconds(who.into()),
            vouched: true,
            offer,
        });
    }

    fn offered(&mut self, who: u32, times: i16, offer: Offered) {
        self.wait(who, "offered", times, Some(offer));
    }

    fn accept(&mut self, who: u32, number: u128, outcome: Outcome) {
        let op = Op::Confirm {
            hold: id(number),
            ends: self.now + OFFER_LASTS,
            trick: Trick::Honest,
        };
        self.call(Uuid::new_v4(), who, op, outcome);
    }

    fn leave(&mut self, who: u32) {
        self.wait(who, "left", 2, None);
        let op = Op::Leave {
            entry: id(who.into()),
        };
        let left = Outcome::Answered(Answer {
            status: 200,
            ..Answer::default()
        });
        self.call(Uuid::new_v4(), who, op, left);
    }
}

fn offer(number: u128, seat: Seat, at: Ms) -> Offered {
    Offered {
        offer: id(number),
        seat,
        until: at + OFFER_LASTS,
    }
}

#[test]
fn an_honest_waitlist_is_believed() {
    assert_eq!(Story::of_a_waitlist().broken(), Vec::<&str>::new());
}

#[test]
fn a_place_that_is_offered_to_two_is_found_unless_the_clock_was_moved() {
    let mut story = Story::of_a_waitlist();
    story.join(33);
    story.join(34);
    story.now += 40_000;
    let at = story.now;
    story.offered(33, 1, offer(44, seat(5, 3), at));
    story.offered(34, 1, offer(45, seat(5, 3), at));
    story.breaks("I8 a place is offered to one");
    story.evidence.faults.push(Fault {
        kind: Kind::ClockMoved,
        process: 0,
        from: at - 100,
        to: at + 100,
    });
    assert_eq!(story.broken(), Vec::<&str>::new());
}

#[test]
fn a_second_offer_to_one_person_is_found() {
    let mut story = Story::of_a_waitlist();
    story.join(33);
    story.now += 40_000;
    story.offered(33, 1, offer(44, seat(5, 3), story.now));
    story.offered(33, 2, offer(45, seat(5, 4), story.now));
    story.breaks("I8 a place is offered to one");
}

#[test]
fn who_was_passed_over_is_found() {
    let mut story = Story::of_a_waitlist();
    story.join(33);
    story.join(34);
    story.now += 40_000;
    story.offered(34, 1, offer(44, seat(5, 3), story.now));
    story.breaks("I8 those who wait are asked in order");
    // Unless somebody vouches for the other alone, and the place may be no stranger's.
    let mut of_first = story.evidence.waits.iter_mut();
    of_first.find(|wait| wait.entry == id(33)).unwrap().vouched = false;
    assert_eq!(story.broken(), Vec::<&str>::new());
}

#[test]
fn a_priority_class_that_was_passed_over_is_found() {
    let mut story = Story::of_a_waitlist();
    story.join(33);
    story.join(34);
    story.evidence.waits.last_mut().unwrap().is_first_class = true;
    story.now += 40_000;
    story.offered(33, 1, offer(44, seat(5, 3), story.now));
    story.breaks("I8 those who wait are asked in order");
}

#[test]
fn an_offer_to_somebody_who_is_booked_is_found() {
    let mut story = Story::of_a_waitlist();
    story.join(33);
    story.hold(id(5), 33, seat(6, 1));
    story.confirm(id(18), id(5), 33, booked(201, id(25), seat(6, 1)));
    story.evidence.rows.push(row(25, "booked", seat(6, 1)));
    story.now += 40_000;
    story.offered(33, 1, offer(44, seat(5, 3), story.now));
    story.breaks("I8 nobody is offered");
}

#[test]
fn a_fourth_offer_and_one_after_leaving_are_found() {
    let mut story = Story::of_a_waitlist();
    story.join(33);
    story.now += 40_000;
    story.offered(33, 4, offer(44, seat(5, 3), story.now));
    story.breaks("I8 nobody is offered");
    let mut story = Story::of_a_waitlist();
    story.now += 40_000;
    story.offered(32, 3, offer(44, seat(5, 2), story.now));
    story.breaks("I8 nobody is offered");
}

#[test]
fn an_offer_that_is_worth_another_place_or_none_is_found() {
    let mut story = Story::of_a_waitlist();
    for wait in &mut story.evidence.waits {
        if let Some(offer) = wait.offer.as_mut().filter(|offer| offer.offer == id(41)) {
            offer.seat = seat(5, 7);
        }
    }
    story.breaks("I8 who accepts an offer");
    let mut story = Story::of_a_waitlist();
    story.join(33);
    story.now += 40_000;
    story.offered(33, 1, offer(44, seat(5, 3), story.now));
    story.accept(33, 44, refusal(409, "slot-full"));
    story.breaks("I8 who accepts an offer");
}

#[test]
fn a_second_yes_from_another_phone_may_be_refused() {
    let mut story = Story::of_a_waitlist();
    story.now = LATER + 200;
    story.accept(31, 41, refusal(409, "slot-full"));
    assert_eq!(story.broken(), Vec::<&str>::new());
}

#[test]
fn an_entry_that_is_lost_and_one_that_was_left_and_waits_on_are_found() {
    let mut story = Story::of_a_waitlist();
    story.evidence.waits.retain(|wait| wait.entry != id(31));
    story.breaks("I4 whoever joined");
    let mut story = Story::of_a_waitlist();
    story.evidence.waits.pop();
    story.breaks("I4 whoever joined");
}
