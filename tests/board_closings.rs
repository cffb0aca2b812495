//! Boards of windows that are over say the same for ever; what comes late makes a numbered revision.

use api::leaderboard::closing::keep;
use api::leaderboard::closing::rules::Span;
use api::privacy::keys::MasterKey;
use api::reporting::periods::store::{close_period, insert_period};
use chrono::NaiveDate;
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::{BoardCountChange, ClosedBoard, Leaderboard};
use mobile_contracts::page::Page;
use mobile_contracts::reporting::OpenReportingPeriod;
use serde_json::json;
use uuid::Uuid;

use crate::harness::rollups::rollup;
use crate::harness::{Person, TestApp, eventually};

const WEEK: &str = "commune?metric=count&from=2026-11-16&to=2026-11-22&limit=200";
const CHANGES: &str = "/api/v1/board-closings/2026-11-16/2026-11-22/changes";
const REVISIONS: &str = "/api/v1/board-closings/2026-11-16/2026-11-22/revisions";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn span(starts_on: &str, ends_on: &str) -> Span {
    Span {
        starts_on: day(starts_on),
        ends_on: day(ends_on),
    }
}

/// Closes what is due on this day; tells how many windows that were.
async fn close(app: &TestApp, today: &str) -> Vec<Span> {
    let mut conn = app.conn().await;
    let closed = keep::close_due(&mut conn, day("2026-11-01"), day(today)).await;
    closed.unwrap()
}

async fn ask(person: &Person, path: &str) -> Leaderboard {
    let answer = person.get(&format!("/api/v1/leaderboards/{path}")).await;
    answer.expect(200).json()
}

/// The board as soon as it is no longer the one of the second before.
async fn board(person: &Person, path: &str, is_it: impl Fn(&Leaderboard) -> bool) -> Leaderboard {
    eventually(async || Some(ask(person, path).await).filter(&is_it)).await
}

/// Name, count, rank, its change, and target.
type Said = (String, i64, Option<u32>, Option<i32>, Option<i64>);

fn counts(board: &Leaderboard) -> Vec<Said> {
    let row = |row: &mobile_contracts::leaderboard::BoardRow| {
        (
            row.name.clone(),
            row.count,
            row.rank,
            row.rank_change,
            row.target,
        )
    };
    board.rows.iter().map(row).collect()
}

async fn set_target(person: &Person, unit: UnitId, people: u32) {
    let target = json!({ "unit_id": unit, "stage": "level2_activated", "starts_on": "2026-01-01", "people": people, "denominator": "assigned", "source": "KH thử" });
    let body = json!({ "targets": [target] });
    person.put("/api/v1/targets", body).await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_week_says_the_same_until_a_commander_issues_what_came_late() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let reader = app.commander().await;
    let elsewhere = app.volunteer("22786").await;
    let (tay, ai) = (app.village("22786", 0).await, app.village("22795", 0).await);
    set_target(&commander, app.commune("22786").await, 100).await;
    rollup(&app, tay, "youth", "2026-11-12", 9).await;
    rollup(&app, tay, "youth", "2026-11-18", 40).await;
    rollup(&app, ai, "women", "2026-11-20", 30).await;
    let live = ask(&reader, WEEK).await;
    assert!(!live.closing.closed);
    assert_eq!(live.closing.closes_on, Some(day("2026-11-26")));
    reader
        .get(&format!("/api/v1/leaderboards/{WEEK}&revision=0"))
        .await
        .refused(404, "board-revision-not-found");

    // On the 25th the week still waits for what is late; on the 26th it is closed.
    let closed = close(&app, "2026-11-25").await;
    assert!(closed.contains(&span("2026-11-18", "2026-11-18")));
    assert!(!closed.contains(&span("2026-11-16", "2026-11-22")));
    assert!(
        close(&app, "2026-11-26")
            .await
            .contains(&span("2026-11-16", "2026-11-22"))
    );
    let kept = board(&reader, WEEK, |board| board.closing.closed).await;
    assert_eq!(counts(&kept), counts(&live), "it is closed as it stood");
    assert_eq!(kept.total, live.total);
    assert_eq!(
        (kept.closing.revision, kept.closing.late),
        (Some(0), Some(0))
    );
    let revise = json!({ "after_revision": 0, "reason": "Hai thôn gửi muộn do mất sóng" });
    commander
        .post_once(REVISIONS, Uuid::now_v7(), &revise)
        .await
        .refused(409, "board-unchanged");

    // A record of the 19th arrives, and the target is set anew: the closed board does not move.
    rollup(&app, ai, "youth", "2026-11-19", 25).await;
    set_target(&commander, app.commune("22786").await, 500).await;
    let late = board(&reader, WEEK, |board| board.closing.late == Some(25)).await;
    assert_eq!(counts(&late), counts(&kept));
    assert_eq!(late.as_of, kept.as_of, "as of when it was kept");
    let open = ask(
        &reader,
        "commune?metric=count&from=2026-11-16&to=2026-11-21",
    )
    .await;
    assert_eq!(
        open.total.count, 95,
        "days that are no window are told live"
    );
    assert_eq!(open.closing.closes_on, None);

    // Who may: whoever commands the province.
    let commune = app.commune("22786").await;
    let local = app.account(Role::Commander, MassUnion::None, commune).await;
    for person in [&local, &elsewhere] {
        person.get(CHANGES).await.refused(403, "forbidden");
        person
            .post_once(REVISIONS, Uuid::now_v7(), &revise)
            .await
            .refused(403, "forbidden");
    }
    let awaits: Page<BoardCountChange> = reader.get(CHANGES).await.expect(200).json();
    let told: Vec<_> = awaits
        .items
        .iter()
        .map(|row| (row.name.as_str(), row.count_before, row.count))
        .collect();
    assert_eq!(told, [("Xã Bác Ái", 30, 55)]);
    let key = Uuid::now_v7();
    let issued = commander.post_once(REVISIONS, key, &revise).await;
    let issued: ClosedBoard = issued.expect(201).json();
    assert_eq!((issued.revision, issued.kind.as_str()), (1, "week"));
    assert_eq!(issued.issued_by, commander.account_id);
    let again: ClosedBoard = commander.post_once(REVISIONS, key, &revise).await.json();
    assert_eq!(again, issued, "the same press is the same revision");
    commander
        .post_once(REVISIONS, Uuid::now_v7(), &revise)
        .await
        .refused(409, "board-revised");

    let revised = board(&reader, WEEK, |board| board.closing.revision == Some(1)).await;
    assert_eq!(revised.rows[0].name, "Xã Bác Ái");
    assert_eq!((revised.rows[0].count, revised.closing.late), (55, Some(0)));
    assert_eq!(
        revised.closing.reason.as_deref(),
        Some("Hai thôn gửi muộn do mất sóng")
    );
    let first = ask(&reader, &format!("{WEEK}&revision=0")).await;
    assert_eq!(
        counts(&first),
        counts(&kept),
        "and the first stays readable"
    );
    assert_eq!(first.closing.newest_revision, Some(1));
    let changed = reader.get(&format!("{CHANGES}?revision=1")).await;
    let changed: Page<BoardCountChange> = changed.expect(200).json();
    assert_eq!(changed.items, awaits.items);
    let nothing: Page<BoardCountChange> = reader.get(CHANGES).await.expect(200).json();
    assert!(nothing.items.is_empty());
    reader
        .get(&format!("{CHANGES}?revision=2"))
        .await
        .refused(404, "board-revision-not-found");

    // What was kept is exact: who works elsewhere is told in tens what stands now, and of no revision.
    let tens = ask(&elsewhere, WEEK).await;
    assert_eq!((tens.merged_to, tens.closing.closed), (Some(10), false));
    elsewhere
        .get(&format!("/api/v1/leaderboards/{WEEK}&revision=0"))
        .await
        .refused(404, "board-revision-not-found");

    // Every level and union is built of the same.
    let unions = ask(&reader, "union?from=2026-11-16&to=2026-11-22&revision=0").await;
    let women = unions
        .rows
        .iter()
        .find(|row| row.mass_union.as_deref() == Some("women"));
    assert_eq!(women.unwrap().count, 30);
    let path = format!(
        "village?metric=count&from=2026-11-16&to=2026-11-22&within={}",
        commune.0
    );
    let villages = ask(&reader, &path).await;
    assert_eq!(
        (villages.rows[0].count, villages.closing.closed),
        (40, true)
    );
    let path = "/api/v1/board-closings?starts_on=2026-11-16&ends_on=2026-11-22";
    let list: Page<ClosedBoard> = reader.get(path).await.expect(200).json();
    let revisions: Vec<u32> = list.items.iter().map(|row| row.revision).collect();
    assert_eq!(revisions, [1, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_at_once_close_each_window_once() {
    let app = TestApp::start().await;
    let village = app.village("22786", 0).await;
    for on in ["2026-11-02", "2026-11-10", "2026-11-18"] {
        rollup(&app, village, "youth", on, 3).await;
    }
    let nights = (0..4).map(|_| close(&app, "2026-11-26"));
    let closed: Vec<Span> = futures_util::future::join_all(nights).await.concat();
    let mut once = closed.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), closed.len(), "no window was closed twice");
    // The 2nd to the 22nd, and three weeks; the month is not over.
    assert_eq!(closed.len(), 21 + 3);
    assert_eq!(close(&app, "2026-11-26").await, []);
    let proof = keep::verify(&mut *app.conn().await).await.unwrap();
    assert_eq!((proof.looked_at, proof.broken), (24, Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_closes_on_the_fifth_and_chosen_days_with_their_period() {
    let app = TestApp::start().await;
    let village = app.village("22786", 0).await;
    rollup(&app, village, "youth", "2026-11-18", 3).await;
    let november = span("2026-11-01", "2026-11-30");
    assert!(!close(&app, "2026-12-04").await.contains(&november));
    assert!(close(&app, "2026-12-05").await.contains(&november));
    let unit_id = app.commune("22786").await;
    let by = app.commander().await.account_id.unwrap();
    let own = span("2026-11-15", "2026-11-27");
    let new = OpenReportingPeriod {
        unit_id,
        month: mobile_contracts::calendar::Month::of(day("2026-11-01")).unwrap(),
        starts_on: own.starts_on,
        ends_on: own.ends_on,
        cumulative_from: day("2026-01-01"),
    };
    let mut conn = app.conn().await;
    let period = insert_period(&mut conn, Uuid::now_v7(), &new, by).await;
    assert_eq!(close(&app, "2026-12-05").await, [], "it is open");
    let id = period.unwrap().period_id;
    close_period(&mut conn, id, by).await.unwrap();
    assert_eq!(close(&app, "2026-12-05").await, [own]);
    let reader = app.commander().await;
    let board = ask(&reader, "commune?from=2026-11-15&to=2026-11-27").await;
    assert!(board.closing.closed);
    let path = "/api/v1/board-closings?starts_on=2026-11-15&ends_on=2026-11-27";
    let list: Page<ClosedBoard> = reader.get(path).await.expect(200).json();
    assert_eq!(list.items[0].kind, "period");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_what_was_kept_without_its_hash_telling() {
    let app = TestApp::start().await;
    let village = app.village("22786", 0).await;
    rollup(&app, village, "youth", "2026-11-18", 3).await;
    let run = async |arguments: &'static [&'static str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_api"));
        command
            .args(arguments)
            .env("DATABASE_URL", app.database.url())
            .env("MIGRATION_DATABASE_URL", app.database.owner_url())
            .env("TO06_MASTER_KEYS", MasterKey::new(1, [6; 32]).expose())
            .env("TO06_LOG", "error");
        let ran = tokio::task::spawn_blocking(move || command.output().unwrap());
        let ran = ran.await.unwrap();
        (ran.status.success(), String::from_utf8(ran.stdout).unwrap())
    };
    // The rollups of this test come of no fact: nothing but boards is looked at here.
    let later = app.app.clock.now() + chrono::TimeDelta::days(9);
    assert!(later.date_naive() > day("2026-11-27"), "by any clock");
    app.advance(chrono::TimeDelta::days(9)).await;
    let (is_done, told) = run(&["close-boards", "--since", "2026-11-01"]).await;
    assert!(is_done, "{told}");
    assert!(
        told.contains("week 2026-11-16 to 2026-11-22: closed"),
        "{told}"
    );
    let (is_done, told) = run(&["close-boards", "--since", "2026-11-01"]).await;
    assert!(is_done && told.contains("0 windows were closed"), "{told}");
    for sql in [
        "update board_sum set n = n + 1",
        "delete from board_sum",
        "update board_closing set reason = 'sửa lén'",
        "delete from board_target",
    ] {
        let refused = app.conn().await.batch_execute(sql).await.unwrap_err();
        assert!(refused.to_string().contains("permission denied"), "{sql}");
    }
    let (_, told) = run(&["verify-rollups"]).await;
    assert!(told.contains("revisions equal their hashes"), "{told}");
    let damage =
        "update board_sum set n = n + 1 where starts_on = '2026-11-16' and ends_on = '2026-11-22'";
    app.owner().await.batch_execute(damage).await.unwrap();
    let (is_sound, told) = run(&["verify-rollups"]).await;
    assert!(!is_sound);
    let broken = "board 2026-11-16 to 2026-11-22 revision 0 is not what was kept";
    assert!(told.contains(broken), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_questions_about_closings_are_answered() {
    let app = TestApp::start().await;
    let reader = app.volunteer("22786").await;
    let commander = app.commander().await;
    reader
        .get("/api/v1/board-closings?starts_on=2026-11-16")
        .await
        .refused(422, "invalid");
    reader
        .get("/api/v1/board-closings?starts_on=0016-11-16&ends_on=2026-11-22")
        .await
        .refused(422, "invalid");
    commander
        .get(&format!("/api/v1/leaderboards/{WEEK}&revision=10001"))
        .await
        .refused(422, "invalid");
    reader.get(CHANGES).await.refused(403, "forbidden");
    commander
        .get(CHANGES)
        .await
        .refused(404, "board-revision-not-found");
    let body = json!({ "after_revision": 0, "reason": "Gửi muộn" });
    commander
        .post_once(REVISIONS, Uuid::now_v7(), &body)
        .await
        .refused(409, "board-not-closed");
    let short = json!({ "after_revision": 0, "reason": " a  " });
    commander
        .post_once(REVISIONS, Uuid::now_v7(), &short)
        .await
        .refused(422, "invalid");
    commander
        .post(REVISIONS, &body)
        .await
        .refused(422, "invalid");
}
