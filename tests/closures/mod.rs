//! When offices are open, and what becomes of people when that changes.

mod days;
mod parties;
mod slot_lengths;

use api::db::schema::{appointment, notice};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use mobile_contracts::booking::{BookedAppointment, BookedParty, DaySlots, DeskDay, Hold};
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::opening::{ChangedOffice, ClosedOffices, Rearrangement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::booking::{TestOffice, assert_laws};
use crate::harness::person::at;
use crate::harness::{Answer, Person, TestApp, citizen};

/// Moves the clocks to an instant.
async fn travel(app: &TestApp, to: &str) {
    let to: DateTime<Utc> = to.parse().unwrap();
    app.advance(to - app.app.clock.now()).await;
    app.app.availability.forget_all();
}

fn tomorrow(app: &TestApp) -> NaiveDate {
    local_day(app.app.clock.now()) + TimeDelta::days(1)
}

/// A time of a local day: 8.5 is half past eight.
fn clock(day: NaiveDate, hours: f64) -> DateTime<Utc> {
    local_day_bounds(day).start + TimeDelta::minutes((hours * 60.0) as i64)
}

/// Hours on each of these weekdays.
fn hours(weekdays: std::ops::RangeInclusive<i16>, from: i16, to: i16, capacity: i16) -> Value {
    let session = |weekday| json!({ "weekday": weekday, "session": 1, "opens_min": from, "closes_min": to, "capacity": capacity });
    json!({ "hours": weekdays.map(session).collect::<Vec<_>>() })
}

fn closing(from_on: NaiveDate, to_on: NaiveDate) -> Value {
    json!({ "kind": "closed", "from_on": from_on, "to_on": to_on, "reason": "Tập huấn", "note": "Nghỉ tập huấn" })
}

fn closing_hours(on: NaiveDate, from_min: i16, to_min: i16) -> Value {
    let mut body = closing(on, on);
    body["from_min"] = json!(from_min);
    body["to_min"] = json!(to_min);
    body
}

impl TestOffice {
    fn path(&self, rest: &str) -> String {
        format!("/api/v1/offices/{}{rest}", self.office_id)
    }
}

async fn add(officer: &Person, office: &TestOffice, options: &str, body: &Value) -> Answer {
    let path = office.path(&format!("/exceptions?{options}"));
    officer.post_once(&path, Uuid::new_v4(), body).await
}

async fn day(person: &Person, office: &TestOffice, on: NaiveDate) -> DaySlots {
    let path = office.path(&format!("/slots?on={on}"));
    person.get(&path).await.expect(200).json()
}

async fn book_all(
    person: &Person,
    office: &TestOffice,
    starts: impl IntoIterator<Item = DateTime<Utc>>,
) -> Vec<BookedAppointment> {
    let mut booked = Vec::new();
    for starts_at in starts {
        booked.push(person.book(office, starts_at, &citizen::id_number()).await);
    }
    booked
}

async fn book_party(
    person: &Person,
    office: &TestOffice,
    starts_at: DateTime<Utc>,
    size: usize,
) -> BookedParty {
    let ids: Vec<String> = (0..size).map(|_| citizen::id_number()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let hold: Hold = person
        .hold(office, starts_at, &ids)
        .await
        .expect(201)
        .json();
    person.confirm(&hold, &ids).await.expect(201).json()
}

/// How many messages of a kind were written, and to how many appointments.
async fn messages(app: &TestApp, kind: &str) -> (usize, usize) {
    let keys: Vec<String> = notice::table
        .filter(notice::kind.eq(kind))
        .select(notice::dedupe_key)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    let mut about: Vec<&str> = keys
        .iter()
        .map(|key| key.split(':').nth(1).unwrap())
        .collect();
    about.sort_unstable();
    about.dedup();
    (keys.len(), about.len())
}

/// How many people have a place between two instants.
async fn seated(app: &TestApp, office: &TestOffice, from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
    appointment::table
        .filter(appointment::office_id.eq(office.office_id))
        .filter(appointment::starts_at.ge(from))
        .filter(appointment::starts_at.lt(to))
        .filter(appointment::place_no.is_not_null())
        .filter(appointment::status.eq("booked"))
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_a_morning_moves_twelve_people_with_one_message_each() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    let (officer, stranger, on) = (app.officer("22786").await, app.stranger(), tomorrow(&app));
    let morning = [
        8.0, 8.0, 8.5, 8.5, 9.0, 9.0, 9.5, 9.5, 10.0, 10.0, 10.5, 10.5,
    ];
    let booked = book_all(&stranger, &office, morning.map(|hour| clock(on, hour))).await;
    let closed = closing_hours(on, 480, 660);

    add(&officer, &office, "", &closed)
        .await
        .refused(409, "hours-in-use");
    let told: ChangedOffice = add(&officer, &office, "dry_run=true", &closed)
        .await
        .expect(200)
        .json();
    assert!(!told.rearrangement.done);
    assert_eq!(
        (told.rearrangement.moved, told.rearrangement.conflicts),
        (12, 0)
    );
    assert_eq!(told.rearrangement.slots.len(), 6);
    assert_eq!(
        seated(&app, &office, clock(on, 8.0), clock(on, 11.0)).await,
        12
    );
    assert_eq!(messages(&app, "booking.closed_moved").await, (0, 0));

    let options = format!("on_conflict=move&preview={}", told.rearrangement.preview);
    let path = office.path(&format!("/exceptions?{options}"));
    let key = Uuid::new_v4();
    let answer = officer.post_once(&path, key, &closed).await.expect(200);
    let done: ChangedOffice = answer.json();
    assert!(done.rearrangement.done);
    assert_eq!(
        done.rearrangement.people, told.rearrangement.people,
        "as previewed"
    );
    let again = officer.post_once(&path, key, &closed).await.expect(200);
    assert_eq!(again.text, answer.text);
    assert!(again.headers.contains_key("idempotency-replayed"));

    assert_eq!(messages(&app, "booking.closed_moved").await, (12, 12));
    for (booked, hour) in booked.iter().zip([
        11.0, 11.0, 11.5, 11.5, 12.0, 12.0, 12.5, 12.5, 13.0, 13.0, 13.5, 13.5,
    ]) {
        let now = stranger.appointment(booked).await;
        assert_eq!(
            (now.status.as_str(), now.starts_at),
            ("booked", clock(on, hour))
        );
    }
    assert_eq!(day(&stranger, &office, on).await.slots.len(), 42);
    let late = stranger
        .hold(&office, clock(on, 9.0), &[&citizen::id_number()])
        .await;
    late.refused(404, "slot-not-found");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_no_place_is_listed_in_order_and_the_desk_finds_one() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    let (officer, stranger, on) = (app.officer("22786").await, app.stranger(), tomorrow(&app));
    officer
        .put(&office.path("/hours"), hours(1..=7, 480, 720, 2))
        .await
        .expect(200);
    let later = closing(on + TimeDelta::days(1), on + TimeDelta::days(30));
    add(&officer, &office, "", &later).await.expect(200);
    let morning = [8.0, 8.0, 8.5, 9.0, 9.5, 10.0, 10.5];
    let booked = book_all(&stranger, &office, morning.map(|hour| clock(on, hour))).await;
    let closed = closing_hours(on, 480, 660);
    let told: ChangedOffice = add(&officer, &office, "on_conflict=move", &closed)
        .await
        .expect(200)
        .json();
    assert_eq!(
        (told.rearrangement.moved, told.rearrangement.conflicts),
        (4, 3)
    );
    assert_eq!(messages(&app, "booking.closed_moved").await, (4, 4));
    assert_eq!(messages(&app, "booking.conflict").await, (3, 3));

    let path = office.path("/desk/conflicts");
    let list = async || -> Vec<_> {
        let day: DeskDay = officer.get(&path).await.expect(200).json();
        day.appointments
            .iter()
            .map(|one| one.appointment_id)
            .collect()
    };
    let waiting: Vec<_> = booked[4..].iter().map(|one| one.appointment_id).collect();
    assert_eq!(list().await, waiting, "the last three, in their order");
    assert_eq!(stranger.appointment(&booked[4]).await.status, "conflict");

    let resolve = async |one: &BookedAppointment, body: Value| {
        let path = office.path(&format!("/desk/conflicts/{}/resolve", one.appointment_id));
        officer.post(&path, body).await
    };
    let to_eleven = json!({ "resolution": "move", "starts_at": clock(on, 11.0) });
    resolve(&booked[4], to_eleven.clone())
        .await
        .refused(409, "slot-full");
    resolve(&booked[4], json!({ "resolution": "move" }))
        .await
        .refused(422, "invalid");
    let one_more =
        json!({ "starts_at": clock(on, 11.0), "places": 1, "reason": "Người bị dời lịch" });
    officer
        .put(&office.path("/extra-places"), &one_more)
        .await
        .expect(200);
    resolve(&booked[4], to_eleven.clone()).await.expect(200);
    resolve(&booked[4], to_eleven)
        .await
        .refused(409, "not-movable");
    let moved = stranger.appointment(&booked[4]).await;
    assert_eq!(
        (moved.status.as_str(), moved.starts_at),
        ("booked", clock(on, 11.0))
    );
    resolve(&booked[5], json!({ "resolution": "cancel" }))
        .await
        .expect(200);
    assert_eq!(list().await, waiting[2..]);
    // Taking the added place back would cost somebody theirs.
    let none = json!({ "starts_at": clock(on, 11.0), "places": 0, "reason": "Thôi" });
    officer
        .put(&office.path("/extra-places"), &none)
        .await
        .refused(409, "hours-in-use");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_that_is_no_longer_true_is_refused_with_a_new_one() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    let (officer, stranger, on) = (app.officer("22786").await, app.stranger(), tomorrow(&app));
    book_all(&stranger, &office, [clock(on, 8.0)]).await;
    let closed = closing_hours(on, 480, 660);
    let told: ChangedOffice = add(&officer, &office, "dry_run=true", &closed)
        .await
        .expect(200)
        .json();
    book_all(&stranger, &office, [clock(on, 9.0)]).await;
    let options = format!("on_conflict=move&preview={}", told.rearrangement.preview);
    let answer = add(&officer, &office, &options, &closed).await;
    let problem = answer.refused(409, "preview-stale");
    let now: Rearrangement = serde_json::from_value(problem.more["rearrangement"].clone()).unwrap();
    assert_eq!(now.people.len(), 2);
    assert_eq!(messages(&app, "booking.closed_moved").await, (0, 0));
    let options = format!("on_conflict=move&preview={}", now.preview);
    add(&officer, &office, &options, &closed).await.expect(200);
    assert_eq!(messages(&app, "booking.closed_moved").await, (2, 2));
    let keyless = officer.request(reqwest::Method::POST, &office.path("/exceptions"));
    let keyless = officer.send(keyless.json(&closed)).await;
    assert_eq!(
        keyless.refused(422, "invalid").errors[0].pointer,
        "#Idempotency-Key"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closure_of_many_offices_that_was_interrupted_goes_on_and_tells_nobody_twice() {
    let app = TestApp::start().await;
    let offices = [app.office("22786", 2).await, app.office("22786", 2).await];
    let (commander, stranger, on) = (app.commander().await, app.stranger(), tomorrow(&app));
    for office in &offices {
        book_all(
            &stranger,
            office,
            [8.0, 8.0, 9.0].map(|hour| clock(on, hour)),
        )
        .await;
    }
    let unit_id = app.commune("22786").await;
    let mut body =
        json!({ "unit_id": unit_id, "from_on": on, "to_on": on, "reason": "Nâng cấp hệ thống" });
    let told: ClosedOffices = commander
        .post("/api/v1/closures?dry_run=true", &body)
        .await
        .expect(200)
        .json();
    assert_eq!(
        told.office_ids,
        offices.each_ref().map(|office| office.office_id)
    );
    assert_eq!(told.rearrangement.moved, 6);
    let target =
        |one: &mobile_contracts::opening::Displaced| local_day(one.to.as_ref().unwrap().starts_at);
    let days: Vec<NaiveDate> = told.rearrangement.people.iter().map(target).collect();
    assert!(
        days.iter().all(|day| *day == on + TimeDelta::days(1)),
        "{days:?}"
    );

    // The power fails between the two offices.
    let mut other = app.owner().await;
    let path = format!(
        "/api/v1/closures?on_conflict=move&preview={}",
        told.rearrangement.preview
    );
    let key = Uuid::new_v4();
    let (first, second) = (offices[0].office_id, offices[1].office_id);
    let fail = format!(
        "create function fail_second() returns trigger language plpgsql as $$ begin \
           if new.office_id = {second} and exists (select from office_exception where office_id = {first} and closure_id is not null) then \
             raise exception 'the power fails'; end if; return new; end $$; \
         create trigger fail_second before insert on office_exception for each row execute function fail_second()"
    );
    other.batch_execute(&fail).await.unwrap();
    let interrupted = commander.post_once(&path, key, &body).await;
    assert_eq!(interrupted.status, 500, "{}", interrupted.text);
    assert_eq!(
        messages(&app, "booking.closed_moved").await,
        (3, 3),
        "one office is done"
    );
    assert_eq!(
        seated(&app, &offices[0], clock(on, 0.0), clock(on, 24.0)).await,
        0
    );
    assert_eq!(
        seated(&app, &offices[1], clock(on, 0.0), clock(on, 24.0)).await,
        3
    );
    assert_laws(&app).await;
    other
        .batch_execute("drop trigger fail_second on office_exception")
        .await
        .unwrap();

    // Another process finishes it.
    let next = TestApp::with().start_on(app.database.clone()).await;
    let same = at(&next.address, next.http.clone()).with_token(commander.token.as_deref().unwrap());
    let done: ClosedOffices = same.post_once(&path, key, &body).await.expect(200).json();
    assert_eq!(done.rearrangement.moved, 3, "the rest");
    assert_eq!(messages(&app, "booking.closed_moved").await, (6, 6));
    let again = same.post_once(&path, key, &body).await.expect(200);
    assert_eq!(
        again.json::<ClosedOffices>().rearrangement,
        done.rearrangement
    );
    assert_eq!(messages(&app, "booking.closed_moved").await, (6, 6));
    body["reason"] = json!("Khác");
    same.post_once(&path, key, &body)
        .await
        .refused(422, "idempotency-key-reused");
    assert_laws(&app).await;
}
