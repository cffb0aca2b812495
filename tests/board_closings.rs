//! Boards of windows that are over say the same for ever; what comes late makes a numbered revision.

use api::db::schema::board_closing;
use api::leaderboard::closing::citizen;
use api::leaderboard::closing::keep;
use api::leaderboard::closing::rules::{NIGHT_WINDOWS_MAX, Span, due};
use api::leaderboard::closing::store::closed_since;
use api::privacy::free_text::Named;
use api::privacy::keys::MasterKey;
use api::reporting::periods::store::{close_period, insert_period};
use chrono::NaiveDate;
use diesel::{ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use mobile_contracts::calendar::local_day;
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
    // One that goes on closes as what it will be, whatever its days so far look like.
    let today = local_day(app.app.clock.now());
    for (period, whole) in [
        (
            "today",
            Span {
                starts_on: today,
                ends_on: today,
            },
        ),
        ("week", Span::week_of(today)),
        ("month", Span::month_of(today)),
    ] {
        let running = ask(&reader, &format!("commune?metric=count&period={period}")).await;
        assert_eq!(running.closing.closes_on, Some(whole.closes_on()));
    }
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

    // Who works elsewhere is told the same editions in tens, their own exactly, and not how many came late.
    let tens = async |path: &str| {
        let told = ask(&elsewhere, path).await;
        let count = |name: &str| {
            let row = told.rows.iter().find(|row| row.name == name);
            row.unwrap().count
        };
        assert_eq!((told.merged_to, told.closing.late), (Some(10), None));
        let counts = (count("Xã Bác Ái"), count("Xã Bác Ái Tây"));
        (told.closing.revision, counts)
    };
    assert_eq!(
        tens(&format!("{WEEK}&revision=0")).await,
        (Some(0), (30, 40))
    );
    assert_eq!(tens(WEEK).await, (Some(1), (50, 40)));
    elsewhere
        .get(&format!("/api/v1/leaderboards/{WEEK}&revision=2"))
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
async fn a_closed_week_stands_still_in_tens_too_and_says_where_it_does_not() {
    let app = TestApp::start().await;
    let (tay, ai) = (app.village("22786", 0).await, app.village("22795", 0).await);
    let elsewhere = app.volunteer("22738").await;
    let commander = app.commander().await;
    // Before the week, in it, and after it: of what has come since the start each ten is told once.
    for (village, on, n) in [
        (tay, "2026-10-30", 7),
        (tay, "2026-11-12", 6),
        (tay, "2026-11-18", 19),
        (ai, "2026-11-20", 14),
        (ai, "2026-11-24", 9),
        (ai, "2026-12-02", 9),
    ] {
        rollup(&app, village, "youth", on, n).await;
    }
    let live = ask(&elsewhere, WEEK).await;
    let told = |board: &Leaderboard| counts(board)[..2].to_vec();
    assert_eq!(
        told(&live),
        [
            ("Xã Bác Ái Tây".to_owned(), 20, Some(1), Some(0), None),
            ("Xã Bác Ái".to_owned(), 10, Some(2), Some(0), None),
        ]
    );
    close(&app, "2026-12-05").await;
    let closed = board(&elsewhere, WEEK, |board| board.closing.closed).await;
    assert_eq!(told(&closed), told(&live), "as it stood");
    assert_eq!(closed.total, live.total);
    // What comes late, in it or before it, moves nothing of it.
    rollup(&app, ai, "youth", "2026-11-19", 45).await;
    rollup(&app, tay, "women", "2026-11-02", 45).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(told(&ask(&elsewhere, WEEK).await), told(&live));
    // On the provisional basis nothing was kept, for anybody: it says that it moves.
    for person in [&elsewhere, &commander] {
        let provisional = ask(person, &format!("{WEEK}&basis=provisional")).await;
        let closing = provisional.closing;
        assert_eq!(closing.still_moves.as_deref(), Some("provisional"));
        assert_eq!((closing.closed, closing.closes_on), (false, None));
    }
    // A window that was closed before tens were kept says so to whoever has tens alone.
    let older = "update board_closing set tens_kept = false";
    app.owner().await.batch_execute(older).await.unwrap();
    let moving = board(&elsewhere, WEEK, |board| !board.closing.closed).await;
    assert_eq!(
        moving.closing.still_moves.as_deref(),
        Some("not_kept_in_groups")
    );
    assert_eq!(moving.rows[0].count, 50, "what stands now");
    elsewhere
        .get(&format!("/api/v1/leaderboards/{WEEK}&revision=0"))
        .await
        .refused(404, "board-revision-not-found");
    assert!(ask(&commander, WEEK).await.closing.closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_late_is_told_of_the_rows_that_are_asked_for_alone() {
    let app = TestApp::start().await;
    let reader = app.commander().await;
    // A ward, and a rural commune.
    let (ward, rural) = (app.village("22738", 0).await, app.village("22786", 0).await);
    for village in [ward, rural] {
        rollup(&app, village, "youth", "2026-11-18", 10).await;
    }
    close(&app, "2026-11-26").await;
    rollup(&app, ward, "youth", "2026-11-19", 5).await;
    rollup(&app, rural, "women", "2026-11-19", 3).await;
    let late = async |query: &str| ask(&reader, &format!("{WEEK}{query}")).await.closing.late;
    assert_eq!(late("").await, Some(8));
    assert_eq!(late("&kind=phuong").await, Some(5));
    assert_eq!(late("&kind=xa").await, Some(3));
    assert_eq!(late("&class=upland").await, Some(3));
    assert_eq!(late("&kind=xa&mass_union=youth").await, Some(0));
    assert_eq!(late("&league=1").await, Some(0), "no target, no league");

    // A window of 2023, of the province of today, which was not there then.
    let old = "commune?metric=count&from=2023-02-06&to=2023-02-12&limit=200";
    rollup(&app, rural, "youth", "2023-02-07", 4).await;
    let mut conn = app.conn().await;
    let closed = keep::close_due(&mut conn, day("2023-02-01"), day("2023-03-01")).await;
    assert!(closed.unwrap().contains(&span("2023-02-06", "2023-02-12")));
    rollup(&app, rural, "youth", "2023-02-08", 6).await;
    for query in ["units=then", "units=today"] {
        let told = ask(&reader, &format!("{old}&{query}")).await;
        assert_eq!(
            (told.total.count, told.closing.late),
            (4, Some(6)),
            "{query}"
        );
    }
}

/// Name, rank, whether it is shared, the day of the full target, late share, grade.
type Shown = (
    String,
    Option<u32>,
    bool,
    Option<NaiveDate>,
    Option<f64>,
    Option<String>,
);

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_board_by_rate_keeps_its_order_and_its_columns() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let reader = app.commander().await;
    let codes = ["22786", "22795", "22801"];
    for (code, people) in codes.into_iter().zip([40, 30, 100]) {
        set_target(&commander, app.commune(code).await, people).await;
    }
    // Both beyond their targets: Bác Ái, which comes first by name, later.
    let village = async |code: &str| app.village(code, 0).await;
    rollup(&app, village("22795").await, "youth", "2026-11-17", 20).await;
    rollup(&app, village("22795").await, "youth", "2026-11-20", 15).await;
    rollup(&app, village("22786").await, "women", "2026-11-18", 44).await;
    rollup(&app, village("22801").await, "youth", "2026-11-19", 50).await;
    let late = "update rollup_day set late = 11 where n = 44; update rollup_month set late = 11 where n = 44;
        update rollup_day set confirmed = n where n = 44; update rollup_total set confirmed = n where n = 44";
    app.owner().await.batch_execute(late).await.unwrap();
    let shown = |board: &Leaderboard| -> Vec<Shown> {
        let rows = board.rows.iter().take(3);
        let shown = rows.map(|row| {
            (
                row.name.clone(),
                row.rank,
                row.tied,
                row.reached_on,
                row.late_percent,
                row.grade.clone(),
            )
        });
        shown.collect()
    };
    let rate = "commune?from=2026-11-16&to=2026-11-22&limit=200";
    let confirmed = format!("{rate}&basis=confirmed");
    let live = ask(&reader, rate).await;
    let live_confirmed = ask(&reader, &confirmed).await;
    let first: Vec<_> = live.rows.iter().take(2).map(|row| row.reached_on).collect();
    assert_eq!(first, [Some(day("2026-11-18")), Some(day("2026-11-20"))]);
    assert_eq!(live.rows[0].late_percent, Some(25.0));
    close(&app, "2026-11-26").await;
    let closed = board(&reader, rate, |board| board.closing.closed).await;
    assert_eq!(shown(&closed), shown(&live), "it is closed as it stood");
    let closed = board(&reader, &confirmed, |board| board.closing.closed).await;
    assert_eq!(shown(&closed), shown(&live_confirmed));
    assert_eq!(closed.rows[0].reached_on, Some(day("2026-11-18")));
    // What comes late makes nobody the first of a board that is closed.
    rollup(&app, village("22795").await, "women", "2026-11-16", 40).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(shown(&ask(&reader, rate).await), shown(&live));
    let proof = keep::verify(&mut *app.conn().await).await.unwrap();
    assert_eq!(proof.broken, Vec::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_that_names_whoever_is_erased_goes_and_the_proof_stays() {
    let app = TestApp::start().await;
    let (commander, village) = (app.commander().await, app.village("22786", 0).await);
    rollup(&app, village, "youth", "2026-11-18", 3).await;
    close(&app, "2026-11-26").await;
    rollup(&app, village, "youth", "2026-11-19", 5).await;
    let revise = json!({ "after_revision": 0, "reason": "Chờ bà Chamaléa Thị Thử" });
    commander
        .post_once(REVISIONS, Uuid::now_v7(), &revise)
        .await
        .expect(201);
    let mut conn = app.conn().await;
    let mut kept = async |name: &str| -> (Vec<String>, usize) {
        let named = Named::new(&[name.to_owned()]);
        citizen::forget(&mut conn, &named).await.unwrap();
        let reasons = board_closing::table
            .filter(board_closing::reason.is_not_null())
            .select(board_closing::reason.assume_not_null())
            .load(&mut conn)
            .await
            .unwrap();
        (reasons, keep::verify(&mut conn).await.unwrap().broken.len())
    };
    let said = vec!["Chờ bà Chamaléa Thị Thử".to_owned()];
    assert_eq!(kept("Trần Thị Khác").await, (said, 0));
    let emptied = vec!["***".to_owned()];
    assert_eq!(kept("Chamaléa Thị Thử").await, (emptied, 0));
    // Nobody puts other words in their place.
    let other = "update board_closing set reason = 'Gửi muộn do lũ' where reason = '***'";
    app.owner().await.batch_execute(other).await.unwrap();
    let other = vec!["Gửi muộn do lũ".to_owned()];
    assert_eq!(kept("Chamaléa Thị Thử").await, (other, 1));
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
async fn a_night_closes_so_many_windows_the_oldest_first_and_tells_what_it_leaves() {
    let app = TestApp::start().await;
    let village = app.village("22786", 0).await;
    let today = local_day(app.app.clock.now());
    let first = today - chrono::Days::new(60);
    rollup(&app, village, "youth", &first.to_string(), 3).await;
    let ready = async || {
        let told = app
            .stranger()
            .get("/health/ready")
            .await
            .expect(200)
            .value();
        (told["closings"].clone(), told["closings_left"].clone())
    };
    assert_eq!(ready().await, (json!("unknown"), json!(0)));
    let due = due(first, today);
    assert!(due.len() > NIGHT_WINDOWS_MAX, "{}", due.len());
    keep::once(&app.app).await.unwrap();
    let closed = async || -> std::collections::BTreeSet<Span> {
        let spans = closed_since(&mut *app.conn().await, first).await.unwrap();
        spans.into_iter().collect()
    };
    let oldest = due.iter().copied().take(NIGHT_WINDOWS_MAX);
    assert_eq!(closed().await, oldest.collect());
    let left = due.len() - NIGHT_WINDOWS_MAX;
    assert_eq!(ready().await, (json!("behind"), json!(left)));
    // The same night again, by another process or after a start, is another night's worth; then all are closed.
    keep::once(&app.app).await.unwrap();
    assert_eq!((closed().await, ready().await.0), (due, json!("ok")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_cut_off_keeps_what_it_closed_and_the_next_one_goes_on() {
    let app = TestApp::start().await;
    let village = app.village("22786", 0).await;
    for on in ["2026-11-02", "2026-11-10", "2026-11-18"] {
        rollup(&app, village, "youth", on, 3).await;
    }
    // The night hangs in the middle of writing the 10th, and its connection ends as it does with a process.
    let hang = "create function hang() returns trigger language plpgsql as
            $$ begin perform pg_sleep(60); return new; end $$;
        create trigger hang before insert on board_sum for each row
            when (new.starts_on = '2026-11-10' and new.ends_on = '2026-11-10') execute function hang()";
    app.owner().await.batch_execute(hang).await.unwrap();
    let since = day("2026-11-01");
    let closed = async || closed_since(&mut *app.conn().await, since).await.unwrap();
    let mut conn = app.conn().await;
    let night = keep::close_due(&mut conn, since, day("2026-11-26"));
    let cut = "do $$ begin assert (select bool_and(pg_terminate_backend(pid)) from pg_stat_activity
        where datname = current_database() and wait_event = 'PgSleep'); end $$";
    let cutting = eventually(async || app.conn().await.batch_execute(cut).await.ok());
    let (night, ()) = tokio::join!(night, cutting);
    assert!(night.is_err());
    let mend = "drop trigger hang on board_sum";
    app.owner().await.batch_execute(mend).await.unwrap();
    let kept = closed().await;
    let proof = keep::verify(&mut *app.conn().await).await.unwrap();
    assert_eq!((proof.looked_at, proof.broken), (kept.len(), Vec::new()));
    let oldest = due(day("2026-11-02"), day("2026-11-26")).into_iter();
    let before = oldest.take_while(|one| *one != span("2026-11-10", "2026-11-10"));
    let mut whole = kept.clone();
    whole.sort_unstable();
    assert_eq!(whole, before.collect::<Vec<_>>(), "and of the 10th nothing");
    let rest = close(&app, "2026-11-26").await;
    assert_eq!(kept.len() + rest.len(), 21 + 3, "each once");
    assert!(rest.iter().all(|span| !kept.contains(span)));
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
async fn the_days_of_a_period_are_compared_with_the_period_before_open_and_closed_and_in_tens() {
    let app = TestApp::start().await;
    let by = app.commander().await.account_id.unwrap();
    let province = app.commune("56").await;
    let mut conn = app.conn().await;
    let mut last = None;
    for (month, own) in [
        ("2026-10-01", span("2026-09-15", "2026-10-14")),
        ("2026-11-01", span("2026-10-20", "2026-11-19")),
    ] {
        let new = OpenReportingPeriod {
            unit_id: province,
            month: mobile_contracts::calendar::Month::of(day(month)).unwrap(),
            starts_on: own.starts_on,
            ends_on: own.ends_on,
            cumulative_from: day("2026-01-01"),
        };
        let period = insert_period(&mut conn, Uuid::now_v7(), &new, by).await;
        last = period.ok();
    }
    let (tay, ai) = (app.village("22786", 0).await, app.village("22795", 0).await);
    // In the period before Tây led; between the two, on days of neither, Ái had many.
    for (village, on, n) in [
        (tay, "2026-10-01", 40),
        (ai, "2026-10-01", 20),
        (ai, "2026-10-17", 500),
        (tay, "2026-11-02", 30),
        (ai, "2026-11-02", 60),
    ] {
        rollup(&app, village, "youth", on, n).await;
    }
    let path = "commune?metric=count&from=2026-10-20&to=2026-11-19&limit=200";
    let reader = app.commander().await;
    let elsewhere = app.volunteer("22738").await;
    let told = |board: &Leaderboard| {
        let rows = board.rows.iter().take(2);
        let rows = rows.map(|row| (row.name.clone(), row.count, row.rank_change));
        (
            rows.collect::<Vec<_>>(),
            board.previous_from,
            board.previous_to,
        )
    };
    let expected = (
        vec![
            ("Xã Bác Ái".to_owned(), 60, Some(1)),
            ("Xã Bác Ái Tây".to_owned(), 30, Some(-1)),
        ],
        Some(day("2026-09-15")),
        day("2026-10-14"),
    );
    assert_eq!(told(&ask(&reader, path).await), expected);
    assert_eq!(told(&ask(&elsewhere, path).await), expected, "in tens");
    close_period(&mut conn, last.unwrap().period_id, by)
        .await
        .unwrap();
    close(&app, "2026-12-05").await;
    let closed = board(&reader, path, |board| board.closing.closed).await;
    assert_eq!(told(&closed), expected);
    // What was closed before this was kept stays compared as it was: with as many days just before.
    let older = "update board_closing set previous_from = null, previous_to = null";
    app.owner().await.batch_execute(older).await.unwrap();
    let older = board(&reader, path, |board| {
        board.previous_to != day("2026-10-14")
    })
    .await;
    assert_eq!(
        (older.previous_from, older.previous_to),
        (Some(day("2026-09-19")), day("2026-10-19"))
    );
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
        "update board_closing set revision = 7",
        "delete from board_target",
        "update board_tens set n = n + 10",
        "update board_reached set reached_on = reached_on - 1",
        "delete from board_grade",
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
