//! What will go one day says so, and whoever still calls it is counted by the name of their app.

use api::contract::callers;
use api::retention::purge::purge_all;
use api::retention::rules::Kind;
use chrono::{Days, TimeDelta};
use mobile_contracts::calendar::local_day;
use mobile_contracts::contract::{DeprecatedCaller, DeprecatedOperations};
use serde_json::json;

use crate::harness::{Person, TestApp};

const OLD: &str = "/api/v1/contract/errors";
const BOARD: &str = "/api/v1/contract/deprecated";

async fn start() -> TestApp {
    let farewell = json!({
        "x-deprecated-on": "2027-01-04", "x-sunset-on": "2027-08-02", "x-successor": "GET /api/v1/contract",
    });
    TestApp::with().deprecating(OLD, &farewell).start().await
}

async fn call(app: &TestApp, client: Option<&str>, times: usize) {
    let stranger = app.stranger();
    for _ in 0..times {
        let mut request = stranger.request(reqwest::Method::GET, OLD);
        if let Some(client) = client {
            request = request.header("x-client", client);
        }
        let answer = stranger.send(request).await.expect(200);
        assert_eq!(answer.headers["deprecation"], "@1798995600");
    }
}

async fn board(admin: &Person) -> DeprecatedOperations {
    admin.get(BOARD).await.expect(200).json()
}

fn calls(callers: &[DeprecatedCaller]) -> Vec<(&str, i64)> {
    callers
        .iter()
        .map(|one| (one.client.as_str(), one.calls))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_still_calls_what_will_go_is_on_the_board_and_nobody_by_name() {
    let app = start().await;
    let admin = app.admin().await;
    call(&app, Some("to06-web/1.8.2"), 3).await;
    call(&app, Some("kho-ung-dung/0.4"), 1).await;
    call(&app, Some("Nguyen Van A 0912345678"), 1).await;
    call(&app, None, 1).await;
    // What does not go is nobody's concern.
    admin.get("/api/v1/contract").await.expect(200);
    let told = board(&admin).await;
    let today = local_day(app.app.clock.now());
    assert_eq!(told.since, today - Days::new(29));
    let [old] = told.items.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!((old.method.as_str(), old.path.as_str()), ("GET", OLD));
    assert_eq!(old.operation_id, "list_error_codes");
    assert_eq!(old.sunset_on.to_string(), "2027-08-02");
    assert_eq!(old.successor.as_deref(), Some("GET /api/v1/contract"));
    let expected = [
        ("to06-web/1.8.2", 3),
        ("unnamed", 2),
        ("kho-ung-dung/0.4", 1),
    ];
    assert_eq!(calls(&old.callers), expected);
    assert!(old.callers.iter().all(|one| one.last_on == today));

    // The next day adds to it, and after thirty days only that is told.
    app.advance(TimeDelta::days(1)).await;
    call(&app, Some("to06-web/1.8.2"), 2).await;
    let told = board(&app.admin().await).await;
    let first = &told.items[0].callers[0];
    assert_eq!((first.calls, first.last_on), (5, today + Days::new(1)));
    app.advance(TimeDelta::days(29)).await;
    let told = board(&app.admin().await).await;
    assert_eq!(calls(&told.items[0].callers), [("to06-web/1.8.2", 2)]);

    // After ninety days nobody knows any more.
    app.advance(TimeDelta::days(62)).await;
    let (schedule, now) = (&app.app.config.retention, app.app.clock.now());
    let mut conn = app.conn().await;
    let purged = purge_all(&mut conn, &app.app.keys, schedule, now)
        .await
        .unwrap();
    assert!(purged.contains(&(Kind::DeprecatedCalls, 4)), "{purged:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_count_together_and_an_outage_loses_no_count() {
    let app = start().await;
    let farewell = json!({ "x-deprecated-on": "2027-01-04", "x-sunset-on": "2027-08-02" });
    let other = TestApp::with().deprecating(OLD, &farewell);
    let other = other.start_on(app.database.clone()).await;
    let admin = app.admin().await;
    let saves = async |app: &TestApp| {
        for _ in 0..20 {
            call(app, Some("to06-web/1.8.2"), 1).await;
            callers::save(&app.app).await;
        }
    };
    futures_util::future::join(saves(&app), saves(&other)).await;
    let told = board(&admin).await;
    assert_eq!(calls(&told.items[0].callers), [("to06-web/1.8.2", 40)]);

    // What cannot be written down is counted on.
    let rename = async |from: &str, to: &str| {
        use diesel_async::SimpleAsyncConnection as _;
        let sql = format!("alter table {from} rename to {to}");
        app.owner().await.batch_execute(&sql).await.unwrap();
    };
    rename("deprecated_call", "gone").await;
    call(&other, Some("to06-web/1.8.2"), 2).await;
    callers::save(&other.app).await;
    rename("gone", "deprecated_call").await;
    callers::save(&other.app).await;
    let told = board(&admin).await;
    assert_eq!(calls(&told.items[0].callers), [("to06-web/1.8.2", 42)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_goes_the_board_is_empty() {
    let app = TestApp::start().await;
    let told = board(&app.admin().await).await;
    assert!(told.items.is_empty(), "{told:?}");
}
