//! Days that are other than the weeks of an office.

use chrono::{NaiveDate, TimeDelta};
use mobile_contracts::booking::NearestSlots;
use mobile_contracts::calendar::local_day;
use mobile_contracts::opening::{Calendar, ChangedOffice, DayNature, OfficeDays};
use serde_json::{Value, json};

use super::{add, book_all, clock, day, hours, tomorrow, travel};
use crate::harness::booking::assert_laws;
use crate::harness::{TestApp, citizen};

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
