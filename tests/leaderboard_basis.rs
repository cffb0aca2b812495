//! Boards of who is confirmed.

use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::{BoardRow, Leaderboard};

use crate::harness::rollups::rollup;
use crate::harness::{Person, TestApp};

async fn board(person: &Person, path: &str) -> Leaderboard {
    let answer = person.get(&format!("/api/v1/leaderboards/{path}")).await;
    answer.expect(200).json()
}

async fn confirm(app: &TestApp, village: UnitId, n: i32) {
    let sql = ["rollup_day", "rollup_month", "rollup_total"]
        .map(|table| format!("update {table} set confirmed = {n} where village_id = {village};"));
    app.owner()
        .await
        .batch_execute(&sql.concat())
        .await
        .unwrap();
}

fn row(board: &Leaderboard, unit: UnitId) -> &BoardRow {
    let mut rows = board.rows.iter();
    rows.find(|row| row.unit_id == Some(unit)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_confirmed_basis_only_whom_somebody_else_saw_counts_and_ranks() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let (many, sound) = (app.commune("22786").await, app.commune("22795").await);
    for (unit, code, n, confirmed) in [(many, "22786", 90, 12), (sound, "22795", 60, 30)] {
        let village = app.village(code, 0).await;
        rollup(&app, village, "youth", "2026-11-18", n).await;
        confirm(&app, village, confirmed).await;
        let sql = format!(
            "insert into target (unit_id, stage, starts_on, people, denominator, source)
             values ({unit}, 'level2_activated', '2026-01-01', 30, 'assigned', 'KH thử')"
        );
        app.owner().await.batch_execute(&sql).await.unwrap();
    }
    let window = "from=2026-11-01&to=2026-11-22&limit=200";
    let usual = board(&commander, &format!("commune?{window}&metric=count")).await;
    assert_eq!(
        (usual.basis.as_str(), usual.rows[0].unit_id),
        ("recognised", Some(many))
    );
    let sure = board(
        &commander,
        &format!("commune?{window}&metric=count&basis=confirmed"),
    )
    .await;
    assert_eq!(
        (sure.basis.as_str(), sure.rows[0].unit_id),
        ("confirmed", Some(sound))
    );
    let told = |unit| {
        let row = row(&sure, unit);
        (
            row.rank,
            row.count,
            row.confirmed,
            row.late_percent,
            row.held,
        )
    };
    assert_eq!(told(sound), (Some(1), 30, 30, None, None));
    assert_eq!(told(many), (Some(2), 12, 12, None, None));
    assert_eq!((sure.total.count, sure.total.confirmed), (42, 42));
    let rate = board(&commander, &format!("commune?{window}&basis=confirmed")).await;
    let reached = row(&rate, sound);
    assert_eq!(
        (reached.rate_percent, reached.target_error),
        (Some(100.0), false)
    );
    assert_eq!(reached.reached_on, Some("2026-11-18".parse().unwrap()));
    assert_eq!(
        (row(&rate, many).rate_percent, row(&rate, many).reached_on),
        (Some(40.0), None)
    );
    // In tens for who works elsewhere.
    let reader = app.volunteer("22786").await;
    let merged = board(
        &reader,
        &format!("commune?{window}&metric=count&basis=confirmed"),
    )
    .await;
    assert_eq!(
        (row(&merged, many).count, row(&merged, sound).count),
        (12, 30)
    );
    assert_eq!(
        (merged.merged_to, merged.basis.as_str()),
        (Some(10), "confirmed")
    );
    let refused = async |query: &str| {
        let path = format!("/api/v1/leaderboards/commune?{query}");
        let problem = commander.get(&path).await.refused(422, "invalid");
        problem.errors[0].pointer.to_string()
    };
    assert_eq!(refused("basis=sure").await, "?basis");
    // What waits now was kept nowhere.
    assert_eq!(refused("basis=provisional&revision=0").await, "?revision");
}
