//! Whatever comes in, what goes out is a clear refusal: never a 500, never a half-written row.

use std::io::Write as _;
use std::time::Duration;

use api::http::strict::ARRAY_ITEMS_MAX;
use mobile_contracts::problem::Problem;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::harness::matrix::nowhere;
use crate::harness::sample::{Fill, Optional, Sampler, fields, renew};
use crate::harness::{Answer, Person, TestApp};

/// Every operation that takes JSON: method and a path that leads nowhere.
fn operations_with_json() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(&api::routes::document_text()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation["requestBody"]["content"]
                .get("application/json")
                .is_some()
            {
                found.push((method.to_uppercase(), nowhere(path)));
            }
        }
    }
    assert!(found.len() >= 6, "{found:?}");
    found
}

async fn send(person: &Person, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Answer {
    let request = person
        .request(method.parse().unwrap(), path)
        .header("content-type", kind)
        .header("idempotency-key", uuid::Uuid::now_v7().to_string());
    person.send(request.body(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_makes_the_program_stumble() {
    let app = TestApp::start().await;
    let people = [
        app.admin().await,
        app.lead("22786").await,
        app.officer("22786").await,
    ];
    let deep = "[".repeat(100_000);
    let deep_object = "{\"a\":".repeat(100_000);
    let huge = format!("{{\"a\":\"{}\"}}", "x".repeat(600_000));
    let bodies: Vec<(&str, Vec<u8>, &[u16])> = vec![
        ("nothing", b"".to_vec(), &[400]),
        ("not JSON", b"nope".to_vec(), &[400]),
        ("cut short", b"{\"a\":".to_vec(), &[400, 422]),
        ("two documents", b"{} {}".to_vec(), &[400, 422]),
        ("an array", b"[]".to_vec(), &[422]),
        ("null", b"null".to_vec(), &[422]),
        ("a number", b"1e999".to_vec(), &[400, 422]),
        ("deep arrays", deep.into_bytes(), &[413, 422]),
        ("deep objects", deep_object.into_bytes(), &[400, 413, 422]),
        ("half a megabyte", huge.into_bytes(), &[413]),
        ("a lone surrogate", br#"{"\ud800":1}"#.to_vec(), &[400, 422]),
        ("broken UTF-8", b"{\"\xff\xfe\":1}".to_vec(), &[400, 422]),
        ("NUL", br#"{"phone":"\u0000"}"#.to_vec(), &[422]),
        ("an unknown field", br#"{"is_admin":true}"#.to_vec(), &[422]),
    ];
    for (method, path) in operations_with_json() {
        for (what, body, expected) in &bodies {
            let mut judged = false;
            for person in &people {
                let answer = send(person, &method, &path, "application/json", body.clone()).await;
                let status = answer.status.as_u16();
                assert!(
                    (400..500).contains(&status),
                    "{method} {path} took {what}: {status} {}",
                    answer.text
                );
                // Somebody who may not call it is told so before the body is read.
                judged |= expected.contains(&status);
            }
            assert!(
                judged,
                "{method} {path}: nobody was told what is wrong with {what}"
            );
        }
        let mut refused_kind = false;
        for person in &people {
            let answer = send(person, &method, &path, "text/plain", b"{}".to_vec()).await;
            refused_kind |= answer.status == 415;
        }
        assert!(refused_kind, "{method} {path} reads text/plain");
    }
}

/// Every operation that takes JSON, with a body that has every field of the document.
fn full_bodies() -> Vec<(String, String, String, Value)> {
    let document: Value = serde_json::from_str(&api::routes::document_text()).unwrap();
    let sampler = Sampler {
        document: &document,
        fill: &Nobodys,
        optional: Optional::All,
    };
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if let Some(body) = sampler.json_body(operation) {
                let id = operation["operationId"].as_str().unwrap().to_owned();
                found.push((id, method.to_uppercase(), nowhere(path), body));
            }
        }
    }
    found
}

/// Nothing is put into the document's samples.
struct Nobodys;

impl Fill for Nobodys {
    fn fill(&self, _: &str) -> Option<Value> {
        None
    }
}

/// What each of them is told who may call it.
async fn ask_everybody(people: &[Person], method: &str, path: &str, body: &Value) -> Vec<Answer> {
    let mut answers = Vec::new();
    for person in people {
        let mut body = body.clone();
        renew(&mut body);
        let bytes = body.to_string().into_bytes();
        let answer = send(person, method, path, "application/json", bytes).await;
        if answer.status != 403 {
            answers.push(answer);
        }
    }
    assert!(!answers.is_empty(), "{method} {path} lets nobody in");
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn an_array_stands_for_no_object_in_any_body() {
    let app = TestApp::start().await;
    let people = [
        app.admin().await,
        app.lead("22786").await,
        app.officer("22786").await,
    ];
    let mut nested = 0;
    for (id, method, path, body) in full_bodies() {
        let pointers = fields(&body).into_iter().map(|(pointer, _)| pointer);
        for pointer in std::iter::once(String::new()).chain(pointers) {
            let Some(object) = body.pointer(&pointer).unwrap().as_object() else {
                continue;
            };
            let values: Value = object.values().cloned().collect();
            let mut changed = body.clone();
            *changed.pointer_mut(&pointer).unwrap() = values;
            for answer in ask_everybody(&people, &method, &path, &changed).await {
                let at = format!("{id} {pointer}: {}", answer.text);
                nested += usize::from(!pointer.is_empty());
                if pointer.starts_with("/ops/") || pointer.starts_with("/operation") {
                    // What comes from the field is judged operation by operation, and kept for a person.
                    let kept = ["LEGACY_SCHEMA", "OP_ID_MISSING"]
                        .iter()
                        .any(|code| answer.text.contains(code));
                    assert!(kept || answer.status == 422, "{at}");
                    continue;
                }
                let problem = answer.refused(422, "invalid");
                assert_eq!(
                    (
                        problem.errors[0].pointer.as_str(),
                        problem.errors[0].code.as_str()
                    ),
                    (pointer.as_str(), "WRONG_TYPE"),
                    "{at}"
                );
            }
        }
    }
    assert!(nested >= 10, "{nested} only");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_list_is_without_end() {
    let app = TestApp::start().await;
    let people = [
        app.admin().await,
        app.lead("22786").await,
        app.officer("22786").await,
    ];
    let mut lists = 0;
    for (id, method, path, body) in full_bodies() {
        for (pointer, _) in fields(&body) {
            let Some(list) = body.pointer(&pointer).unwrap().as_array() else {
                continue;
            };
            let item = list[0].clone();
            let mut changed = body.clone();
            *changed.pointer_mut(&pointer).unwrap() = vec![item; ARRAY_ITEMS_MAX + 1].into();
            for answer in ask_everybody(&people, &method, &path, &changed).await {
                lists += 1;
                if answer.status == 413 {
                    continue; // its items are long: the body's limit comes first
                }
                let problem = answer.refused(422, "invalid");
                let told = (
                    problem.errors[0].pointer.as_str(),
                    problem.errors[0].code.as_str(),
                );
                assert_eq!(
                    told,
                    (pointer.as_str(), "TOO_MANY_ITEMS"),
                    "{id}: {}",
                    answer.text
                );
            }
        }
    }
    assert!(lists >= 6, "{lists} only");
    // Where items are short enough to reach it.
    let push = json!({
        "protocol": 1, "device_id": uuid::Uuid::now_v7(), "client_time": app.app.clock.now(),
        "ops": vec![json!({}); ARRAY_ITEMS_MAX + 1],
    });
    let told = people[1]
        .post("/api/v1/sync/push", push)
        .await
        .refused(422, "invalid");
    assert_eq!(
        (
            told.errors[0].pointer.as_str(),
            told.errors[0].code.as_str()
        ),
        ("/ops", "TOO_MANY_ITEMS")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_field_is_pointed_to_with_a_code_and_a_sentence_in_the_readers_language() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    let post = async |body: Value, language: &str| {
        let request = stranger.request(reqwest::Method::POST, "/api/v1/passwords/by-code");
        let answer = stranger
            .send(request.header("accept-language", language).json(&body))
            .await;
        answer.refused(422, "invalid")
    };
    let full_width = json!({ "phone": "０９１２３４５６７８", "code": "AAAA-AAAA", "new_password": "một câu dễ nhớ" });
    let problem: Problem = post(full_width.clone(), "vi").await;
    assert_eq!(problem.errors[0].pointer, "/phone");
    assert!(!problem.errors[0].code.is_empty());
    assert_ne!(
        problem.errors[0].message,
        post(full_width, "en").await.errors[0].message
    );
    let unknown = post(json!({ "phone": "0912345678", "is_admin": true }), "vi").await;
    assert_eq!(
        (
            unknown.errors[0].code.as_str(),
            unknown.errors[0].pointer.as_str()
        ),
        ("UNKNOWN_FIELD", "/is_admin")
    );
    let missing = post(json!({ "phone": "0912345678" }), "vi").await;
    assert_eq!(missing.errors[0].code, "MISSING_FIELD");
    let wrong = post(json!({ "phone": 912345678 }), "vi").await;
    assert_eq!(
        (
            wrong.errors[0].code.as_str(),
            wrong.errors[0].pointer.as_str()
        ),
        ("WRONG_TYPE", "/phone")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_address_is_a_page_for_people_and_a_problem_for_programs() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    let ask = |path: &str, accept: &str| {
        let request = stranger.request(Method::GET, path);
        request.header("accept", accept)
    };
    let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    for wrong in ["/khong-co", "/man-hinh/999999", "/man-hinh/quay"] {
        let page = ask(wrong, browser).send().await.unwrap();
        assert_eq!(page.status(), 404);
        assert!(page.text().await.unwrap().contains("Không có trang này"));
    }
    let look = async |path: &str, accept: &str| stranger.send(ask(path, accept)).await;
    look("/khong-co", "*/*").await.refused(404, "not-found");
    look("/api/v1/khong-co", browser)
        .await
        .refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_problem_has_a_page_and_every_answer_its_headers() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    for kinds in api::routes::PROBLEMS {
        for kind in kinds.iter() {
            let page = stranger
                .get(&format!("/problems/{}", kind.slug))
                .await
                .expect(200);
            assert!(page.text.contains(kind.vi), "{}", kind.slug);
        }
    }
    let volunteer = app.volunteer("22786").await;
    for answer in [
        stranger.get("/health/live").await,
        stranger.get("/nowhere").await,
        stranger.get("/api/v1/me").await,
        stranger.get("/docs/").await,
        stranger.get("/bang").await,
        stranger.get("/").await,
        volunteer.get("/api/v1/me").await,
        stranger.post("/api/v1/sessions", "x").await,
    ] {
        for name in [
            "strict-transport-security",
            "x-content-type-options",
            "referrer-policy",
            "content-security-policy",
            "x-frame-options",
            "x-request-id",
        ] {
            assert!(
                answer.headers.contains_key(name),
                "{name} is missing: {answer:?}"
            );
        }
        assert!(
            !answer.headers["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("script-src 'unsafe-inline'")
        );
    }
    assert_eq!(
        volunteer.get("/api/v1/me").await.headers["cache-control"],
        "no-store"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_ones_own_opens_nothing() {
    let app = TestApp::start().await;
    for token in [
        "",
        "x",
        &"a".repeat(43),
        &"x".repeat(5000),
        "' or 1=1 --",
        "ô",
    ] {
        let answer = app
            .stranger()
            .send(
                app.stranger()
                    .request(reqwest::Method::GET, "/api/v1/me")
                    .header("authorization", format!("Bearer {token}").into_bytes()),
            )
            .await;
        assert_eq!(answer.status, 401, "{token}");
    }
    let basic = app
        .stranger()
        .request(reqwest::Method::GET, "/api/v1/me")
        .basic_auth("a", Some("b"));
    app.stranger().send(basic).await.refused(401, "sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forwarded_address_is_believed_of_nobody_but_a_trusted_proxy() {
    let app = TestApp::with()
        .set("TO06_REQUESTS_PER_ADDRESS_PER_MINUTE", "30")
        .start()
        .await;
    let stranger = app.stranger();
    let mut refused = 0;
    for turn in 0..60 {
        let request = stranger.request(reqwest::Method::GET, "/health/live");
        let answer = stranger
            .send(request.header("x-forwarded-for", format!("10.0.0.{turn}")))
            .await;
        refused += usize::from(answer.status == 429);
    }
    assert!(
        refused >= 29,
        "a rotating header escaped the limit: {refused}"
    );
    let proxied = TestApp::with()
        .set("TO06_REQUESTS_PER_ADDRESS_PER_MINUTE", "30")
        .set("TRUSTED_PROXIES", "127.0.0.1")
        .start()
        .await;
    for turn in 0..60 {
        let request = proxied
            .stranger()
            .request(reqwest::Method::GET, "/health/live");
        let answer = proxied
            .stranger()
            .send(request.header("x-forwarded-for", format!("10.0.0.{turn}")))
            .await;
        assert_eq!(answer.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_gzip_that_swells_is_cut_off_at_the_limit() {
    let app = TestApp::start().await;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(b"{\"phone\":\"").unwrap();
    packer.write_all(&vec![b'0'; 50_000_000]).unwrap();
    let bomb = packer.finish().unwrap();
    assert!(bomb.len() < 64 * 1024, "it is small while packed");
    let request = app
        .stranger()
        .request(reqwest::Method::POST, "/api/v1/sessions");
    let request = request
        .header("content-type", "application/json")
        .header("content-encoding", "gzip");
    app.stranger()
        .send(request.body(bomb))
        .await
        .refused(413, "too-large");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_ends_is_given_up() {
    let app = TestApp::start().await;
    let address = app.address.strip_prefix("http://").unwrap();
    let mut line = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = "POST /api/v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    line.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), async {
        let mut buffer = [0; 4096];
        let count = line.read(&mut buffer).await.unwrap();
        answer.extend_from_slice(&buffer[..count]);
    });
    read.await.expect("an answer within its bound");
    assert!(
        String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 408"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
}
