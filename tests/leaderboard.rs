//! Boards from rollups, targets beside them.

use mobile_contracts::campaign::{ImportedTargets, Target};
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::{BoardRow, Leaderboard};
use mobile_contracts::page::Page;
use serde_json::json;

use crate::harness::rollups::rollup;
use crate::harness::{Person, TestApp};

async fn set_target(person: &Person, unit: UnitId, people: u32) -> crate::harness::Answer {
    let target = json!({ "unit_id": unit, "stage": "level2_activated", "starts_on": "2026-01-01", "people": people, "denominator": "assigned", "source": "KH thử" });
    person
        .put("/api/v1/targets", json!({ "targets": [target] }))
        .await
}

async fn board(person: &Person, path: &str) -> Leaderboard {
    person
        .get(&format!("/api/v1/leaderboards/{path}"))
        .await
        .expect(200)
        .json()
}

fn row<'a>(board: &'a Leaderboard, name: &str) -> &'a BoardRow {
    board
        .rows
        .iter()
        .find(|row| row.name == name)
        .unwrap_or_else(|| panic!("{name} is not on the board"))
}

#[tokio::test(flavor = "multi_thread")]
async fn communes_are_ranked_by_rate_with_ties_and_their_change() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    for (code, people) in [("22786", 100), ("22795", 1000), ("22801", 100)] {
        set_target(&commander, app.commune(code).await, people)
            .await
            .expect(204);
    }
    let (tay, ai, dong) = (
        app.village("22786", 0).await,
        app.village("22795", 0).await,
        app.village("22801", 0).await,
    );
    // The week before: Bác Ái leads. This week: Tây and Đông pass it, side by side.
    rollup(&app, ai, "youth", "2026-11-12", 300).await;
    rollup(&app, tay, "youth", "2026-11-12", 10).await;
    rollup(&app, ai, "women", "2026-11-18", 100).await;
    rollup(&app, tay, "women", "2026-11-18", 50).await;
    rollup(&app, dong, "youth", "2026-11-18", 50).await;
    let volunteer = app.volunteer("22786").await;
    let this_week = board(
        &volunteer,
        "commune?from=2026-11-16&to=2026-11-22&limit=200",
    )
    .await;
    assert_eq!(this_week.rows.len(), 24);
    let ranks: Vec<(Option<u32>, bool)> = this_week
        .rows
        .iter()
        .take(3)
        .map(|row| (row.rank, row.tied))
        .collect();
    assert_eq!(ranks, [(Some(1), true), (Some(1), true), (Some(3), false)]);
    let bac_ai = row(&this_week, "Xã Bác Ái");
    assert_eq!(
        (bac_ai.count, bac_ai.rate_percent, bac_ai.rank_change),
        (100, Some(10.0), Some(-2))
    );
    let bac_ai_tay = row(&this_week, "Xã Bác Ái Tây");
    assert_eq!(
        (
            bac_ai_tay.rate_percent,
            bac_ai_tay.rank_change,
            bac_ai_tay.pace_per_day
        ),
        (Some(50.0), Some(1), Some(7.1))
    );
    assert_eq!(
        row(&this_week, "Phường Phan Rang").rank,
        None,
        "no target, no rank"
    );
    assert_eq!(this_week.total.count, 200);
    assert_eq!(this_week.total.rate_percent, Some(16.7));
    let by_count = board(&volunteer, "commune?metric=count").await;
    assert_eq!(by_count.rows[0].name, "Xã Bác Ái");
    assert_eq!(by_count.rows[0].count, 400);
    let then = board(&volunteer, "commune?metric=count&to=2026-11-15").await;
    assert_eq!(
        (row(&then, "Xã Bác Ái").count, then.total.count),
        (300, 310),
        "the standing of a day that is over"
    );
    let youth = board(&volunteer, "commune?metric=count&mass_union=youth").await;
    assert_eq!(row(&youth, "Xã Bác Ái").count, 300);
    let unions = board(&volunteer, "union?from=2026-11-16&to=2026-11-22").await;
    assert_eq!(
        (unions.rows[0].mass_union.as_deref(), unions.rows[0].count),
        (Some("women"), 150)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_total_says_how_much_of_it_is_against_a_target() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let without = board(&commander, "commune?metric=count").await.total;
    assert_eq!((without.target, without.rate_percent), (None, None));
    assert_eq!((without.rows, without.rows_with_target), (24, 0));
    for (code, n) in [("22786", 30), ("22795", 20), ("22801", 500)] {
        rollup(&app, app.village(code, 0).await, "youth", "2026-11-18", n).await;
    }
    for code in ["22786", "22795"] {
        set_target(&commander, app.commune(code).await, 100)
            .await
            .expect(204);
    }
    let two = board(&commander, "commune?from=2026-11-16&to=2026-11-22").await;
    let total = &two.total;
    assert_eq!((total.count, total.count_with_target), (550, 50));
    assert_eq!((total.rows, total.rows_with_target), (24, 2));
    assert_eq!((total.target, total.rate_percent), (Some(200), Some(25.0)));
    assert_eq!(total.denominator.as_deref(), Some("assigned"));
    // People assigned and people eligible make no sum.
    let eligible = json!({ "unit_id": app.commune("22801").await, "stage": "level2_activated", "starts_on": "2026-01-01", "people": 1000, "denominator": "eligible", "source": "KH thử" });
    commander
        .put("/api/v1/targets", json!({ "targets": [eligible] }))
        .await
        .expect(204);
    let mixed = board(&commander, "commune?from=2026-11-16&to=2026-11-21").await;
    assert_eq!((mixed.total.target, mixed.total.rate_percent), (None, None));
    assert_eq!(mixed.total.denominator, None);
    assert_eq!(mixed.total.rows_with_target, 3);
    assert_eq!(row(&mixed, "Xã Bác Ái Tây").rate_percent, Some(30.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_prints_the_units_of_its_own_day_and_compares_across_mergers() {
    let app = TestApp::start().await;
    let then = "2023-02-10".parse().unwrap();
    let geography = app.geography().await;
    let commune = geography.by_code("22783", then).unwrap();
    let village = geography.children_on(commune, then)[0].unit_id;
    let phu_tho = geography.search("phu tho", None, None, then)[0];
    rollup(&app, village, "youth", "2023-02-10", 7).await;
    rollup(&app, phu_tho, "youth", "2023-02-10", 5).await;
    let commander = app.commander().await;
    let ninh_thuan = geography.by_code("58", then).unwrap();
    let window = format!("from=2023-01-17&to=2023-02-19&metric=count&within={ninh_thuan}");
    let districts = board(&commander, &format!("district?{window}")).await;
    assert_eq!(districts.rows.len(), 7);
    assert_eq!(row(&districts, "Huyện Bác Ái").count, 7);
    let communes = board(&commander, &format!("commune?{window}&limit=200")).await;
    assert_eq!(communes.rows.len(), 65);
    assert_eq!(row(&communes, "Xã Phước Bình").count, 7);
    assert_eq!(row(&communes, "Phường Đông Hải").count, 5);
    // The same work in today's units: the split village is where it belongs now.
    let today = board(
        &commander,
        "commune?from=2023-01-17&to=2023-02-19&metric=count&units_as_of=2026-11-23&limit=200",
    )
    .await;
    assert_eq!(today.rows.len(), 24);
    assert_eq!(row(&today, "Xã Bác Ái Tây").count, 7);
    assert_eq!(row(&today, "Xã Phước Dinh").count, 5);
    assert_eq!(row(&today, "Phường Đông Hải").count, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn villages_are_exact_only_for_those_who_work_there() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    rollup(
        &app,
        app.village("22786", 0).await,
        "youth",
        "2026-11-18",
        3,
    )
    .await;
    let own = board(&volunteer, "village?metric=count").await;
    assert_eq!(own.rows[0].count, 3);
    assert!(
        own.rows
            .iter()
            .all(|row| row.within.as_deref() == Some("Xã Bác Ái Tây, Tỉnh Khánh Hòa"))
    );
    let elsewhere = app.commune("22795").await;
    volunteer
        .get(&format!("/api/v1/leaderboards/village?within={elsewhere}"))
        .await
        .refused(404, "not-found");
    let village = app.village("22795", 0).await;
    volunteer
        .get(&format!("/api/v1/leaderboards/union?within={village}"))
        .await
        .refused(404, "not-found");
    app.commander()
        .await
        .get(&format!("/api/v1/leaderboards/village?within={elsewhere}"))
        .await
        .expect(200);
    app.stranger()
        .get("/api/v1/leaderboards/commune")
        .await
        .refused(401, "sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_costs_nothing_until_something_changes() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let ask = async |tag: Option<&str>| {
        let mut request = volunteer.request(
            reqwest::Method::GET,
            "/api/v1/leaderboards/commune?metric=count",
        );
        if let Some(tag) = tag {
            request = request.header("if-none-match", tag);
        }
        volunteer.send(request).await
    };
    let first = ask(None).await.expect(200);
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    ask(Some(&tag)).await.expect(304);
    rollup(
        &app,
        app.village("22786", 0).await,
        "youth",
        "2026-11-18",
        3,
    )
    .await;
    let moved = crate::harness::eventually(async || {
        let answer = ask(Some(&tag)).await;
        (answer.status == 200).then_some(answer)
    })
    .await;
    assert_eq!(moved.json::<Leaderboard>().total.count, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_are_set_listed_and_imported_within_ones_unit() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let commune = app.commune("22786").await;
    set_target(&commander, commune, 500).await.expect(204);
    set_target(&commander, commune, 600).await.expect(204);
    let listed: Page<Target> = app
        .volunteer("22786")
        .await
        .get("/api/v1/targets")
        .await
        .expect(200)
        .json();
    assert_eq!(
        listed
            .items
            .iter()
            .map(|target| target.people)
            .collect::<Vec<_>>(),
        [600]
    );
    let overlapping = json!({ "unit_id": commune, "stage": "level2_activated", "starts_on": "2026-06-01", "people": 5, "denominator": "assigned", "source": "x" });
    commander
        .put("/api/v1/targets", json!({ "targets": [overlapping] }))
        .await
        .refused(409, "target-overlaps");
    let wrong = json!({ "unit_id": commune, "stage": "level3", "starts_on": "2026-06-01", "ends_on": "2026-01-01", "people": 0, "denominator": "assigned", "source": "" });
    let problem = commander
        .put("/api/v1/targets", json!({ "targets": [wrong] }))
        .await
        .refused(422, "invalid");
    let pointers: Vec<&str> = problem
        .errors
        .iter()
        .map(|error| error.pointer.as_str())
        .collect();
    assert_eq!(
        pointers,
        [
            "/targets/0/stage",
            "/targets/0/people",
            "/targets/0/ends_on",
            "/targets/0/source"
        ]
    );
    app.lead("22786")
        .await
        .put("/api/v1/targets", json!({ "targets": [] }))
        .await
        .refused(403, "forbidden");
    let import = async |csv: &str, dry_run: bool| -> ImportedTargets {
        let request = commander.request(
            reqwest::Method::POST,
            &format!("/api/v1/targets/imports?dry_run={dry_run}"),
        );
        commander
            .send(
                request
                    .header("content-type", "text/csv")
                    .body(csv.to_owned()),
            )
            .await
            .expect(200)
            .json()
    };
    let header = "unit_code,stage,starts_on,ends_on,people,denominator,source\n";
    let bad = format!(
        "{header}22795,installed,2026-01-01,,900,eligible,KH 73\n99999,installed,2026-01-01,,900,eligible,KH 73\n"
    );
    let judged = import(&bad, false).await;
    assert!(judged.dry_run);
    assert_eq!((judged.set, judged.refused[0].line), (1, 3));
    let good = format!("{header}22795,installed,2026-01-01,,900,eligible,KH 73\n");
    assert!(import(&good, true).await.dry_run);
    assert_eq!(
        import(&good, false).await,
        ImportedTargets {
            dry_run: false,
            set: 1,
            refused: Vec::new()
        }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_questions_about_boards_are_answered_all_at_once() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let problem = volunteer
        .get("/api/v1/leaderboards/commune?stage=x&metric=y&class=z&from=2026-02-01&to=2026-01-01")
        .await
        .refused(422, "invalid");
    let pointers: Vec<&str> = problem
        .errors
        .iter()
        .map(|error| error.pointer.as_str())
        .collect();
    assert_eq!(pointers, ["?stage", "?metric", "?class", "?from"]);
    volunteer
        .get("/api/v1/leaderboards/hamlet")
        .await
        .refused(404, "board-not-found");
    volunteer
        .get("/api/v1/leaderboards/commune?from=0001-01-01")
        .await
        .refused(422, "invalid");
    volunteer
        .get("/api/v1/leaderboards/commune?within=999999")
        .await
        .refused(404, "board-not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_page_shows_no_small_number() {
    let app = TestApp::start().await;
    rollup(
        &app,
        app.village("22786", 0).await,
        "youth",
        "2026-11-18",
        9,
    )
    .await;
    rollup(
        &app,
        app.village("22795", 0).await,
        "youth",
        "2026-11-18",
        1234,
    )
    .await;
    let page = app.stranger().get("/bang?ky=luy-ke").await.expect(200);
    assert!(page.text.contains("1.230"), "{}", page.text);
    for told in ["1.234", "1.243", "1.240"] {
        assert!(!page.text.contains(told), "{told} would give the rest away");
    }
    assert!(
        page.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("sha256-")
    );
    assert!(!page.text.contains("<script"));
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn ranks_are_compared_with_as_much_of_the_week_or_month_before() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let (ai, tay) = (app.village("22795", 0).await, app.village("22786", 0).await);
    for (village, on, n) in [
        // Last week: Tây leads until Wednesday, and Ái at its end.
        (ai, "2026-11-17", 10),
        (tay, "2026-11-17", 15),
        (ai, "2026-11-20", 100),
        (ai, "2026-11-24", 20),
        (tay, "2026-11-24", 15),
    ] {
        rollup(&app, village, "youth", on, n).await;
    }
    let week = board(&commander, "commune?metric=count&period=week&to=2026-11-25").await;
    assert_eq!(
        (week.previous_from, week.previous_to),
        (Some(day("2026-11-16")), day("2026-11-18"))
    );
    assert_eq!(row(&week, "Xã Bác Ái").rank_change, Some(1));
    assert_eq!(row(&week, "Xã Bác Ái Tây").rank_change, Some(-1));
    // Chosen days are as before: the three just before.
    let days = board(
        &commander,
        "commune?metric=count&from=2026-11-23&to=2026-11-25",
    )
    .await;
    assert_eq!(days.previous_from, Some(day("2026-11-20")));
    assert_eq!(row(&days, "Xã Bác Ái").rank_change, Some(0));
    for (query, from, to) in [
        ("period=month&to=2027-03-30", "2027-02-01", "2027-02-28"),
        ("period=month&to=2027-03-09", "2027-02-01", "2027-02-09"),
        ("from=2027-02-01&to=2027-02-28", "2027-01-01", "2027-01-31"),
        ("period=today&to=2027-03-01", "2027-02-28", "2027-02-28"),
    ] {
        let told = board(&commander, &format!("commune?{query}")).await;
        assert_eq!(
            (told.previous_from, told.previous_to),
            (Some(day(from)), day(to)),
            "{query}"
        );
    }
    let start = board(&commander, "commune?to=2026-11-25").await;
    assert_eq!(
        (start.previous_from, start.previous_to),
        (None, day("2026-11-18"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn momentum_ranks_who_grew_most_against_its_target() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let codes = ["22786", "22795", "22801"];
    for (code, people) in codes.into_iter().zip([100, 1000, 200]) {
        set_target(&commander, app.commune(code).await, people)
            .await
            .expect(204);
    }
    // From 10 to 30 of 100; from 300 to 350 of 1000; from 40 to none.
    for (code, on, n) in [
        ("22786", "2026-11-10", 10),
        ("22786", "2026-11-17", 30),
        ("22795", "2026-11-11", 300),
        ("22795", "2026-11-18", 350),
        ("22801", "2026-11-12", 40),
        // Without a target: listed.
        ("22738", "2026-11-18", 70),
    ] {
        rollup(&app, app.village(code, 0).await, "youth", on, n).await;
    }
    let week = "commune?metric=momentum&from=2026-11-16&to=2026-11-22&limit=200";
    let told = board(&commander, week).await;
    assert_eq!(told.metric, "momentum");
    let of = |unit| {
        let mut rows = told.rows.iter();
        let row = rows.find(|row| row.unit_id == Some(unit)).unwrap();
        (row.rank, row.growth, row.growth_points, row.rank_change)
    };
    let unit = async |code: &str| app.commune(code).await;
    assert_eq!(
        of(unit("22786").await),
        (Some(1), Some(20), Some(20.0), None)
    );
    assert_eq!(
        of(unit("22795").await),
        (Some(2), Some(50), Some(5.0), None)
    );
    assert_eq!(
        of(unit("22801").await),
        (Some(3), Some(-40), Some(-20.0), None)
    );
    assert_eq!(of(unit("22738").await), (None, Some(70), None, None));
    // In tens for others, and of unions in people.
    let stranger = app.volunteer("22849").await;
    let tens = board(&stranger, week).await;
    assert_eq!(
        (tens.rows[0].growth, tens.rows[1].growth),
        (Some(20), Some(50))
    );
    let union = board(&commander, &week.replace("commune", "union")).await;
    assert_eq!(
        (union.rows[0].rank, union.rows[0].growth),
        (Some(1), Some(100))
    );
    // Since the start there is nothing before.
    let problem = commander
        .get("/api/v1/leaderboards/commune?metric=momentum")
        .await
        .refused(422, "invalid");
    assert_eq!(problem.errors[0].pointer.to_string(), "?metric");
    // Closed, it is the same.
    let closed = {
        let mut conn = app.conn().await;
        api::leaderboard::closing::keep::close_due(&mut conn, day("2026-11-16"), day("2026-11-26"))
            .await
    };
    assert!(!closed.unwrap().is_empty());
    let kept = crate::harness::eventually(async || {
        let kept = board(&commander, week).await;
        kept.closing.closed.then_some(kept)
    })
    .await;
    let said = |board: &Leaderboard| {
        let rows = board.rows.iter().take(3);
        let said = rows.map(|row| (row.name.clone(), row.rank, row.growth));
        said.collect::<Vec<_>>()
    };
    assert_eq!(said(&kept), said(&told));
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_are_changed_as_they_were_seen_or_not_at_all() {
    let app = TestApp::start().await;
    let (one, other) = (app.commander().await, app.commander().await);
    let (here, there) = (app.commune("22786").await, app.commune("22795").await);
    set_target(&one, here, 500).await.expect(204);
    let seen = async |unit| {
        let path = format!("/api/v1/targets?limit=1&unit_id={unit}");
        let listed = one.get(&path).await.expect(200);
        listed.headers["etag"].to_str().unwrap().to_owned()
    };
    let change = async |people: i32, tag: &str| {
        let target = json!({ "unit_id": here, "stage": "level2_activated", "starts_on": "2026-01-01", "people": people, "denominator": "assigned", "source": "KH 73" });
        let request = one.request(reqwest::Method::PUT, "/api/v1/targets");
        let request = request.header("if-match", tag);
        one.send(request.json(&json!({ "targets": [target] })))
            .await
    };
    let (tag, elsewhere) = (seen(here).await, seen(there).await);
    set_target(&other, here, 600).await.expect(204);
    change(700, &tag).await.refused(412, "targets-changed");
    // What is not before one's eyes does not matter.
    assert_eq!(seen(there).await, elsewhere);
    change(700, &seen(here).await).await.expect(204);
    change(800, "*").await.expect(204);
    let (foreign, key) = (
        app.commune("56").await,
        json!({ "unit_id": here, "stage": "level2_activated", "starts_on": "2026-01-01" }),
    );
    let remove = async |tag: &str| {
        let request = one.request(reqwest::Method::POST, "/api/v1/targets/removals");
        let request = request.header("if-match", tag);
        one.send(request.json(&json!({ "targets": [key.clone()] })))
            .await
    };
    let (before, wide) = (seen(here).await, seen(foreign).await);
    set_target(&other, there, 40).await.expect(204);
    remove(&wide).await.refused(412, "targets-changed");
    remove(&format!("\"{here}.x\", nonsense"))
        .await
        .refused(412, "targets-changed");
    remove(&before).await.expect(204);
}
