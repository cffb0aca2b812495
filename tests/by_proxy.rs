//! A relative books for somebody without a phone: named, and told of every change.

use mobile_contracts::booking::{BookedAppointment, BookedParty, Hold};
use mobile_contracts::calendar::local_day;
use mobile_contracts::notice::{UnreachedNotice, WhosePhone};
use mobile_contracts::page::Page;
use serde_json::json;
use uuid::Uuid;

use crate::harness::booking::{TestOffice, confirmation};
use crate::harness::gateway::{Gateway, Manner};
use crate::harness::{Person, TestApp, citizen};
use crate::notice::told_by;

/// Books for somebody without a phone, by a relative who has this one.
async fn book_for(
    person: &Person,
    office: &TestOffice,
    starts_at: chrono::DateTime<chrono::Utc>,
    phone: &str,
) -> BookedAppointment {
    let id = citizen::id_number();
    let hold = person.hold(office, starts_at, &[&id]).await;
    let mut body = confirmation(&hold.expect(201).json::<Hold>().hold_token, &[&id]);
    body["visitors"][0]["phone"] = json!(null);
    body["proxy"] = json!({ "name": "Nguyễn Văn Nam", "relation": "con trai", "phone": phone });
    let path = "/api/v1/appointments";
    let party = person.post_once(path, Uuid::new_v4(), body).await;
    party.expect(201).json::<BookedParty>().appointments[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relatives_phone_is_told_where_somebody_has_none() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let person = app.stranger();
    let id = citizen::id_number();
    let hold = person.hold(&office, app.coming(1)[0], &[&id]).await;
    let hold: Hold = hold.expect(201).json();
    let mut body = confirmation(&hold.hold_token, &[&id]);
    body["visitors"][0]["phone"] = json!(null);
    body["proxy"] = json!({ "name": "Nguyễn Văn Nam", "relation": "con trai", "phone": "123" });
    let confirm = async |body| {
        person
            .post_once("/api/v1/appointments", Uuid::new_v4(), body)
            .await
    };
    let problem = confirm(body.clone()).await.refused(422, "invalid");
    assert_eq!(problem.errors[0].pointer, "/proxy/phone");
    let phone = citizen::phone();
    body["proxy"]["phone"] = json!(phone);
    let party: BookedParty = confirm(body).await.expect(201).json();
    let officer = app.officer("22786").await;
    let desk = format!("/api/v1/offices/{}/desk/find", office.office_id);
    let found = officer.post(&desk, json!({ "id_number": id })).await;
    let found = found.expect(200).value();
    let masked = found["appointments"][0]["phone_masked"].as_str().unwrap();
    assert!(masked.ends_with(&phone[phone.len() - 3..]), "{masked}");
    assert_eq!(
        found["appointments"][0]["booked_by"],
        json!({ "name": "Nguyễn Văn Nam", "relation": "con trai" })
    );
    // A relative is no secret of the desk's alone, and no matter for whoever has code and secret.
    let seen = person.look_up(&party.appointments[0]).await.expect(200);
    assert!(!seen.text.contains("Nam"), "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relative_is_told_of_a_move_a_closure_and_a_cancellation() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 4).await;
    let (person, phone) = (app.stranger(), citizen::phone());
    let [first, second, third] = app.in_a_row(3)[..] else {
        panic!()
    };
    let booked = book_for(&person, &office, first, &phone).await;
    app.send_all().await;
    let hold = person.hold_for_move(&office, second, &booked).await;
    person
        .reschedule(&booked, &hold.expect(201).json())
        .await
        .expect(200);
    app.send_all().await;

    let minute = api::booking::slots::rules::minute_of_day(second);
    let on = local_day(second);
    let closed = json!({ "kind": "closed", "from_on": on, "to_on": on, "from_min": minute, "to_min": minute + 30, "reason": "Tập huấn", "note": "Nghỉ" });
    let path = format!(
        "/api/v1/offices/{}/exceptions?on_conflict=move",
        office.office_id
    );
    let officer = app.officer("22786").await;
    officer
        .post_once(&path, Uuid::new_v4(), closed)
        .await
        .expect(200);
    assert_eq!(person.appointment(&booked).await.starts_at, third);
    app.send_all().await;
    person.cancel(&booked).await.expect(200);
    app.send_all().await;

    let texts = gateway.texts_to(&phone);
    assert_eq!(texts.len(), 4, "one each: {texts:?}");
    for words in ["Da dat lich", "da doi sang", "Noi tiep nhan nghi", "da huy"] {
        let told = texts.iter().filter(|text| text.contains(words));
        assert_eq!(told.count(), 1, "{words}: {texts:?}");
    }
    assert!(
        texts
            .iter()
            .all(|text| text.contains("ban dat ho") && text.len() <= 160),
        "{texts:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_sees_whose_phone_it_would_call() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 4).await;
    let (officer, phone) = (app.officer("22786").await, citizen::phone());
    let booked = book_for(&app.stranger(), &office, app.coming(1)[0], &phone).await;
    let desk = format!("/api/v1/offices/{}/desk", office.office_id);
    let void = format!("{desk}/appointments/{}/void", booked.appointment_id);
    officer.post(&void, json!({})).await.expect(200);
    gateway.always(Manner::Say(422));
    app.send_all().await;
    let page = officer.get(&format!("{desk}/unreached")).await.expect(200);
    let page: Page<UnreachedNotice> = page.json();
    assert_eq!(page.items[0].whose_phone, Some(WhosePhone::Proxy));
    let shown = page.items[0].phone.as_deref().unwrap().replace(' ', "");
    assert_eq!(shown, phone);
}
