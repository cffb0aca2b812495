//! Apps that are too old: they send for ever, and read no more.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{COMMUNE, record};
use crate::harness::{Answer, Person, TestApp, citizen};

async fn as_client(
    person: &Person,
    client: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Answer {
    let mut request = person.request(method, path).header("x-client", client);
    if let Some(body) = body {
        request = request.json(&body);
    }
    person.send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_app_sends_for_ever_and_is_told_to_update_when_it_reads() {
    let app = TestApp::with()
        .set("TO06_CLIENT_MIN", "1.4.0")
        .start()
        .await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let ask = async |client: &str, method, path: &str, body| {
        as_client(&volunteer, client, method, path, body).await
    };
    let old = "to06-web/1.3.9";
    let now = app.app.clock.now();
    let op = record(&app, &volunteer, village, &citizen::id_number());
    let single = record(&app, &volunteer, village, &citizen::id_number());
    let device = Uuid::now_v7();
    let push = json!({ "protocol": 1, "device_id": device, "client_time": now, "ops": [op] });
    let one = json!({ "device_id": device, "client_time": now, "operation": single });
    let sent = ask(old, Method::POST, "/api/v1/sync/push", Some(push)).await;
    assert_eq!(sent.expect(200).value()["results"][0]["result"], "applied");
    ask(old, Method::POST, "/api/v1/records", Some(one))
        .await
        .expect(201);
    // That everything came is part of sending; so is what must be known to send.
    let statement = format!("/api/v1/devices/{device}/statement");
    for path in [statement.as_str(), "/api/v1/meta", "/api/v1/me"] {
        ask(old, Method::GET, path, None).await.expect(200);
    }
    let look_up = json!({ "op_ids": [op["op_id"]] });
    let pulled = volunteer.get("/api/v1/sync/pull").await.expect(200).value();
    let cursor = pulled["next_cursor"].as_str().unwrap();
    let checksums = format!("/api/v1/sync/checksums?cursor={cursor}");
    let reads = [
        (Method::GET, "/api/v1/sync/pull", None),
        (Method::GET, checksums.as_str(), None),
        (Method::GET, "/api/v1/me/ledger", None),
        (Method::POST, "/api/v1/sync/ops:lookup", Some(look_up)),
    ];
    for (method, path, body) in reads {
        let refused = ask(old, method.clone(), path, body.clone()).await;
        let problem = refused.refused(426, "client-too-old");
        assert_eq!(problem.more["client_min"], "1.4.0", "{path}");
        assert!(problem.title.contains("cập nhật"), "{path}");
        for client in [
            "to06-web/1.4.0",
            "to06-web/2.0.0",
            "to06-web",
            "mot ung dung",
        ] {
            ask(client, method.clone(), path, body.clone())
                .await
                .expect(200);
        }
        // Whoever is not signed in is told that first.
        let stranger = app.stranger();
        let answer = as_client(&stranger, old, method, path, body).await;
        answer.refused(401, "sign-in");
    }
}
