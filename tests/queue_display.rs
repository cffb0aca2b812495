//! The second screen: what it shows, that it resumes anywhere, and that it does not take every line.

use std::time::Duration;

use mobile_contracts::queue::{DisplayBoard, DisplayChange};
use serde_json::json;

use crate::harness::events::Watching;
use crate::harness::queue::{Desk, visitor};
use crate::harness::{Person, TestApp, citizen};

async fn watch(person: &Person, desk: &Desk, after: Option<&str>) -> Watching {
    let path = format!("/api/v1/offices/{}/display/stream", desk.office.office_id);
    Watching::start(person, &path, after).await
}

/// Kinds and numbers of the next changes, and the last id.
async fn changes(watching: &mut Watching, count: usize) -> (Vec<String>, String) {
    let (mut told, mut last) = (Vec::new(), String::new());
    for _ in 0..count {
        let (name, id, data) = watching.next().await;
        assert_eq!(name, "change", "{data}");
        let change: DisplayChange = serde_json::from_str(&data).unwrap();
        let desk = change.desk_no.map(|desk| desk.to_string());
        told.push(format!(
            "{} {} {}",
            change.kind,
            change.number,
            desk.unwrap_or_default()
        ));
        last = id;
    }
    (told, last)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_tells_each_change_once_and_resumes_at_another_process() {
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    let other = TestApp::with().start_on(app.database.clone()).await;
    for _ in 0..4 {
        desk.walk_in().await;
    }
    let first = desk.called(1).await;
    let stranger = app.stranger();
    let mut watching = watch(&stranger, &desk, None).await;
    let (name, id, data) = watching.next().await;
    assert_eq!(name, "board");
    let board: DisplayBoard = serde_json::from_str(&data).unwrap();
    assert_eq!(
        (board.calls[0].number.as_str(), board.calls[0].desk_no),
        ("B001", 1)
    );
    assert_eq!((board.waiting, board.position), (3, id));

    desk.act(first.ticket_id, "start").await.expect(200);
    desk.called(2).await;
    // The call before may be told again, by a reader who stays below running transactions.
    let mut told = Vec::new();
    let mut last = String::new();
    while !told.contains(&"call B002 2".to_owned()) {
        let (next, id) = changes(&mut watching, 1).await;
        told.extend(next);
        last = id;
    }
    told.retain(|change| change != "call B001 1");
    assert_eq!(told, ["serve B001 1", "call B002 2"]);

    // The line breaks. What happens meanwhile is told by another process, once and in order.
    drop(watching);
    desk.finish(first.ticket_id, "other").await.expect(200);
    desk.called(1).await;
    desk.called(3).await;
    let mut watching = watch(&other.stranger(), &desk, Some(&last)).await;
    let (told, last) = changes(&mut watching, 3).await;
    assert_eq!(told, ["end B001 1", "call B003 1", "call B004 3"]);

    // Whoever was told everything is told nothing twice.
    let mut again = watch(&other.stranger(), &desk, Some(&last)).await;
    let fourth = desk.queue().await.at_desks;
    let fourth = fourth.iter().find(|one| one.number == "B004").unwrap();
    desk.act(fourth.ticket_id, "skip").await.expect(200);
    assert_eq!(changes(&mut again, 1).await.0, ["end B004 3"]);
    assert_eq!(changes(&mut watching, 1).await.0, ["end B004 3"]);

    // What is no position of this life begins anew.
    for strange in ["nonsense", "9-1-1", "1-9223372036854775807-1"] {
        let mut anew = watch(&stranger, &desk, Some(strange)).await;
        assert_eq!(anew.next().await.0, "board", "{strange}");
    }
}

/// Another desk reads the queue when this changes: who was sent to it stands in no number of a screen.
#[tokio::test(flavor = "multi_thread")]
async fn a_board_says_when_anything_changed_though_a_screen_shows_none_of_it() {
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    let path = format!("/api/v1/offices/{}/display", desk.office.office_id);
    let stranger = app.stranger();
    let changed = async || {
        // A board is kept for a second.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let board: DisplayBoard = stranger.get(&path).await.expect(200).json();
        (board.changed_at, board.waiting, board.calls.len())
    };
    assert_eq!(changed().await, (None, 0, 0));
    desk.walk_in().await;
    let (issued, ..) = changed().await;
    assert!(issued.is_some());
    let ticket = desk.called(1).await;
    desk.act(ticket.ticket_id, "skip").await.expect(200);
    let waits = changed().await;
    assert!(waits.0 > issued && (waits.1, waits.2) == (1, 0));
    assert_eq!(changed().await, waits, "and nothing where nothing did");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_streams_to_a_quarter_of_the_screens_and_may_still_ask() {
    let app = TestApp::with()
        .set("TO06_DISPLAY_VIEWERS", "8")
        .start()
        .await;
    let desk = app.desk("22786").await;
    let stranger = app.stranger();
    let _first = watch(&stranger, &desk, None).await;
    let _second = watch(&stranger, &desk, None).await;
    let path = format!("/api/v1/offices/{}/display/stream", desk.office.office_id);
    let answer = stranger.get(&path).await;
    answer.refused(429, "too-many-requests");
    assert!(answer.headers.contains_key("retry-after"));
    // Asking now and then is open to everybody.
    let plain = path.trim_end_matches("/stream");
    stranger.get(plain).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_show_numbers_and_nobodys_name() {
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    let id = citizen::id_number();
    let body = json!({ "service_code": "cccd_new", "visitor": visitor(&id, None) });
    desk.issue(body).await.expect(201);
    desk.called(7).await;
    let stranger = app.stranger();
    let office_id = desk.office.office_id;
    let board = stranger
        .get(&format!("/api/v1/offices/{office_id}/display"))
        .await;
    let page = stranger.get(&format!("/man-hinh/{office_id}")).await;
    for answer in [board.expect(200), page.expect(200)] {
        assert!(answer.text.contains("B001"), "{}", answer.text);
        for secret in ["Nguyễn", "Thử\"", &id, &id[8..]] {
            assert!(!answer.text.contains(secret), "{secret}: {}", answer.text);
        }
    }
    let page = stranger.get(&format!("/man-hinh/{office_id}")).await;
    assert!(page.text.contains("Quầy 7"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("script-src 'sha256-") && !policy.contains("unsafe"),
        "{policy}"
    );
    stranger
        .get("/man-hinh/999999")
        .await
        .refused(404, "office-not-found");
}
