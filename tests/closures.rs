//! When offices are open, and what becomes of people when that changes.

use api::db::schema::{appointment, notice};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use futures_util::future::join_all;
use mobile_contracts::booking::{
    BookedAppointment, BookedParty, DaySlots, DeskDay, Hold, NearestSlots,
};
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::opening::{
    Calendar, ChangedOffice, ClosedOffices, DayNature, OfficeDays, Rearrangement,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::booking::{TestOffice, assert_laws};
use crate::harness::person::at;
use crate::harness::{Answer, Person, TestApp, citizen, eventually};

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
async fn a_holiday_is_closed_and_says_why_and_a_drive_opens_it() {
    let app = TestApp::start().await;
    travel(&app, "2027-08-30T01:00:00Z").await;
    let office = app.office("22786", 4).await;
    let officer = app.officer("22786").await;
    let mut weekly = hours(1..=5, 450, 690, 4);
    weekly["open_on_holidays"] = json!(false);
    officer
        .put(&office.path("/hours"), &weekly)
        .await
        .expect(200);
    let stranger = app.stranger();
    let holiday: NaiveDate = "2027-09-02".parse().unwrap();
    let closed = day(&stranger, &office, holiday).await;
    assert!(closed.slots.is_empty());
    assert_eq!(closed.note.as_deref(), Some("Quốc khánh"));
    let nearest = format!("/api/v1/slots/nearest?from={holiday}");
    let found: NearestSlots = stranger.get(&nearest).await.expect(200).json();
    let first = local_day(found.slots[0].starts_at).to_string();
    assert_eq!(
        first, "2027-09-06",
        "Thursday and Friday are off, then it is the weekend"
    );
    let past = office.path(&format!("/days?from={holiday}&to=2027-09-06"));
    let days: OfficeDays = stranger.get(&past).await.expect(200).json();
    let open: Vec<bool> = days.days.iter().map(|day| day.open).collect();
    assert_eq!(open, [false, false, false, false, true]);

    let drive = json!({ "kind": "open", "from_on": holiday, "to_on": holiday, "reason": "Ra quân", "note": "Mở cửa dịp lễ" });
    add(&officer, &office, "", &drive).await.expect(200);
    let open = day(&stranger, &office, holiday).await;
    assert_eq!(open.slots.len(), 8);
    assert_eq!(open.note.as_deref(), Some("Mở cửa dịp lễ"));
    stranger
        .book(&office, open.slots[0].starts_at, &citizen::id_number())
        .await;
    // Taking the drive back would leave somebody without a place.
    let listed = officer
        .get(&office.path("/exceptions"))
        .await
        .expect(200)
        .value();
    let id = listed["exceptions"][0]["exception_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = office.path(&format!("/exceptions/{id}"));
    officer.delete(&path).await.refused(409, "hours-in-use");
    officer
        .delete(&format!("{path}?on_conflict=move"))
        .await
        .expect(200);
    officer.delete(&path).await.refused(404, "not-found");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saturday_that_is_worked_has_fridays_hours_and_a_day_in_use_is_not_taken() {
    let app = TestApp::start().await;
    travel(&app, "2027-08-30T01:00:00Z").await;
    let office = app.office("22786", 4).await;
    let admin = app.admin().await;
    let mut weekly = hours(1..=5, 450, 690, 4);
    weekly["open_on_holidays"] = json!(false);
    admin.put(&office.path("/hours"), &weekly).await.expect(200);
    let stranger = app.stranger();
    let saturday: NaiveDate = "2027-09-11".parse().unwrap();
    let path = format!("/api/v1/calendar/{saturday}");
    assert!(day(&stranger, &office, saturday).await.slots.is_empty());
    let worked = json!({ "decision": "working_day", "reason": "Làm bù cho ngày 06/09" });
    admin.put(&path, &worked).await.expect(200);
    let told = day(&stranger, &office, saturday).await;
    assert_eq!(told.slots.len(), 8);
    assert_eq!(told.note.as_deref(), Some("Làm bù cho ngày 06/09"));

    let monday = "/api/v1/calendar/2027-09-06";
    let off = json!({ "decision": "day_off", "reason": "Nghỉ hoán đổi" });
    let monday_on: NaiveDate = "2027-09-06".parse().unwrap();
    let booked = stranger
        .book(&office, clock(monday_on, 8.0), &citizen::id_number())
        .await;
    admin.put(monday, &off).await.refused(409, "hours-in-use");
    stranger.cancel(&booked).await.expect(200);
    admin.put(monday, &off).await.expect(200);
    assert!(day(&stranger, &office, monday_on).await.slots.is_empty());
    let range = "/api/v1/calendar?from=2027-09-05&to=2027-09-07";
    let told: Calendar = stranger.get(range).await.expect(200).json();
    let natures: Vec<DayNature> = told.days.iter().map(|day| day.nature).collect();
    assert_eq!(
        natures,
        [
            DayNature::WeeklyRest,
            DayNature::DayOff,
            DayNature::WorkingDay
        ]
    );
    assert!(told.days[1].overridden);
    admin.delete(monday).await.expect(204);
    assert_eq!(day(&stranger, &office, monday_on).await.slots.len(), 8);

    let local = app.account(
        mobile_contracts::identity::Role::Admin,
        mobile_contracts::identity::MassUnion::None,
        app.commune("22786").await,
    );
    local
        .await
        .put(monday, &off)
        .await
        .refused(403, "forbidden");
    assert_laws(&app).await;
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
async fn a_party_is_moved_together_or_stays_together_without_a_place() {
    let app = TestApp::start().await;
    let office = app.office("22786", 3).await;
    let (officer, stranger, on) = (app.officer("22786").await, app.stranger(), tomorrow(&app));
    officer
        .put(&office.path("/hours"), hours(1..=7, 480, 720, 3))
        .await
        .expect(200);
    let later = closing(on + TimeDelta::days(1), on + TimeDelta::days(30));
    add(&officer, &office, "", &later).await.expect(200);
    let first = book_party(&stranger, &office, clock(on, 8.0), 3).await;
    let second = book_party(&stranger, &office, clock(on, 9.0), 3).await;
    let single = stranger
        .book(&office, clock(on, 11.0), &citizen::id_number())
        .await;
    let closed = closing_hours(on, 480, 660);
    let told: ChangedOffice = add(&officer, &office, "on_conflict=move", &closed)
        .await
        .expect(200)
        .json();
    assert_eq!(
        (told.rearrangement.moved, told.rearrangement.conflicts),
        (3, 3)
    );
    // One after the other, where there is no gap.
    for (one, hour) in first.appointments.iter().zip([11.0, 11.0, 11.5]) {
        let now = stranger.appointment(one).await;
        assert_eq!(
            (now.status.as_str(), now.starts_at),
            ("booked", clock(on, hour))
        );
    }
    for one in &second.appointments {
        assert_eq!(stranger.appointment(one).await.status, "conflict");
    }
    // Three come at once, or nobody does.
    let one = second.appointments[1].appointment_id;
    let path = office.path(&format!("/desk/conflicts/{one}/resolve"));
    let to = json!({ "resolution": "move", "starts_at": clock(on, 11.0) });
    officer.post(&path, &to).await.refused(409, "slot-full");
    for one in &second.appointments {
        assert_eq!(stranger.appointment(one).await.status, "conflict");
    }
    stranger.cancel(&single).await.expect(200);
    let two_more =
        json!({ "starts_at": clock(on, 11.0), "places": 2, "reason": "Gia đình bị dời lịch" });
    officer
        .put(&office.path("/extra-places"), &two_more)
        .await
        .expect(200);
    let day: DeskDay = officer.post(&path, &to).await.expect(200).json();
    assert_eq!(day.appointments.len(), 3);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_over_two_slots_leaves_both_when_one_of_them_closes() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    let (officer, stranger, on) = (app.officer("22786").await, app.stranger(), tomorrow(&app));
    let family = book_party(&stranger, &office, clock(on, 8.0), 4).await;
    let hours_of = async || {
        let mut starts = Vec::new();
        for one in &family.appointments {
            let now = stranger.appointment(one).await;
            assert_eq!(now.status, "booked");
            starts.push((now.starts_at - clock(on, 0.0)).num_minutes());
        }
        starts
    };
    assert_eq!(
        hours_of().await,
        [480, 480, 510, 510],
        "the last shares a place"
    );
    let closed = closing_hours(on, 510, 540);
    let told: ChangedOffice = add(&officer, &office, "dry_run=true", &closed)
        .await
        .expect(200)
        .json();
    assert_eq!(told.rearrangement.moved, 4);
    assert_laws(&app).await;
    let options = format!("on_conflict=move&preview={}", told.rearrangement.preview);
    let done: ChangedOffice = add(&officer, &office, &options, &closed)
        .await
        .expect(200)
        .json();
    assert_eq!(done.rearrangement.people, told.rearrangement.people);
    assert_eq!(hours_of().await, [540, 540, 570, 570]);
    assert_eq!(messages(&app, "booking.closed_moved").await, (4, 4));
    assert_laws(&app).await;
    // What they left is free again, and what they have is not.
    assert_eq!(stranger.slot(&office, clock(on, 8.0)).await.free, 2);
    assert_eq!(stranger.slot(&office, clock(on, 9.0)).await.free, 0);
    assert_eq!(stranger.slot(&office, clock(on, 9.5)).await.free, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_people_confirm_while_the_morning_closes_and_nobody_is_lost() {
    let app = TestApp::start().await;
    let office = app.office("22786", 8).await;
    let (officer, on) = (app.officer("22786").await, tomorrow(&app));
    let mut holders = Vec::new();
    for at in 0..40 {
        let (person, id) = (app.stranger(), citizen::id_number());
        let starts_at = clock(on, 8.0 + 0.5 * f64::from(at % 5));
        let hold: Hold = person
            .hold(&office, starts_at, &[&id])
            .await
            .expect(201)
            .json();
        holders.push((person, id, hold));
    }
    let closed = closing_hours(on, 480, 660);
    let confirm = join_all(
        holders
            .iter()
            .map(async |(person, id, hold)| person.confirm(hold, &[id]).await),
    );
    let (answers, change) = tokio::join!(confirm, async {
        // In the midst of them.
        eventually(async || {
            (seated(&app, &office, clock(on, 8.0), clock(on, 11.0)).await > 3).then_some(())
        })
        .await;
        add(&officer, &office, "on_conflict=move&reach=office", &closed).await
    });
    let change: ChangedOffice = change.expect(200).json();
    assert_eq!(change.rearrangement.conflicts, 0, "the afternoon has room");
    let mut booked = 0;
    for ((person, ..), answer) in holders.iter().zip(&answers) {
        if answer.status == 201 {
            let party: BookedParty = answer.json();
            let now = person.appointment(&party.appointments[0]).await;
            assert_eq!(now.status, "booked");
            assert!(now.starts_at >= clock(on, 11.0), "{}", now.starts_at);
            booked += 1;
        } else {
            assert!(
                [409, 410, 503].contains(&answer.status.as_u16()),
                "{}",
                answer.text
            );
        }
    }
    assert_eq!(
        seated(&app, &office, clock(on, 8.0), clock(on, 11.0)).await,
        0
    );
    assert_eq!(change.rearrangement.moved, booked);
    assert_eq!(
        messages(&app, "booking.closed_moved").await,
        (booked as usize, booked as usize)
    );
    assert_laws(&app).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_kit_that_breaks_shrinks_the_slots_of_its_outage_and_no_others() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let (officer, stranger, on) = (app.officer("22786").await, app.stranger(), tomorrow(&app));
    let path = office.path("/equipment");
    let kits = |outage: Value| json!({ "desks": 3, "people_per_kit": 1, "kits": [{ "name": "Bộ 1", "outage": outage }, { "name": "Bộ 2" }] });
    officer.put(&path, kits(Value::Null)).await.expect(200);
    assert_eq!(
        stranger.slot(&office, clock(on, 8.0)).await.free,
        2,
        "two kits, for all the desks"
    );
    let booked = book_all(
        &stranger,
        &office,
        [8.0, 8.0, 12.0, 12.0].map(|hour| clock(on, hour)),
    )
    .await;
    let broken = kits(
        json!({ "since": clock(on, 7.0), "until": clock(on, 10.0), "reason": "Hỏng đầu đọc" }),
    );
    let told: ChangedOffice = officer
        .put(&format!("{path}?dry_run=true"), &broken)
        .await
        .expect(200)
        .json();
    assert_eq!(told.rearrangement.people.len(), 1);
    assert_eq!(
        told.rearrangement.people[0].appointment_id, booked[1].appointment_id,
        "who booked later"
    );
    officer
        .put(&path, &broken)
        .await
        .refused(409, "hours-in-use");
    officer
        .put(&format!("{path}?on_conflict=move"), &broken)
        .await
        .expect(200);
    assert_eq!(
        stranger.appointment(&booked[0]).await.starts_at,
        clock(on, 8.0)
    );
    assert_eq!(
        stranger.appointment(&booked[1]).await.starts_at,
        clock(on, 8.5)
    );
    assert_eq!(stranger.slot(&office, clock(on, 9.0)).await.free, 1);
    assert_eq!(stranger.slot(&office, clock(on, 11.0)).await.free, 2);
    let twice = json!({ "people_per_kit": 1, "kits": [{ "name": "Bộ 1" }, { "name": "Bộ 1" }] });
    officer.put(&path, twice).await.refused(409, "kit-twice");
    let shown = officer.get(&path).await.expect(200).value();
    assert_eq!(shown["kits"][0]["outage"]["reason"], "Hỏng đầu đọc");
    officer.put(&path, kits(Value::Null)).await.expect(200);
    assert_eq!(stranger.slot(&office, clock(on, 9.0)).await.free, 2);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mobile_team_is_found_where_it_stands_on_the_day() {
    let app = TestApp::start().await;
    let team = app.office("22786", 2).await;
    let (admin, stranger, on) = (app.admin().await, app.stranger(), tomorrow(&app));
    admin
        .put(&team.path("/hours"), json!({ "hours": [] }))
        .await
        .expect(200);
    let commune = app.commune("22795").await;
    let stand = json!({
        "kind": "open", "from_on": on, "to_on": on, "reason": "Lưu động", "note": "Tổ lưu động tại thôn",
        "sessions": [{ "opens_min": 480, "closes_min": 600, "capacity": 2 }],
        "place": { "unit_id": commune, "address": "Nhà văn hóa thôn 2" },
    });
    add(&admin, &team, "", &stand).await.expect(200);
    let told = day(&stranger, &team, on).await;
    assert_eq!(told.slots.len(), 4);
    assert_eq!(
        (told.place.unit_id, told.place.address.as_str()),
        (commune, "Nhà văn hóa thôn 2")
    );
    assert!(
        day(&stranger, &team, on + TimeDelta::days(1))
            .await
            .slots
            .is_empty()
    );
    let nearest = format!("/api/v1/slots/nearest?unit_id={commune}");
    let found: NearestSlots = stranger.get(&nearest).await.expect(200).json();
    assert_eq!(found.slots.len(), 4);
    assert!(found.slots[0].same_commune);
    assert_eq!(found.slots[0].address, "Nhà văn hóa thôn 2");
    let booked = stranger
        .book(&team, clock(on, 8.0), &citizen::id_number())
        .await;
    assert_eq!(
        stranger.appointment(&booked).await.address,
        "Nhà văn hóa thôn 2"
    );
    let days: OfficeDays = stranger.get(&team.path("/days")).await.expect(200).json();
    assert!(
        days.days[1]
            .unit_label
            .starts_with(&app.geography().await.name_on(commune, on))
    );
    // An officer stands nowhere outside their own unit.
    let officer = app.officer("22786").await;
    add(&officer, &team, "", &stand)
        .await
        .refused(404, "not-found");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_opens_later_is_told_truthfully_on_a_day_with_fewer_places() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let (officer, stranger) = (app.officer("22786").await, app.stranger());
    let on = tomorrow(&app) + TimeDelta::days(1);
    let share = json!({ "same_day_share": 50, "release_min": 360 });
    officer.patch(&office.path(""), share).await.expect(200);
    let at_nine = clock(on, 9.0);
    let slot = stranger.slot(&office, at_nine).await;
    assert_eq!((slot.free, slot.opening_later), (2, 2));
    // Rows or none: the exception counts in both.
    stranger
        .book(&office, clock(on, 9.5), &citizen::id_number())
        .await;
    let fewer = json!({ "kind": "capacity", "capacity": 2, "from_on": on, "to_on": on, "reason": "Thiếu người" });
    add(&officer, &office, "", &fewer).await.expect(200);
    let slot = stranger.slot(&office, at_nine).await;
    assert_eq!((slot.free, slot.opening_later), (1, 1));
    let slot = stranger.slot(&office, clock(on, 9.5)).await;
    assert_eq!((slot.free, slot.opening_later), (0, 1));
    assert_laws(&app).await;
}
