//! What an office offers: shares, hours, and what is told of them.

use chrono::TimeDelta;
use mobile_contracts::booking::{BookedParty, Hold, NearSlot, NearestSlots, Office};
use mobile_contracts::calendar::local_day;
use mobile_contracts::page::Page;
use serde_json::json;

use crate::harness::booking::assert_laws;
use crate::harness::{TestApp, citizen};

#[tokio::test(flavor = "multi_thread")]
async fn strangers_fill_their_share_and_helpers_the_rest() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    app.admin()
        .await
        .patch(
            &format!("/api/v1/offices/{}", office.office_id),
            json!({ "unverified_share": 50 }),
        )
        .await
        .expect(200);
    let starts_at = app.coming(1)[0];
    let person = app.stranger();
    for _ in 0..2 {
        person.book(&office, starts_at, &citizen::id_number()).await;
    }
    let late = citizen::id_number();
    person
        .hold(&office, starts_at, &[&late])
        .await
        .refused(409, "slot-full");
    let volunteer = app.volunteer("22786").await;
    let hold: Hold = volunteer
        .hold(&office, starts_at, &[&late])
        .await
        .expect(201)
        .json();
    // A helper's hold is confirmed by a helper.
    person
        .confirm(&hold, &[&late])
        .await
        .refused(422, "hold-foreign");
    let party: BookedParty = volunteer.confirm(&hold, &[&late]).await.expect(201).json();
    assert!(party.appointments[0].verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_own_share_opens_on_the_day() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let admin = app.admin().await;
    let path = format!("/api/v1/offices/{}", office.office_id);
    let change = json!({ "same_day_share": 50, "release_min": 0, "walk_in_places": 1 });
    admin.patch(&path, change).await.expect(200);
    let person = app.stranger();
    let tomorrow = *app.coming(48).last().unwrap();
    let slot = person.slot(&office, tomorrow).await;
    assert_eq!((slot.free, slot.opening_later), (1, 2), "{slot:?}");
    person.book(&office, tomorrow, &citizen::id_number()).await;
    person
        .hold(&office, tomorrow, &[&citizen::id_number()])
        .await
        .refused(409, "slot-full");
    let midnight = mobile_contracts::calendar::local_day_bounds(local_day(tomorrow)).start;
    app.advance(midnight - app.app.clock.now() + TimeDelta::seconds(1))
        .await;
    app.app.availability.forget_office(office.office_id);
    // Shortly before midnight, tomorrow's slot closes before its day has begun.
    if tomorrow > app.app.clock.now() + TimeDelta::minutes(20) {
        assert_eq!(person.slot(&office, tomorrow).await.free, 2);
        person.book(&office, tomorrow, &citizen::id_number()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_closes_before_it_starts_and_today_comes_first() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let far = app.office("22759", 4).await;
    let person = app.stranger();
    let commune = app.commune("22786").await;
    let nearest: NearestSlots = person
        .get(&format!(
            "/api/v1/slots/nearest?unit_id={commune}&service=cccd_new"
        ))
        .await
        .expect(200)
        .json();
    let first: &NearSlot = &nearest.slots[0];
    assert_eq!(first.office_id, office.office_id);
    assert!(first.same_commune && first.office_id != far.office_id);
    let now = app.app.clock.now();
    assert!(first.starts_at >= now + TimeDelta::minutes(15), "lead time");

    let past = first.starts_at - TimeDelta::minutes(30);
    let answer = person.hold(&office, past, &[&citizen::id_number()]).await;
    assert!(
        answer.text.contains("slot-closed") || answer.text.contains("slot-not-found"),
        "{}",
        answer.text
    );
    let between = first.starts_at + TimeDelta::minutes(7);
    person
        .hold(&office, between, &[&citizen::id_number()])
        .await
        .refused(404, "slot-not-found");
    let beyond = first.starts_at + TimeDelta::days(40);
    person
        .hold(&office, beyond, &[&citizen::id_number()])
        .await
        .refused(404, "slot-not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn availability_is_told_under_an_etag() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let person = app.stranger();
    let path = format!("/api/v1/offices/{}/slots", office.office_id);
    let answer = person.get(&path).await.expect(200);
    let tag = answer.headers["etag"].to_str().unwrap().to_owned();
    let request = person
        .request(reqwest::Method::GET, &path)
        .header("if-none-match", &tag);
    assert_eq!(request.send().await.unwrap().status(), 304);
    person
        .get(&format!("{path}?service=passport"))
        .await
        .refused(422, "invalid");
    person
        .get("/api/v1/offices/999999/slots")
        .await
        .refused(404, "office-not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_opens_an_office_and_its_slots_exist_at_once() {
    let app = TestApp::start().await;
    let officer = app.officer("22786").await;
    let unit_id = app.commune("22786").await;
    let new = json!({
        "unit_id": unit_id, "name": "Công an xã", "kind": "fixed", "address": "Thôn 1",
        "services": ["cccd_new"],
    });
    let office: Office = officer
        .post("/api/v1/offices", &new)
        .await
        .expect(201)
        .json();
    let path = format!("/api/v1/offices/{}", office.office_id);
    let all_week = |capacity: i16| -> Vec<_> {
        (1..=7)
            .map(|weekday| {
                json!({ "weekday": weekday, "session": 1, "opens_min": 0, "closes_min": 1440, "capacity": capacity })
            })
            .collect()
    };
    officer
        .put(&format!("{path}/hours"), json!({ "hours": all_week(3) }))
        .await
        .expect(200);
    officer
        .patch(
            &path,
            json!({ "same_day_share": 0, "unverified_share": 100 }),
        )
        .await
        .expect(200);
    let test_office = crate::harness::booking::TestOffice {
        office_id: office.office_id,
    };
    let person = app.stranger();
    let starts_at = app.coming(1)[0];
    assert_eq!(person.slot(&test_office, starts_at).await.free, 3);
    for _ in 0..2 {
        person
            .book(&test_office, starts_at, &citizen::id_number())
            .await;
    }
    // Fewer places than bookings: refused, and nothing changes.
    let refused = officer
        .put(&format!("{path}/hours"), json!({ "hours": all_week(1) }))
        .await;
    refused.refused(409, "hours-in-use");
    assert_eq!(person.slot(&test_office, starts_at).await.free, 1);
    officer
        .put(&format!("{path}/hours"), json!({ "hours": all_week(2) }))
        .await
        .expect(200);
    assert_eq!(person.slot(&test_office, starts_at).await.free, 0);
    // What was withdrawn is not even the desk's.
    let elsewhen = person
        .book(&test_office, app.coming(2)[1], &citizen::id_number())
        .await;
    let one = format!("{path}/desk/appointments/{}", elsewhen.appointment_id);
    officer
        .post(&format!("{one}/move"), json!({ "starts_at": starts_at }))
        .await
        .refused(409, "slot-full");
    officer
        .put(&format!("{path}/hours"), json!({ "hours": all_week(5) }))
        .await
        .expect(200);
    assert_eq!(person.slot(&test_office, starts_at).await.free, 3);

    let elsewhere = app.officer("22759").await;
    elsewhere
        .post("/api/v1/offices", &new)
        .await
        .refused(404, "not-found");
    let list: Page<Office> = person
        .get("/api/v1/offices?service=cccd_new")
        .await
        .expect(200)
        .json();
    assert_eq!(list.items.len(), 1);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_a_slot_today() {
    let app = TestApp::start().await;
    let mut conn = app.owner().await;
    let now = app.app.clock.now();
    api::demo::load(&mut conn, &app.app.config, &app.app.keys, now)
        .await
        .unwrap();
    app.app
        .availability
        .forget_office(mobile_contracts::ids::OfficeId(0));
    let offices: Page<Office> = app
        .stranger()
        .get("/api/v1/offices")
        .await
        .expect(200)
        .json();
    assert_eq!(offices.items.len(), 8);
    let mobile = offices
        .items
        .iter()
        .find(|office| office.kind == "mobile")
        .unwrap();
    let path = format!("/api/v1/offices/{}/slots", mobile.office_id);
    let day: mobile_contracts::booking::DaySlots =
        app.stranger().get(&path).await.expect(200).json();
    let midnight = mobile_contracts::calendar::local_day_bounds(local_day(now)).end;
    if midnight - now > TimeDelta::minutes(11) {
        assert!(day.slots.iter().any(|slot| slot.free_unverified > 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn walk_in_places_are_the_desks_alone() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let officer = app.officer("22786").await;
    let [first, second] = app.coming(2)[..] else {
        panic!()
    };
    let person = app.stranger();
    let booked = person.book(&office, first, &citizen::id_number()).await;
    let path = format!("/api/v1/offices/{}", office.office_id);
    officer
        .patch(&path, json!({ "walk_in_places": 1 }))
        .await
        .expect(200);
    assert_eq!(person.slot(&office, second).await.free, 0);
    let answer = person.hold(&office, second, &[&citizen::id_number()]).await;
    answer.refused(409, "slot-full");
    let one = format!("{path}/desk/appointments/{}", booked.appointment_id);
    officer
        .post(&format!("{one}/move"), json!({ "starts_at": second }))
        .await
        .expect(200);
    assert_laws(&app).await;
}
