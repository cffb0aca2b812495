//! A new master key in front of the old one: what was sent before it came is known again.

use api::privacy::keys::MasterKey;
use mobile_contracts::booking::{BookedParty, Hold};
use serde_json::json;
use uuid::Uuid;

use super::{COMMUNE, With as _, push, record, sum, void};
use crate::harness::booking::confirmation;
use crate::harness::{TestApp, citizen};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_under_the_old_key_is_a_repetition_under_the_new_one() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let good = record(&app, &volunteer, village, &citizen::id_number());
    let ops = [
        good.clone(),
        record(&app, &volunteer, village, &citizen::id_number()).with("mood", "happy"),
        record(&app, &volunteer, village, "058190"),
        void(&app, &volunteer, &good),
    ];
    let before = push(&app, &volunteer, &ops).await;

    let next = TestApp::with()
        .with_newer_key(MasterKey::new(2, [8; 32]))
        .start_on(app.database.clone())
        .await;
    let volunteer = volunteer.before(&next);
    let after = push(&next, &volunteer, &ops).await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(after.result, "replayed", "{after:?}");
        assert_eq!(after.original_result.as_ref(), Some(&before.result));
    }
    let other = ops[0].clone().with("device_holder", "family");
    let reused = push(&next, &volunteer, &[other]).await.remove(0);
    assert_eq!(reused.code.as_deref(), Some("OP_ID_REUSED"));
    assert_eq!(sum(&next).await, (0, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_pressed_under_the_old_key_is_answered_again_under_the_new_one() {
    let app = TestApp::start().await;
    let office = app.office(COMMUNE, 4).await;
    let starts_at = *app.coming(4).last().unwrap();
    let stranger = app.stranger();
    let id = citizen::id_number();
    let hold: Hold = stranger
        .hold(&office, starts_at, &[&id])
        .await
        .expect(201)
        .json();
    let (press, body) = (Uuid::new_v4(), confirmation(&hold.hold_token, &[&id]));
    let path = "/api/v1/appointments";
    let booked: BookedParty = stranger
        .post_once(path, press, &body)
        .await
        .expect(201)
        .json();

    let next = TestApp::with()
        .with_newer_key(MasterKey::new(2, [8; 32]))
        .start_on(app.database.clone())
        .await;
    let stranger = stranger.before(&next);
    let again: BookedParty = stranger
        .post_once(path, press, &body)
        .await
        .expect(201)
        .json();
    assert_eq!(
        json!(again.appointments[0].code),
        json!(booked.appointments[0].code)
    );
}
