//! Whom an operation is about: sealed, plain, without a number, without consent.

use api::privacy::keys::{Keys, MasterKey};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::sealing::{KeyId, SealingPublicKey, seal};
use mobile_contracts::tracking::ServerMeta;
use serde_json::json;
use uuid::Uuid;

use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, push, push_one, record, sum, told, void,
};
use crate::harness::{TestApp, citizen};

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_number_and_a_plain_one_are_one_citizen_and_neither_is_stored() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let answer = app.stranger().get("/api/v1/meta").await.expect(200);
    assert_eq!(answer.headers["cache-control"], "no-store");
    let meta: ServerMeta = answer.json();
    let key = SealingPublicKey::from_base64url(&meta.sealing_key.public_key).unwrap();
    let kid = KeyId::parse(&meta.sealing_key.kid).unwrap();
    let id = citizen::id_number();
    let op_id = Uuid::now_v7();
    let sealed = seal(&key, &kid, op_id, &id).unwrap();
    let subject = json!({ "kind": "sealed", "kid": kid.as_str(), "sealed": sealed.text() });
    let op = record(&app, &volunteer, village, &id)
        .with("op_id", op_id)
        .with("name", "Chamaléa Thị Thử")
        .with("subject", &subject);
    assert_eq!(
        told(&push_one(&app, &volunteer, &op).await),
        ("applied", None, true)
    );
    let plain = record(&app, &volunteer, village, &id);
    assert_eq!(
        told(&push_one(&app, &volunteer, &plain).await),
        ("merged", Some("DUP_SUBJECT_STEP"), false)
    );
    // Copied into another operation, it does not open.
    let stolen = record(&app, &volunteer, village, &id).with("subject", &subject);
    assert_eq!(
        told(&push_one(&app, &volunteer, &stolen).await),
        ("rejected", Some("SUBJECT_UNSEAL_FAILED"), false)
    );
    let note = record(&app, &volunteer, village, &id)
        .without("stage")
        .without("device_holder")
        .with("kind", "note")
        .with("text", format!("số {id}"));
    assert_eq!(
        told(&push_one(&app, &volunteer, &note).await),
        ("applied", None, false)
    );
    let odd = record(&app, &volunteer, village, &id).with("extra", &id);
    assert_eq!(push_one(&app, &volunteer, &odd).await.result, "held");
    assert_nowhere(&app, &id).await;
    assert_nowhere(&app, "Chamaléa").await;
}

/// The text stands in no row of any table, not even inside what is encrypted.
async fn assert_nowhere(app: &TestApp, text: &str) {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        found: String,
    }
    let tables: Vec<Row> = diesel::sql_query(
        "select relname::text as found from pg_class
         where relnamespace = 'public'::regnamespace and relkind = 'r'",
    )
    .load(&mut app.owner().await)
    .await
    .unwrap();
    let mut conn = app.owner().await;
    for table in tables {
        let rows: Vec<Row> =
            diesel::sql_query(format!("select t::text as found from {} t", table.found))
                .load(&mut conn)
                .await
                .unwrap();
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(
            !rows
                .iter()
                .any(|row| row.found.contains(text) || row.found.contains(&hex)),
            "{text} stands in {}",
            table.found
        );
    }
    let keys = Keys::new(vec![MasterKey::new(1, [6; 32])]);
    let kept: Vec<(Uuid, Option<Vec<u8>>)> = {
        use api::db::schema::operation::dsl::*;
        operation
            .select((op_id, raw))
            .load(&mut conn)
            .await
            .unwrap()
    };
    for (op_id, raw) in kept {
        let Some(raw) = raw else { continue };
        let place = api::privacy::keys::Place {
            column: "operation.raw",
            row: op_id.as_bytes(),
        };
        let plain = keys.decrypt(&place, &raw).unwrap();
        assert!(text.starts_with("Cham") || !plain.contains(text), "{plain}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_consent_only_an_anonymous_count_is_kept() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let id = citizen::id_number();
    let op = record(&app, &volunteer, village, &id)
        .with("name", "Pi Năng Thử")
        .without("consent");
    let nameless = record(&app, &volunteer, village, &id).with("subject", json!({"kind": "none"}));
    for _ in 0..2 {
        push(&app, &volunteer, &[op.clone(), nameless.clone()]).await;
    }
    let replay = push(&app, &volunteer, &[op.clone(), nameless.clone()]).await;
    assert_eq!(
        told(&replay[0]),
        ("replayed", Some("CONSENT_MISSING"), false)
    );
    assert_eq!(
        told(&replay[1]),
        ("replayed", Some("SUBJECT_MISSING"), false)
    );
    assert_eq!(sum(&app).await, (0, 0, 0, 2));
    let persons: i64 = api::db::schema::person::table
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(persons, 0);
    push_one(&app, &volunteer, &void(&app, &volunteer, &op)).await;
    assert_eq!(sum(&app).await, (0, 0, 0, 1));
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_numbers_are_refused_where_only_sealed_ones_are_taken() {
    let app = TestApp::with()
        .set("TO06_PLAIN_SUBJECTS", "no")
        .start()
        .await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    assert_eq!(
        told(&push_one(&app, &volunteer, &op).await),
        ("rejected", Some("SUBJECT_PLAIN_REFUSED"), false)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_an_id_number_counts_once_under_the_phones_own_key() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let subject = json!({ "kind": "provisional", "person_id": Uuid::now_v7() });
    let op = || {
        record(&app, &volunteer, village, "")
            .with("op_id", Uuid::now_v7())
            .with("subject", &subject)
            .with("name", "Katơr Thử")
            .with("birth_year", 1970)
    };
    let results = push(&app, &volunteer, &[op(), op()]).await;
    assert_eq!(told(&results[0]), ("applied", None, true));
    assert_eq!(
        told(&results[1]),
        ("merged", Some("DUP_SUBJECT_STEP"), false)
    );
    assert_nowhere(&app, "Katơr").await;
}
