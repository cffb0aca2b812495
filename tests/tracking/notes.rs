//! What somebody notes in the field is read by whoever comes next.

use api::db::schema::audit_event;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::note::FieldNote;
use mobile_contracts::page::Page;
use serde_json::{Value, json};
use uuid::Uuid;

use super::merging::{about, ago, merge};
use super::{COMMUNE, With as _, push, record, void};
use crate::harness::{Person, TestApp, citizen};

async fn read(person: &Person, path: &str) -> Page<FieldNote> {
    person.get(path).await.expect(200).json()
}

fn texts(page: &Page<FieldNote>) -> Vec<&str> {
    page.items.iter().map(|note| note.text.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_of_a_village_and_of_a_person_are_read_page_by_page_and_each_page_is_audited() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let (here, there) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
    let person = Uuid::now_v7();
    let noted = |minutes, text: &str, village, subject: Value| {
        record(&app, &volunteer, village, "")
            .with("kind", "note")
            .with("recorded_at", ago(&app, minutes))
            .with("text", text)
            .with("subject", subject)
            .without("stage")
            .without("device_holder")
    };
    let of_person = || json!({ "kind": "provisional", "person_id": person });
    let nobody = || json!({ "kind": "none" });
    let number = citizen::id_number();
    let mistaken = noted(20, "Nhầm nhà", here, of_person());
    let ops = [
        about(&app, &volunteer, here, person),
        record(&app, &volunteer, here, &number),
        noted(50, "Tối mới có nhà", here, of_person()),
        noted(40, "Đường vào thôn đang sửa", here, nobody()),
        noted(30, "Nhờ con trai giúp", there, of_person()),
        noted(
            10,
            "Đã đổi SIM",
            here,
            json!({ "kind": "plain", "id_number": number }),
        ),
        mistaken.clone(),
    ];
    for result in push(&app, &volunteer, &ops).await {
        assert_eq!(result.result, "applied", "{result:?}");
    }
    push(&app, &volunteer, &[void(&app, &volunteer, &mistaken)]).await;
    let of_village = format!("/api/v1/notes?unit_id={here}");
    let first = read(&volunteer, &format!("{of_village}&limit=2")).await;
    assert_eq!(texts(&first), ["Đã đổi SIM", "Đường vào thôn đang sửa"]);
    let cursor = first.next_cursor.clone().unwrap();
    let second = read(&volunteer, &format!("{of_village}&limit=2&cursor={cursor}")).await;
    assert_eq!(texts(&second), ["Tối mới có nhà"]);
    assert!(second.next_cursor.is_none());
    assert_eq!(read(&lead, "/api/v1/notes").await.items.len(), 4);
    // Of a person wherever it was written, and of whom they turn out to be one with.
    let of_person = format!("/api/v1/persons/{person}/notes");
    let told = read(&lead, &of_person).await;
    assert_eq!(texts(&told), ["Nhờ con trai giúp", "Tối mới có nhà"]);
    assert_eq!(Some(told.items[0].written_by), volunteer.account_id);
    let card = super::merging::of_number(&app).await;
    merge(&lead, card, person).await;
    assert_eq!(read(&lead, &of_person).await.items.len(), 3);
    let reads: i64 = audit_event::table
        .filter(audit_event::action.eq("tracking.read_notes"))
        .count()
        .get_result(&mut app.owner().await)
        .await
        .unwrap();
    assert_eq!(reads, 5);
    // Nobody else's.
    let elsewhere = app.lead("22795").await;
    elsewhere.get(&of_village).await.refused(404, "not-found");
    elsewhere.get(&of_person).await.refused(404, "not-found");
    app.commander()
        .await
        .get("/api/v1/notes")
        .await
        .refused(422, "invalid");
    app.officer(COMMUNE)
        .await
        .get(&of_village)
        .await
        .refused(403, "forbidden");
    // Whoever wants no more of it is shown nowhere.
    let asked = json!({ "kind": "restrict", "card_number": number });
    let asked = lead.post("/api/v1/rights-requests", asked).await;
    let id = asked.expect(201).value()["rights_request_id"].clone();
    let done = json!({ "decision": "done", "answer": "Đã hạn chế theo yêu cầu" });
    let settle = format!(
        "/api/v1/rights-requests/{}/settlement",
        id.as_str().unwrap()
    );
    lead.post(&settle, done).await.expect(200);
    assert!(read(&lead, &of_person).await.items.is_empty());
    let left = read(&lead, "/api/v1/notes").await;
    assert_eq!(texts(&left), ["Đường vào thôn đang sửa"]);
}
