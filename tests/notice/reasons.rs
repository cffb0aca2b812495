//! What is told: while it is so, in time, and to whom.

use api::booking::slots::rules::minute_of_day;
use api::db::schema::audit_event;
use api::notice::worker::Round;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::booking::{BookedAppointment, Hold};
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::notice::{UnreachedNotice, UnreachedReason, WhosePhone};
use mobile_contracts::page::Page;
use mobile_contracts::waitlist::WaitlistEntry;
use serde_json::json;
use uuid::Uuid;

use super::{book, dropped, put_off, sent, told_by};
use crate::harness::booking::TestOffice;
use crate::harness::gateway::{Gateway, Manner};
use crate::harness::{Person, citizen};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_what_is_no_longer_so() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 4).await;
    let (person, phone) = (app.stranger(), citizen::phone());
    let slots = app.coming(3);

    let booked = book(&person, &office, slots[0], Some(&phone)).await;
    person.cancel(&booked).await.expect(200);
    let round = app.round().await;
    assert_eq!((round.sent, round.dropped), (1, 1));
    let texts = gateway.texts_to(&phone);
    assert!(texts.len() == 1 && texts[0].contains("da huy"), "{texts:?}");

    let phone = citizen::phone();
    let booked = book(&person, &office, slots[0], Some(&phone)).await;
    let hold = person.hold_for_move(&office, slots[1], &booked).await;
    let hold: Hold = hold.expect(201).json();
    person.reschedule(&booked, &hold).await.expect(200);
    let round = app.round().await;
    assert_eq!((round.sent, round.dropped), (1, 1));
    let texts = gateway.texts_to(&phone);
    assert!(
        texts.len() == 1 && texts[0].contains("da doi sang"),
        "{texts:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_start_nothing_is_sent() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 4).await;
    let phone = citizen::phone();
    let starts_at = app.coming(1)[0];
    let booked = book(&app.stranger(), &office, starts_at, Some(&phone)).await;
    gateway.then(&[Manner::Say(503)]);
    assert_eq!(app.round().await, put_off(1));
    let second = book(&app.stranger(), &office, starts_at, Some(&phone)).await;
    app.advance_to(starts_at).await;
    assert_eq!(app.send_all().await, Round::default());
    assert_eq!(gateway.told().len(), 0);
    let why = |why: &str| {
        [(
            "booking.confirmed".into(),
            "failed".into(),
            Some(why.into()),
        )]
    };
    assert_eq!(app.notices(&booked).await, why("http_503"));
    assert_eq!(app.notices(&second).await, why("too_late"));
}

/// 18:00 in Vietnam, the day before.
fn evening_before(starts_at: DateTime<Utc>) -> DateTime<Utc> {
    local_day_bounds(local_day(starts_at)).start - TimeDelta::hours(6)
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_reminded_the_evening_before_and_two_hours_before() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 4).await;
    let (person, phone) = (app.stranger(), citizen::phone());
    // At ten in the morning, three and five days ahead: strangers who book so early are asked a day
    // before whether they come.
    let slots = app.coming(48 * 6);
    let at_ten = |slot: &&DateTime<Utc>| minute_of_day(**slot) == 600;
    let first = *slots[48 * 3..].iter().find(at_ten).unwrap();
    let then = first + TimeDelta::days(2);
    let booked = book(&person, &office, first, Some(&phone)).await;
    let hold = person.hold_for_move(&office, then, &booked).await;
    person
        .reschedule(&booked, &hold.expect(201).json::<Hold>())
        .await
        .expect(200);
    let round = app.round().await;
    assert_eq!((round.sent, round.dropped), (1, 1), "moved, not confirmed");

    // The reminders of the first start fall when they are due.
    let minute = TimeDelta::minutes(1);
    app.advance_to(evening_before(first) + minute).await;
    assert_eq!(app.round().await, dropped(2));
    app.advance_to(first - TimeDelta::minutes(119)).await;
    assert_eq!(app.round().await, dropped(1));

    app.advance_to(evening_before(then) - minute).await;
    assert_eq!(app.round().await, sent(1), "whether they come");
    app.advance_to(evening_before(then) + minute).await;
    assert_eq!(app.round().await, sent(1));
    app.advance_to(then - TimeDelta::minutes(119)).await;
    assert_eq!(app.round().await, sent(1));
    let texts = gateway.texts_to(&phone);
    assert!(
        texts.iter().any(|text| text.starts_with("Nhac lich")),
        "{texts:?}"
    );
    assert!(
        texts.iter().any(|text| text.starts_with("Sap den gio")),
        "{texts:?}"
    );
    assert_eq!(texts.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_helper_of_somebody_without_a_phone_is_told_what_the_office_changes() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 4).await;
    let helper = app.volunteer("22786").await;
    let officer = app.officer("22786").await;
    let booked = book(&helper, &office, app.coming(1)[0], None).await;
    assert_eq!(
        app.round().await,
        dropped(1),
        "the helper knows it was booked"
    );
    officer
        .post(&void_path(&office, &booked), json!({}))
        .await
        .expect(200);
    assert_eq!(app.round().await, sent(1));
    let texts = gateway.texts_to(&helper.phone);
    assert!(
        texts.len() == 1 && texts[0].contains(&booked.code) && texts[0].contains("ban dat ho"),
        "{texts:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_is_told_of_an_offer_and_of_none_that_is_over() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 1).await;
    let (stranger, starts_at) = (app.stranger(), app.coming(2)[1]);
    let booked = book(&stranger, &office, starts_at, None).await;
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let phone = citizen::phone();
        let body = json!({
            "service_code": "cccd_new",
            "office_ids": [office.office_id],
            "from_on": local_day(starts_at),
            "from_min": minute_of_day(starts_at),
            "to_min": minute_of_day(starts_at) + 1,
            "id_number": citizen::id_number(),
            "phone": phone,
            "device_id": Uuid::new_v4(),
        });
        let joined = stranger.post_once("/api/v1/waitlist", Uuid::new_v4(), body);
        let entry: WaitlistEntry = joined.await.expect(201).json();
        waiting.push((entry, phone));
    }
    stranger.cancel(&booked).await.expect(200);
    let (first, first_phone) = &waiting[0];
    let (second, second_phone) = &waiting[1];
    let key = json!({ "code": first.code, "secret": first.secret });
    stranger
        .post("/api/v1/waitlist/decline", key)
        .await
        .expect(200);
    let round = app.round().await;
    assert_eq!(round.sent, 1, "{round:?}");
    assert!(gateway.texts_to(first_phone).is_empty(), "said no already");
    let text = &gateway.texts_to(second_phone)[0];
    assert!(
        text.starts_with("Co cho ") && text.contains(&second.code),
        "{text}"
    );
}

fn void_path(office: &TestOffice, booked: &BookedAppointment) -> String {
    format!(
        "/api/v1/offices/{}/desk/appointments/{}/void",
        office.office_id, booked.appointment_id
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_nobody_could_reach_the_desk_telephones() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 20).await;
    let (officer, stranger) = (app.officer("22786").await, app.stranger());
    let starts_at = app.coming(2)[1];
    let list = format!("/api/v1/offices/{}/desk/unreached", office.office_id);
    let read = async |officer: &Person| -> Vec<UnreachedNotice> {
        let page: Page<UnreachedNotice> = officer.get(&list).await.expect(200).json();
        page.items
    };
    let unreached = async || read(&officer).await;

    // Who cancels without a phone knows it.
    let by_themselves = book(&stranger, &office, starts_at, None).await;
    stranger.cancel(&by_themselves).await.expect(200);
    assert_eq!(app.round().await, dropped(1));
    // Nobody has a phone: there is only the name.
    let without = book(&stranger, &office, starts_at, None).await;
    officer
        .post(&void_path(&office, &without), json!({}))
        .await
        .expect(200);
    // The provider refuses the number.
    let phone = citizen::phone();
    let refused = book(&stranger, &office, starts_at, Some(&phone)).await;
    gateway.then(&[Manner::Say(422)]);
    let round = app.round().await;
    assert_eq!((round.failed, round.dropped), (2, 1));
    let listed = unreached().await;
    assert_eq!(listed.len(), 2);
    assert_eq!(
        (
            listed[0].kind.as_str(),
            listed[0].reason,
            listed[0].whose_phone
        ),
        ("booking.cancelled", UnreachedReason::NoPhone, None)
    );
    assert_eq!(listed[0].code, without.code);
    assert_eq!(listed[0].name.as_deref(), Some("Nguyễn Thị Thử"));
    let told = &listed[1];
    assert_eq!(told.reason, UnreachedReason::Failed);
    assert_eq!(told.whose_phone, Some(WhosePhone::Citizen));
    assert_eq!(told.phone.as_ref().unwrap().replace(' ', ""), phone);
    assert_eq!(
        (told.appointment_id, told.starts_at),
        (Some(refused.appointment_id), starts_at)
    );

    // A gateway that is down for ten minutes is a reason to telephone, too.
    gateway.always(Manner::Say(503));
    let overdue = book(&stranger, &office, starts_at, Some(&citizen::phone())).await;
    app.round().await;
    assert_eq!(unreached().await.len(), 2, "not yet");
    app.advance(TimeDelta::minutes(11)).await;
    let listed = unreached().await;
    assert_eq!(listed.len(), 3);
    assert_eq!(listed[2].reason, UnreachedReason::Overdue);
    let first: Page<UnreachedNotice> = officer.get(&format!("{list}?limit=2")).await.json();
    assert_eq!(first.items.len(), 2);
    let cursor = first.next_cursor.unwrap();
    let second: Page<UnreachedNotice> = officer
        .get(&format!("{list}?limit=2&cursor={cursor}"))
        .await
        .json();
    assert_eq!((second.items.len(), second.next_cursor), (1, None));

    // Somebody telephones: it leaves the list, and the gateway gets it no more.
    let called = format!("{list}/{}/called", listed[2].notice_id);
    let elsewhere = app.officer("22759").await;
    elsewhere
        .post(&called, json!({}))
        .await
        .refused(404, "not-found");
    elsewhere.get(&list).await.refused(404, "not-found");
    for _ in 0..2 {
        officer.post(&called, json!({})).await.expect(204);
    }
    let unknown = format!("{list}/{}/called", Uuid::now_v7());
    let answer = officer.post(&unknown, json!({})).await;
    answer.refused(404, "not-found");
    assert_eq!(unreached().await.len(), 2);
    gateway.always(Manner::Accept);
    app.advance(TimeDelta::minutes(6)).await;
    assert_eq!(app.send_all().await, Round::default());
    assert_eq!(app.notices(&overdue).await[0].1, "called");
    // What is no longer so needs no call.
    stranger.cancel(&refused).await.expect(200);
    assert_eq!(app.round().await, sent(1));
    let later = app.officer("22786").await;
    assert_eq!(read(&later).await.len(), 1);
    let reads: i64 = audit_event::table
        .filter(audit_event::action.eq("notice.list_unreached"))
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(reads, 7, "every read leaves a row");
}
