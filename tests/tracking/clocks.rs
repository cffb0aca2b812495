//! Phones whose clocks jump between Save and sending: by a day, by a year, forward and back. Which day
//! counts and who holds the credit is the server's to say, from what it can believe.

use chrono::{DateTime, TimeDelta, Utc};
use mobile_contracts::ids::UnitId;
use mobile_contracts::tracking::{OperationResult, PushedOperations};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, other_union, push_one, record, sum, told,
    void,
};
use crate::harness::{Person, TestApp, citizen};

/// Noon in Vietnam.
const NOON: &str = "2027-03-15T05:00:00Z";

async fn at(time: &str) -> TestApp {
    let app = TestApp::start().await;
    let time: DateTime<Utc> = time.parse().unwrap();
    app.advance(time - app.app.clock.now()).await;
    app
}

/// Pushes from a phone whose clock is ahead by so much as it sends.
async fn push_ahead(
    app: &TestApp,
    person: &Person,
    op: &Value,
    ahead: TimeDelta,
) -> OperationResult {
    let body = json!({
        "protocol": 1,
        "device_id": Uuid::now_v7(),
        "client_time": app.app.clock.now() + ahead,
        "ops": [op],
    });
    let answer = person.post("/api/v1/sync/push", body).await.expect(200);
    answer.json::<PushedOperations>().results.remove(0)
}

/// What a phone's clock shows, and what the phone knows of it.
#[derive(Clone, Copy)]
struct Clocks {
    at_save: TimeDelta,
    /// What the phone believes at Save; `None`: it never met the server.
    known: Option<TimeDelta>,
    at_sending: TimeDelta,
}

/// A record of half an hour ago, as a phone with these clocks writes it down.
fn saved(app: &TestApp, author: &Person, village: UnitId, id: &str, clocks: Clocks) -> Value {
    let saved_at = app.app.clock.now() - TimeDelta::minutes(30);
    let op = record(app, author, village, id).with("recorded_at", saved_at + clocks.at_save);
    match clocks.known {
        Some(ahead) => op.with("clock_offset_ms", -ahead.num_milliseconds()),
        None => op.without("clock_offset_ms").without("clock_offset_age_s"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_decides_neither_the_day_nor_the_credit() {
    let app = at(NOON).await;
    let (jumper, rival) = (app.volunteer(COMMUNE).await, other_union(&app).await);
    let lead = app.lead(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let none = TimeDelta::zero();
    let mut citizens = 0;
    for jump in [
        TimeDelta::days(1),
        TimeDelta::days(-1),
        TimeDelta::days(365),
        TimeDelta::days(-365),
    ] {
        let is_future = jump > none;
        let clocks = |at_save, known, at_sending| Clocks {
            at_save,
            known,
            at_sending,
        };
        // The verdict, the day, and whether it is the first with this citizen: the rival did the same
        // ten minutes ago, by a clock that is right.
        let unbelieved = (
            "applied",
            Some("CLOCK_UNTRUSTED"),
            Some("2027-03-15"),
            false,
        );
        let back = match jump.num_days() {
            -1 => ("applied", None, Some("2027-03-14"), true),
            // No further back than a week.
            -365 => ("applied", Some("CLOCK_LIMITED"), Some("2027-03-08"), true),
            _ => ("held", Some("FUTURE_DATED"), None, false),
        };
        let cases = [
            (
                "between Save and sending",
                clocks(none, Some(none), jump),
                unbelieved,
            ),
            (
                "at Save, and nobody noticed",
                clocks(jump, Some(none), none),
                back,
            ),
            (
                "since long, and known",
                clocks(jump, Some(jump), jump),
                ("applied", Some("CLOCK_SKEW"), Some("2027-03-15"), true),
            ),
            (
                "since ever, and unknown",
                clocks(jump, None, jump),
                unbelieved,
            ),
            (
                "set right after Save",
                clocks(jump, Some(jump), none),
                unbelieved,
            ),
        ];
        for (when, clocks, expected) in cases {
            for jumper_first in [true, false] {
                citizens += 1;
                let what = format!("{} days, {when}, {jumper_first}", jump.num_days());
                let id = citizen::id_number();
                let (result, code, day, is_credited) = expected;
                let honest = record(&app, &rival, village, &id)
                    .with("recorded_at", app.app.clock.now() - TimeDelta::minutes(10));
                let op = saved(&app, &jumper, village, &id, clocks);
                if !jumper_first {
                    push_one(&app, &rival, &honest).await;
                }
                let judged = push_ahead(&app, &jumper, &op, clocks.at_sending).await;
                if jumper_first {
                    push_one(&app, &rival, &honest).await;
                }
                // Who was second may be merged; what is wrong with the clock is said before.
                let merged = !jumper_first && !is_credited && result == "applied";
                let expected = match merged {
                    true => ("merged", Some("DUP_SUBJECT_STEP"), day),
                    false => (result, code, day),
                };
                let recorded_on = judged.recorded_on.map(|day| day.to_string());
                let (result, code, _) = told(&judged);
                assert_eq!((result, code, recorded_on.as_deref()), expected, "{what}");
                // The same again, when the credit has come to rest.
                let now = push_ahead(&app, &jumper, &op, none).await;
                assert_eq!(now.counted, is_credited, "{what}");
                assert_eq!(
                    push_one(&app, &rival, &honest).await.counted,
                    !is_credited,
                    "{what}"
                );
                if is_future && result == "held" {
                    let path = format!(
                        "/api/v1/held-operations/{}/decision",
                        op["op_id"].as_str().unwrap()
                    );
                    let yes = json!({ "decision": "approve", "reason": "máy sai giờ" });
                    let answer = lead.post(&path, yes).await.expect(200).value();
                    assert_eq!(answer["recorded_on"], "2027-03-15", "{what}");
                    assert_eq!(answer["counted"], false, "{what}");
                }
            }
        }
    }
    assert_eq!(sum(&app).await.0, citizens, "each citizen counts once");
    assert_rollups_equal_a_recount(&app).await;
}

/// Saved ten minutes before midnight, sent ten minutes after.
#[tokio::test(flavor = "multi_thread")]
async fn over_midnight_the_day_is_that_of_the_act_if_the_clock_is_believed_and_of_the_receipt_if_not()
 {
    let app = at("2027-03-14T17:10:00Z").await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let before = app.app.clock.now() - TimeDelta::minutes(20);
    for (ahead, day) in [
        (TimeDelta::zero(), "2027-03-14"),
        (TimeDelta::minutes(4), "2027-03-14"),
        (TimeDelta::days(1), "2027-03-15"),
        (TimeDelta::days(-1), "2027-03-15"),
        (TimeDelta::days(365), "2027-03-15"),
        (TimeDelta::days(-365), "2027-03-15"),
    ] {
        let op =
            record(&app, &volunteer, village, &citizen::id_number()).with("recorded_at", before);
        let judged = push_ahead(&app, &volunteer, &op, ahead).await;
        assert!(judged.counted);
        assert_eq!(judged.recorded_on.unwrap().to_string(), day, "{ahead}");
    }
    assert_rollups_equal_a_recount(&app).await;
}

/// Whoever sets the clock back never overtakes what was done more than a week before.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back_a_year_takes_no_credit_that_is_older_than_a_week() {
    let app = at(NOON).await;
    let (rival, jumper) = (other_union(&app).await, app.volunteer(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let id = citizen::id_number();
    let honest = record(&app, &rival, village, &id);
    push_one(&app, &rival, &honest).await;
    app.advance(TimeDelta::days(8)).await;
    let (rival, jumper) = (rival.again().await, jumper.again().await);
    let clocks = Clocks {
        at_save: TimeDelta::days(-365),
        known: Some(TimeDelta::zero()),
        at_sending: TimeDelta::zero(),
    };
    let op = saved(&app, &jumper, village, &id, clocks);
    let judged = push_ahead(&app, &jumper, &op, TimeDelta::zero()).await;
    assert_eq!(told(&judged), ("merged", Some("DUP_SUBJECT_STEP"), false));
    assert!(push_one(&app, &rival, &honest).await.counted);
}

/// The day within which an author takes back lies between two acts of one phone. Its clock may be wrong and nobody may
/// know by how much; the two may come weeks apart, and the void first.
#[tokio::test(flavor = "multi_thread")]
async fn an_authors_day_is_told_by_their_phone_whenever_its_acts_come() {
    let app = at(NOON).await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let unknown = Clocks {
        at_save: TimeDelta::days(400),
        known: None,
        at_sending: TimeDelta::days(400),
    };
    let save = || saved(&app, &volunteer, village, &citizen::id_number(), unknown);
    let taken_back_after = |record: &Value, hours: i64| {
        let saved_at: DateTime<Utc> = record["recorded_at"].as_str().unwrap().parse().unwrap();
        void(&app, &volunteer, record)
            .with("recorded_at", saved_at + TimeDelta::hours(hours))
            .without("clock_offset_ms")
            .without("clock_offset_age_s")
    };
    let records = [save(), save(), save(), save()];
    let voids: Vec<Value> = records
        .iter()
        .zip([23, 25, 23, 25])
        .map(|(record, hours)| taken_back_after(record, hours))
        .collect();
    let untrusted = Some("CLOCK_UNTRUSTED");
    let push =
        async |person: &Person, op: &Value| push_ahead(&app, person, op, unknown.at_sending).await;
    // The first two come before what takes them back.
    for record in &records[..2] {
        assert_eq!(
            told(&push(&volunteer, record).await),
            ("applied", untrusted, true)
        );
    }
    for void in &voids[2..] {
        let waits = push(&volunteer, void).await;
        assert_eq!(
            told(&waits),
            ("applied", Some("VOID_TARGET_UNKNOWN"), false)
        );
    }
    app.advance(TimeDelta::days(3)).await;
    let volunteer = volunteer.again().await;
    let in_time = push(&volunteer, &voids[0]).await;
    assert_eq!(told(&in_time).0, "applied");
    let too_late = push(&volunteer, &voids[1]).await;
    assert_eq!(
        told(&too_late),
        ("rejected", Some("VOID_NOT_ALLOWED"), false)
    );
    for (record, stands) in records[2..].iter().zip([false, true]) {
        assert_eq!(push(&volunteer, record).await.counted, stands);
    }
    assert_eq!(sum(&app).await.0, 2);
    assert_rollups_equal_a_recount(&app).await;
}
