//! Boards that cannot lie: columns that say how far to trust a number, leagues, tens for others, and units
//! of then and of today.

use chrono::NaiveDate;
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::{BoardRow, Leaderboard};

use crate::harness::makers::{draw_of, record};
use crate::harness::rollups::rollup;
use crate::harness::{Person, TestApp};

const THEN: &str = "from=2023-01-17&to=2023-02-19";

async fn set_target(app: &TestApp, unit: UnitId, starts_on: &str, people: u32) {
    let sql = format!(
        "insert into target (unit_id, stage, starts_on, people, denominator, source)
         values ({unit}, 'level2_activated', '{starts_on}', {people}, 'assigned', 'KH thử')"
    );
    app.owner().await.batch_execute(&sql).await.unwrap();
}

async fn board(person: &Person, path: &str) -> Leaderboard {
    let answer = person.get(&format!("/api/v1/leaderboards/{path}")).await;
    answer.expect(200).json()
}

fn row<'a>(board: &'a Leaderboard, name: &str) -> &'a BoardRow {
    let mut rows = board.rows.iter();
    rows.find(|row| row.name == name)
        .unwrap_or_else(|| panic!("{name} is not on the board"))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_target_ranks_the_earliest_first_and_too_many_are_a_fault_of_the_target() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    for code in ["22786", "22795", "22801"] {
        set_target(&app, app.commune(code).await, "2026-01-01", 100).await;
    }
    set_target(&app, app.commune("22810").await, "2026-01-01", 29).await;
    let village = async |code: &str| app.village(code, 0).await;
    // Over its target, but later; full within a month that is over; almost there.
    rollup(&app, village("22786").await, "youth", "2026-09-15", 90).await;
    rollup(&app, village("22786").await, "youth", "2026-11-18", 60).await;
    rollup(&app, village("22795").await, "women", "2026-10-09", 50).await;
    rollup(&app, village("22795").await, "youth", "2026-10-20", 50).await;
    rollup(&app, village("22801").await, "youth", "2026-11-20", 70).await;
    rollup(&app, village("22810").await, "youth", "2026-11-20", 29).await;
    let told = board(&commander, "commune?from=2026-08-02&to=2026-11-22").await;
    let first: Vec<_> = told
        .rows
        .iter()
        .take(3)
        .map(|row| {
            (
                row.name.as_str(),
                row.rank,
                row.tied,
                row.reached_on,
                row.target_error,
            )
        })
        .collect();
    let (early, late) = (Some(day("2026-10-20")), Some(day("2026-11-18")));
    assert_eq!(
        first,
        [
            ("Xã Bác Ái", Some(1), true, early, false),
            ("Xã Bác Ái Tây", Some(1), true, late, true),
            (told.rows[2].name.as_str(), Some(3), false, None, false),
        ]
    );
    assert_eq!(
        row(&told, "Xã Bác Ái Tây").rate_percent,
        Some(150.0),
        "told as it is"
    );
    let small = told.rows.iter().find(|row| row.target == Some(29)).unwrap();
    assert_eq!(
        (small.rank, small.rate_percent),
        (None, Some(100.0)),
        "listed, not ranked"
    );
    // 70 in a week, 30 are left: three days later.
    let week = board(&commander, "commune?from=2026-11-16&to=2026-11-22").await;
    let going = week.rows.iter().find(|row| row.count == 70).unwrap();
    assert_eq!(going.pace_per_day, Some(10.0));
    assert_eq!(going.forecast_on, Some(day("2026-11-25")));
    assert_eq!(
        row(&week, "Xã Bác Ái").forecast_on,
        None,
        "nobody came this week"
    );
    assert_eq!(
        row(&week, "Xã Bác Ái Tây").forecast_on,
        None,
        "it is reached since the start"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_says_how_late_and_how_fresh_its_numbers_are() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let village = app.village("22786", 0).await;
    rollup(&app, village, "youth", "2026-11-18", 40).await;
    let volunteer = app.volunteer("22786").await;
    // Nobody moved yet, and heard of.
    let quiet = app.volunteer("22801").await;
    let phone = |of: &Person, minute: u32, pending: u32| {
        format!(
            "insert into device (device_id, account_id, family_id, public_key, app, version, reported_at, pending)
             values (gen_random_uuid(), '{}', gen_random_uuid(), decode(repeat('04', 65), 'hex'), 'thu', '1',
                 '2026-11-20 03:{minute:02}:00Z', {pending});",
            of.account_id.unwrap()
        )
    };
    let sql = format!(
        "update rollup_day set late = 10; update rollup_month set late = 10; update rollup_total set late = 10;
         {}{}{}{}",
        phone(&volunteer, 0, 40), phone(&volunteer, 30, 2), phone(&volunteer, 10, 0), phone(&quiet, 5, 0)
    );
    app.owner().await.batch_execute(&sql).await.unwrap();
    let told = board(
        &commander,
        "commune?metric=count&from=2026-11-16&to=2026-11-22",
    )
    .await;
    let own = row(&told, "Xã Bác Ái Tây");
    assert_eq!(
        (own.late_percent, own.unsent_estimate),
        (Some(25.0), Some(42))
    );
    assert_eq!(
        own.last_sync_p50.unwrap().to_rfc3339(),
        "2026-11-20T03:10:00+00:00"
    );
    assert_eq!(own.grade.as_deref(), Some("–"), "nobody was called back");
    let silent = row(&told, "Xã Bác Ái");
    assert_eq!((silent.late_percent, silent.unsent_estimate), (None, None));
    // Of nobody is not the same as not heard of.
    let coverage = told.coverage.unwrap();
    assert_eq!((coverage.units_reporting, coverage.units_total), (2, 24));
    let heard = |unit: UnitId| {
        let mut rows = told.rows.iter();
        let row = rows.find(|row| row.unit_id == Some(unit)).unwrap();
        (row.count, row.reporting)
    };
    assert_eq!(heard(app.commune("22801").await), (0, Some(true)));
    assert_eq!((silent.count, silent.reporting), (0, Some(false)));
    assert_eq!((own.count, own.reporting), (40, Some(true)));
    // Who works elsewhere is told nothing of that.
    let stranger = app.volunteer("22795").await;
    let told = board(
        &stranger,
        "commune?metric=count&from=2026-11-16&to=2026-11-22",
    )
    .await;
    let merged = row(&told, "Xã Bác Ái Tây");
    assert_eq!((merged.late_percent, merged.unsent_estimate), (None, None));
    assert_eq!((merged.grade.as_deref(), merged.merged), (None, true));
    assert_eq!((merged.reporting, told.coverage), (None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_estimates_how_many_would_confirm_it_from_those_who_were_asked() {
    let app = TestApp::start().await;
    let (commander, volunteer) = (app.commander().await, app.volunteer("22786").await);
    let (commune, village) = (app.commune("22786").await, app.village("22786", 0).await);
    rollup(&app, village, "youth", "2026-11-18", 41).await;
    let op_id = record(&app, &volunteer, village).await.recorded_op_id;
    let draw_id = draw_of(&app, commune, "passed").await;
    let verifier = volunteer.account_id.unwrap();
    let answers = format!(
        "update draw set week_on = date_trunc('week', app_now() at time zone 'Asia/Ho_Chi_Minh')::date - 7
           where draw_id = '{draw_id}';
         insert into call_back (call_back_id, draw_id, op_id, position, verifier_id, assigned_at, result, told_at)
           select gen_random_uuid(), '{draw_id}'::uuid, '{op_id}'::uuid, n, '{verifier}'::uuid, app_now(),
               case when n <= 12 then 'confirmed' else 'never_met' end, app_now()
           from generate_series(1, 16) as n"
    );
    app.owner().await.batch_execute(&answers).await.unwrap();
    let week = "metric=count&from=2026-11-16&to=2026-11-22";
    let told = board(&commander, &format!("commune?{week}")).await;
    let own = row(&told, "Xã Bác Ái Tây");
    assert_eq!(
        (own.count, own.grade.as_deref(), own.verified_estimate),
        (41, Some("C"), Some(31)),
        "12 of 16 confirmed: 30.75"
    );
    assert_eq!(
        row(&told, "Xã Bác Ái").verified_estimate,
        None,
        "nobody was asked there"
    );
    // Neither where it would say nothing, nor to who works elsewhere.
    let elsewhere = app.volunteer("22795").await;
    for (reader, path) in [
        (&commander, format!("commune?{week}&basis=confirmed")),
        (&commander, format!("commune?{week}&basis=provisional")),
        (&commander, format!("village?{week}&within={commune}")),
        (&commander, format!("union?{week}")),
        (&elsewhere, format!("commune?{week}")),
    ] {
        let told = board(reader, &path).await;
        let mut estimates = told.rows.iter().map(|row| row.verified_estimate);
        assert!(estimates.all(|estimate| estimate.is_none()), "{path}");
    }
}

/// The board of the week from 16 November 2026 once that is closed.
async fn once_closed(app: &TestApp, commander: &Person, week: &str) -> Leaderboard {
    let mut conn = app.conn().await;
    let (since, on) = (day("2026-11-16"), day("2026-11-26"));
    let closed = api::leaderboard::closing::keep::close_due(&mut conn, since, on).await;
    assert!(!closed.unwrap().is_empty());
    crate::harness::eventually(async || {
        let kept = board(commander, week).await;
        kept.closing.closed.then_some(kept)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_equals_whoever_came_to_it_earlier_stands_first_open_and_closed() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let village = async |code: &str| app.village(code, 0).await;
    // By name Bác Ái would be first; before the week it was.
    rollup(&app, village("22795").await, "youth", "2026-11-10", 90).await;
    rollup(&app, village("22795").await, "youth", "2026-11-16", 10).await;
    rollup(&app, village("22795").await, "women", "2026-11-20", 10).await;
    rollup(&app, village("22786").await, "youth", "2026-11-18", 20).await;
    let first = |board: &Leaderboard| {
        let rows = board.rows.iter().take(2);
        let rows = rows.map(|row| (row.name.clone(), row.rank, row.tied));
        rows.collect::<Vec<_>>()
    };
    let expected = [
        ("Xã Bác Ái Tây".to_owned(), Some(1), true),
        ("Xã Bác Ái".to_owned(), Some(1), true),
    ];
    let week = "commune?metric=count&from=2026-11-16&to=2026-11-22";
    assert_eq!(first(&board(&commander, week).await), expected);
    let kept = once_closed(&app, &commander, week).await;
    assert_eq!(first(&kept), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_equal_unions_whoever_came_to_it_earlier_stands_first_open_and_closed() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let village = app.village("22786", 0).await;
    rollup(&app, village, "youth", "2026-11-20", 7).await;
    rollup(&app, village, "women", "2026-11-16", 3).await;
    rollup(&app, village, "women", "2026-11-18", 4).await;
    let first = |board: &Leaderboard| {
        let rows = board.rows.iter().take(2);
        let rows = rows.map(|row| (row.mass_union.clone().unwrap(), row.rank, row.tied));
        rows.collect::<Vec<_>>()
    };
    let expected = ["women", "youth"].map(|word| (word.to_owned(), Some(1), true));
    let week = "union?metric=count&from=2026-11-16&to=2026-11-22";
    assert_eq!(first(&board(&commander, week).await), expected);
    let kept = once_closed(&app, &commander, week).await;
    assert_eq!(first(&kept), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn leagues_are_quarters_by_target_and_stay_while_a_window_goes_on() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let codes = [
        "22738", "22741", "22786", "22795", "22801", "22810", "22813", "22822",
    ];
    for (people, code) in (1..).map(|n| n * 100).zip(codes) {
        set_target(&app, app.commune(code).await, "2026-01-01", people).await;
        rollup(&app, app.village(code, 0).await, "youth", "2026-11-18", 20).await;
    }
    let window = "from=2026-11-16&to=2026-11-22&limit=200";
    let all = board(&commander, &format!("commune?{window}")).await;
    let of = |board: &Leaderboard, people: i64| {
        let row = board.rows.iter().find(|row| row.target == Some(people));
        row.map(|row| (row.league, row.league_rank))
    };
    assert_eq!(
        of(&all, 800),
        Some((Some(1), Some(2))),
        "the larger of its league"
    );
    assert_eq!(of(&all, 700), Some((Some(1), Some(1))));
    assert_eq!(of(&all, 100), Some((Some(4), Some(1))));
    let last = board(&commander, &format!("commune?{window}&league=4")).await;
    let ranks: Vec<_> = last.rows.iter().map(|row| (row.target, row.rank)).collect();
    assert_eq!(ranks, [(Some(100), Some(1)), (Some(200), Some(2))]);
    // A target that begins while the window goes on moves nobody in it.
    set_target(&app, app.commune("22849").await, "2026-11-18", 5_000).await;
    let again = crate::harness::eventually(async || {
        let again = board(&commander, &format!("commune?{window}")).await;
        again
            .rows
            .iter()
            .any(|row| row.target == Some(5_000))
            .then_some(again)
    })
    .await;
    assert_eq!(
        of(&again, 5_000),
        Some((None, None)),
        "in a league from the next window on"
    );
    assert_eq!(of(&again, 700), Some((Some(1), Some(1))));
    let wards = board(&commander, "commune?kind=phuong&metric=count&limit=200").await;
    assert!(!wards.rows.is_empty() && wards.rows.iter().all(|row| row.name.starts_with("Phường ")));
    let problem = commander
        .get("/api/v1/leaderboards/commune?kind=lang&league=5&units=now")
        .await
        .refused(422, "invalid");
    let pointers: Vec<&str> = problem
        .errors
        .iter()
        .map(|it| it.pointer.as_str())
        .collect();
    assert_eq!(pointers, ["?kind", "?league", "?units"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_of_few_people_elsewhere_by_subtracting_or_by_windows_apart() {
    let app = TestApp::start().await;
    let own = app.village("22786", 0).await;
    // Three communes of before the merger in one of today, two unions, days with few people each.
    let elsewhere: Vec<UnitId> = {
        let geography = app.geography().await;
        let commune = geography.by_code("22795", day("2026-11-01")).unwrap();
        let villages = geography.children_on(commune, day("2026-11-01"));
        villages.iter().map(|village| village.unit_id).collect()
    };
    rollup(&app, own, "youth", "2026-11-03", 3).await;
    let mut people = 0;
    for on in 1..=14 {
        for (at, village) in elsewhere.iter().enumerate().take(6) {
            let n = (on * 7 + at as i32 * 5) % 4;
            let mass_union = if at % 2 == 0 { "youth" } else { "women" };
            rollup(&app, *village, mass_union, &format!("2026-11-{on:02}"), n).await;
            people += i64::from(n);
        }
    }
    let reader = app.volunteer("22786").await;
    let ask = async |query: &str| {
        let told = board(&reader, &format!("commune?metric=count&limit=200&{query}")).await;
        assert_eq!(told.merged_to, Some(10));
        told
    };
    let count = |board: &Leaderboard| row(board, "Xã Bác Ái").count;
    let all = count(&ask("to=2026-11-14").await);
    assert!(
        all > 0 && all % 10 == 0 && all <= people,
        "{all} of {people}"
    );
    for split in 1..14 {
        let early = ask(&format!("from=2026-11-01&to=2026-11-{split:02}")).await;
        let late = ask(&format!("from=2026-11-{:02}&to=2026-11-14", split + 1)).await;
        for told in [&early, &late] {
            assert_eq!(count(told) % 10, 0);
        }
        assert_eq!(
            count(&early) + count(&late),
            all,
            "no window hides a difference"
        );
    }
    let women = count(&ask("to=2026-11-14&mass_union=women").await);
    let youth = count(&ask("to=2026-11-14&mass_union=youth").await);
    assert_eq!((women % 10, women + youth), (0, all));
    let then = ask("to=2026-11-14&units_as_of=2023-02-10").await;
    let today = ask("to=2026-11-14").await;
    // One's own three are exact today; of then, whoever reads answers for them as well.
    assert_eq!(
        (
            row(&today, "Xã Bác Ái Tây").count,
            row(&today, "Xã Bác Ái Tây").merged
        ),
        (3, false)
    );
    assert_eq!(today.total.count, all + 3);
    assert_eq!(then.total.count, today.total.count);
    let others = then.rows.iter().filter(|row| row.merged);
    assert!(others.map(|row| row.count % 10).all(|rest| rest == 0));
    // The public has tens of everybody, of what is exact for its own people too.
    let page = app.stranger().get("/bang").await.expect(200);
    assert!(
        page.text.contains(&format!("<strong>{all}</strong>")),
        "{}",
        page.text
    );
    let commander = app.commander().await;
    let exact = board(&commander, "commune?metric=count&to=2026-11-14&limit=200").await;
    assert_eq!((exact.merged_to, count(&exact)), (None, people));
}

#[tokio::test(flavor = "multi_thread")]
async fn units_of_then_and_of_today_come_to_the_same_whole() {
    let app = TestApp::start().await;
    let geography = app.geography().await;
    let then = day("2023-02-19");
    let province = geography.by_code("58", then).unwrap();
    let communes = geography.within(province, api::geography::Level::Commune, then);
    assert_eq!(communes.len(), 65);
    let (mut people, mut assigned) = (0, 0);
    for (at, commune) in communes.iter().enumerate() {
        let target = 101 + 7 * at as u32;
        set_target(&app, *commune, "2023-01-01", target).await;
        assigned += i64::from(target);
        for (place, village) in geography.children_on(*commune, then).iter().enumerate() {
            let n = 1 + (at + 3 * place) as i32 % 11;
            rollup(&app, village.unit_id, "youth", "2023-02-01", n).await;
            people += i64::from(n);
        }
    }
    let commander = app.commander().await;
    let ask =
        async |units: &str| board(&commander, &format!("commune?{THEN}&limit=200&{units}")).await;
    let of_then = ask("units=then").await;
    let between = ask("units_as_of=2024-12-31").await;
    let of_today = ask("units=today").await;
    let sizes = [&of_then, &between, &of_today].map(|board| board.rows.len());
    assert_eq!(sizes, [65, 62, 24]);
    for told in [&of_then, &between, &of_today] {
        assert_eq!(
            (told.total.count, told.total.target),
            (people, Some(assigned))
        );
        assert_eq!(told.total.rows_with_target as usize, told.rows.len());
    }
    // Đông Hải was parted: thôn Phú Thọ went to Phước Dinh, the others to the ward of today.
    let parted = of_then
        .rows
        .iter()
        .find(|row| row.name == "Phường Đông Hải")
        .unwrap();
    let villages = geography.children_on(parted.unit_id.unwrap(), then);
    let phu_tho = geography.search("phu tho", None, None, then)[0];
    assert!(villages.iter().any(|village| village.unit_id == phu_tho) && villages.len() > 2);
    let share = parted.target.unwrap() / villages.len() as i64;
    let whole = |code: &str| {
        let unit = geography.by_code(code, then).unwrap();
        of_then
            .rows
            .iter()
            .find(|row| row.unit_id == Some(unit))
            .unwrap()
    };
    let phuoc_dinh = row(&of_today, "Xã Phước Dinh");
    let expected = whole("22888").target.unwrap() + whole("22903").target.unwrap();
    assert!((phuoc_dinh.target.unwrap() - expected - share).abs() <= 1);
    assert!(phuoc_dinh.target_divided && row(&of_today, "Phường Đông Hải").target_divided);
    assert!(
        !row(&of_today, "Xã Bác Ái Tây").target_divided,
        "those came whole"
    );
    // A unit of today in the units of then: only its own villages of the parted ward.
    let dinh = app.commune("22888").await;
    let inside = ask(&format!("units=then&within={dinh}")).await;
    let split = row(&inside, "Phường Đông Hải");
    assert!(split.part && inside.rows.len() == 3);
    assert_eq!(inside.total.count, phuoc_dinh.count);
    assert_eq!(inside.total.target, phuoc_dinh.target);
    // Whoever works elsewhere has tens, of the same whole in both.
    let reader = app.volunteer("22738").await;
    let path = |units: &str| format!("commune?{THEN}&limit=200&units={units}");
    let (then, today) = (
        board(&reader, &path("then")).await,
        board(&reader, &path("today")).await,
    );
    assert_eq!(then.total.count, today.total.count);
    assert!(then.total.count < people && then.total.count > people / 2);
    let tens = |board: &Leaderboard| {
        let merged = board.rows.iter().filter(|row| row.merged);
        merged.map(|row| row.count % 10).collect::<Vec<_>>()
    };
    assert_eq!(
        tens(&then),
        [0; 63],
        "all but the two that are one's own today"
    );
    assert_eq!(tens(&today), [0; 23]);
}
