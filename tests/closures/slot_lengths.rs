//! Slots of another length from a day on, and those who have booked by then.

use chrono::{NaiveDate, TimeDelta};
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use futures_util::future::join_all;
use mobile_contracts::booking::{Hold, Office, SlotLength};
use mobile_contracts::calendar::local_day;
use mobile_contracts::opening::{ChangedOffice, UnfilledEnd};
use serde_json::{Value, json};
use uuid::Uuid;

use api::db::schema::slot;

use super::{add, book_all, book_party, clock, day, hours, messages, seated, tomorrow};
use crate::harness::booking::{TestOffice, assert_laws};
use crate::harness::{Answer, Person, TestApp, citizen};

fn path(office: &TestOffice, first_on: NaiveDate, options: &str) -> String {
    office.path(&format!("/slot-lengths/{first_on}?{options}"))
}

async fn set(
    officer: &Person,
    office: &TestOffice,
    first_on: NaiveDate,
    slot_min: i16,
    options: &str,
) -> Answer {
    let body = json!({ "slot_min": slot_min });
    officer.put(&path(office, first_on, options), body).await
}

async fn show(person: &Person, office: &TestOffice) -> Office {
    person.get(&office.path("")).await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn longer_slots_move_who_is_booked_between_them_and_leave_the_days_before() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    let (officer, stranger, on) = (app.officer("22786").await, app.stranger(), tomorrow(&app));
    let later = on + TimeDelta::days(1);
    let before = book_all(&stranger, &office, [clock(on, 8.5)]).await;
    let starts = [8.0, 8.5, 8.5].map(|hour| clock(later, hour));
    let booked = book_all(&stranger, &office, starts).await;

    let refused = set(&officer, &office, later, 60, "").await;
    let problem = refused.refused(409, "hours-in-use");
    assert_eq!(problem.more["slots"], json!([clock(later, 8.5)]));
    let told: ChangedOffice = set(&officer, &office, later, 60, "dry_run=true")
        .await
        .expect(200)
        .json();
    assert!(!told.rearrangement.done);
    assert_eq!(told.rearrangement.moved, 2);
    assert_eq!(day(&stranger, &office, later).await.slots.len(), 48);
    assert_eq!(messages(&app, "booking.closed_moved").await, (0, 0));

    let options = format!("on_conflict=move&preview={}", told.rearrangement.preview);
    let (path, key) = (path(&office, later, &options), Uuid::new_v4());
    let press = async || {
        officer
            .put_once(&path, key, json!({ "slot_min": 60 }))
            .await
    };
    let answer = press().await.expect(200);
    assert_eq!(press().await.expect(200).text, answer.text, "replayed");
    let done: ChangedOffice = answer.json();
    assert_eq!(done.rearrangement.people, told.rearrangement.people);
    let coming = SlotLength {
        first_on: later,
        slot_min: 60,
    };
    assert_eq!(done.office.slot_min, 30, "until then");
    assert_eq!(done.office.slot_lengths, [coming]);

    assert_eq!(day(&stranger, &office, on).await.slots.len(), 48);
    let slots = day(&stranger, &office, later).await.slots;
    assert_eq!(slots.len(), 24);
    assert_eq!(messages(&app, "booking.closed_moved").await, (2, 2));
    let stays = stranger.appointment(&booked[0]).await;
    assert_eq!(stays.starts_at, clock(later, 8.0));
    assert_eq!(stays.ends_at, clock(later, 9.0), "with the longer slot");
    for one in &booked[1..] {
        // Not earlier than was agreed, though the slot at eight has a place.
        assert_eq!(stranger.appointment(one).await.starts_at, clock(later, 9.0));
    }
    let untouched = stranger.appointment(&before[0]).await;
    assert_eq!(untouched.starts_at, clock(on, 8.5));
    let ends: Vec<chrono::DateTime<chrono::Utc>> = slot::table
        .filter(slot::office_id.eq(office.office_id))
        .filter(slot::starts_at.eq(clock(later, 8.0)))
        .select(slot::ends_at)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(ends, [clock(later, 9.0)], "the row says it too");

    // Nobody is booked at the half hour any more: taking it back costs nobody a place.
    let path = office.path(&format!("/slot-lengths/{later}"));
    let back: ChangedOffice = officer.delete(&path).await.expect(200).json();
    assert!(back.office.slot_lengths.is_empty());
    assert_eq!(day(&stranger, &office, later).await.slots.len(), 48);
    officer.delete(&path).await.refused(404, "not-found");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_length_follows_the_days_and_shorter_slots_keep_a_family_together() {
    let app = TestApp::start().await;
    let office = app.office("22786", 3).await;
    let (officer, stranger, on) = (app.officer("22786").await, app.stranger(), tomorrow(&app));
    book_party(&stranger, &office, clock(on, 9.5), 3).await;
    let told: ChangedOffice = set(&officer, &office, on, 20, "on_conflict=move")
        .await
        .expect(200)
        .json();
    let to: Vec<_> = told
        .rearrangement
        .people
        .iter()
        .map(|one| one.to.as_ref().unwrap().starts_at)
        .collect();
    let next = clock(on, 9.0) + TimeDelta::minutes(40);
    assert_eq!(to, [next; 3]);
    set(&officer, &office, on + TimeDelta::days(7), 60, "")
        .await
        .expect(200);
    app.advance(clock(on, 1.0) - app.app.clock.now()).await;
    app.app.availability.forget_all();
    let begun = show(&stranger, &office).await;
    assert_eq!((begun.slot_min, begun.slot_lengths.len()), (20, 1));
    // What has begun is no longer taken back.
    // A day later the officer has signed in anew.
    let officer = app.officer("22786").await;
    let gone = officer.delete(&path(&office, on, "")).await;
    assert_eq!(gone.refused(422, "invalid").errors[0].code, "PAST");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_slot_can_be_is_refused_and_what_remains_is_told() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    let (officer, on) = (app.officer("22786").await, tomorrow(&app));
    let fault = async |first_on, slot_min| {
        let answer = set(&officer, &office, first_on, slot_min, "dry_run=true").await;
        let errors = answer.refused(422, "invalid").errors;
        let told = errors.iter();
        told.map(|error| format!("{} {}", error.pointer, error.code))
            .collect::<Vec<_>>()
    };
    assert_eq!(fault(on, 25).await, ["/slot_min ONE_OF"]);
    let today = local_day(app.app.clock.now());
    assert_eq!(fault(today, 60).await, ["#first_on PAST"]);
    let next_year = today + TimeDelta::days(367);
    assert_eq!(
        fault(next_year, 0).await,
        ["#first_on SPAN", "/slot_min ONE_OF"]
    );

    // Two hours and forty minutes: two slots of an hour, and forty minutes are left.
    officer
        .put(&office.path("/hours"), hours(1..=1, 480, 640, 2))
        .await
        .expect(200);
    let told: ChangedOffice = set(&officer, &office, on, 60, "").await.expect(200).json();
    let end = |first_on, minutes| UnfilledEnd {
        first_on,
        weekday: 1,
        session: 1,
        minutes,
    };
    assert_eq!(told.unfilled, [end(today, 10), end(on, 40)]);
    // A session must have room for every length that is to come.
    let short = officer
        .put(&office.path("/hours"), hours(1..=1, 480, 530, 2))
        .await;
    assert_eq!(short.refused(422, "invalid").errors[0].code, "TOO_SHORT");
    let opened = json!({ "kind": "open", "from_on": on, "to_on": on, "reason": "Ra quân",
        "sessions": [{ "opens_min": 480, "closes_min": 530, "capacity": 1 }] });
    let short = add(&officer, &office, "", &opened).await;
    assert_eq!(short.refused(422, "invalid").errors[0].code, "TOO_SHORT");
    officer.delete(&path(&office, on, "")).await.expect(200);
    add(&officer, &office, "", &opened).await.expect(200);
    assert_eq!(fault(on, 60).await, ["/slot_min TOO_LONG"]);

    for ahead in 1..=12 {
        let first_on = on + TimeDelta::days(ahead);
        set(&officer, &office, first_on, 20, "").await.expect(200);
    }
    let again = set(&officer, &office, on + TimeDelta::days(12), 10, "").await;
    again.expect(200);
    let last = set(&officer, &office, on + TimeDelta::days(13), 20, "").await;
    last.refused(409, "too-many-slot-lengths");
    let keyless = officer.request(reqwest::Method::PUT, &path(&office, on, ""));
    let keyless = officer.send(keyless.json(&json!({ "slot_min": 30 }))).await;
    let problem = keyless.refused(422, "invalid");
    assert_eq!(problem.errors[0].pointer, "#Idempotency-Key");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_books_while_the_length_changes_has_a_place_of_the_new_day_or_is_refused() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let (officer, on) = (app.officer("22786").await, tomorrow(&app));
    // Some of the slots have rows, some have none yet.
    let known = [9.5, 10.5].map(|hour| clock(on, hour));
    book_all(&app.stranger(), &office, known).await;
    let mut holders = Vec::new();
    for at in 0..24 {
        let (person, id) = (app.stranger(), citizen::id_number());
        let starts_at = clock(on, 8.5 + f64::from(at % 8));
        let hold = person.hold(&office, starts_at, &[&id]).await.expect(201);
        holders.push((person, id, hold.json::<Hold>()));
    }
    let change = async {
        tokio::time::sleep(std::time::Duration::from_millis(15)).await;
        set(&officer, &office, on, 60, "on_conflict=move").await
    };
    let confirms = join_all(
        holders
            .iter()
            .enumerate()
            .map(async |(at, (person, id, hold))| {
                tokio::time::sleep(std::time::Duration::from_millis(2 * at as u64)).await;
                person.confirm(hold, &[id]).await
            }),
    );
    let (changed, answers) = tokio::join!(change, confirms);
    changed.expect(200);
    let promised = answers.iter().filter(|answer| answer.status == 201).count();
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert!(
            matches!(answer.status.as_u16(), 404 | 409 | 503),
            "{}",
            answer.text
        );
    }
    let (from, to) = (clock(on, 0.0), clock(on, 24.0));
    let total = seated(&app, &office, from, to).await;
    assert_eq!(total as usize, promised + known.len(), "each has one place");
    for at in 8..17 {
        let half_hour = clock(on, f64::from(at) + 0.5);
        let left = seated(&app, &office, half_hour, half_hour + TimeDelta::minutes(1)).await;
        assert_eq!(left, 0, "no slot begins at {at}:30 any more");
    }
    let rows: Vec<Value> = day(&app.stranger(), &office, on)
        .await
        .slots
        .iter()
        .map(|slot| json!(slot.starts_at))
        .collect();
    assert_eq!(rows.len(), 24);
    assert_laws(&app).await;
}
