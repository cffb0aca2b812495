//! Trends: a board's history in one answer, and nothing more than boards tell.

use chrono::NaiveDate;
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::leaderboard::Leaderboard;
use mobile_contracts::trend::Trend;

use crate::harness::rollups::rollup;
use crate::harness::{Person, TestApp};

const HERE: &str = "22786";
const ELSEWHERE: &str = "22795";
const DAYS: &str = "from=2026-10-19&to=2026-11-15";

async fn trend(person: &Person, query: &str) -> Trend {
    let path = format!("/api/v1/leaderboards/trend?{query}");
    person.get(&path).await.expect(200).json()
}

/// What a board of unions tells of these days.
async fn board(person: &Person, query: &str) -> (i64, i64) {
    let path = format!("/api/v1/leaderboards/union?metric=count&{query}");
    let board: Leaderboard = person.get(&path).await.expect(200).json();
    (board.total.count, board.total.confirmed)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A few people on most days of four weeks and before, in villages here and elsewhere, some confirmed.
async fn some_weeks(app: &TestApp) {
    for (code, shift) in [(HERE, 1), (ELSEWHERE, 3)] {
        for place in 0..2 {
            let village = app.village(code, place).await;
            for back in 0..36_i32 {
                let on = day("2026-11-15") - chrono::TimeDelta::days(i64::from(back));
                let mass_union = if (back + shift) % 3 == 0 {
                    "women"
                } else {
                    "youth"
                };
                let n = (back * 7 + shift + place as i32 * 5) % 6;
                rollup(app, village, mass_union, &on.to_string(), n).await;
            }
        }
    }
    let sql = "update rollup_day set confirmed = n / 2;
        update rollup_month m set confirmed = (select sum(d.confirmed) from rollup_day d
            where (d.village_id, d.stage, d.mass_union) = (m.village_id, m.stage, m.mass_union)
            and date_trunc('month', d.on_day) = m.month);
        update rollup_total t set confirmed = (select sum(d.confirmed) from rollup_day d
            where (d.village_id, d.stage, d.mass_union) = (t.village_id, t.stage, t.mass_union))";
    app.owner().await.batch_execute(sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_tells_what_a_board_of_its_days_tells_the_same_reader() {
    let app = TestApp::start().await;
    some_weeks(&app).await;
    let (commander, reader) = (app.commander().await, app.volunteer(HERE).await);
    let elsewhere = app.commune(ELSEWHERE).await;
    let within = format!("within={elsewhere}&mass_union=youth");
    let mut told = Vec::new();
    for person in [&commander, &reader] {
        for scope in ["", within.as_str()] {
            let by_day = trend(person, &format!("{DAYS}&{scope}")).await;
            assert_eq!((by_day.step.as_str(), by_day.points.len()), ("day", 28));
            for point in &by_day.points {
                let days = format!("from={}&to={}&{scope}", point.from, point.to);
                let board = board(person, &days).await;
                assert_eq!((point.count, point.confirmed), board, "{days}");
            }
            let steps = ["week", "month"].map(|step| format!("{DAYS}&{scope}&step={step}"));
            for query in steps {
                let longer = trend(person, &query).await;
                for point in &longer.points {
                    let days = format!("from={}&to={}&{scope}", point.from, point.to);
                    assert_eq!((point.count, point.confirmed), board(person, &days).await);
                }
                assert_eq!(longer.count, by_day.count, "{query}");
            }
            told.push(by_day);
        }
    }
    let [all, _, tens, elsewhere_in_tens] = &told[..] else {
        unreachable!()
    };
    assert!(all.merged_to.is_none() && all.points.iter().any(|point| point.count % 10 > 0));
    for told in [tens, elsewhere_in_tens] {
        assert_eq!(told.merged_to, Some(10));
        assert!(told.count > 0 && told.points.iter().all(|point| point.count % 10 == 0));
    }
    // One's own commune is exact, and so are its villages.
    let own = format!("{DAYS}&within={}", app.commune(HERE).await);
    assert_eq!(trend(&reader, &own).await, {
        let as_of = trend(&reader, &own).await.as_of;
        Trend {
            as_of,
            ..trend(&commander, &own).await
        }
    });
    let village = format!("{DAYS}&within={}", app.village(HERE, 0).await);
    assert_eq!(trend(&reader, &village).await.merged_to, None);
    let theirs = format!(
        "/api/v1/leaderboards/trend?within={}",
        app.village(ELSEWHERE, 0).await
    );
    reader.get(&theirs).await.refused(404, "not-found");
    commander.get(&theirs).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trend_is_bounded_and_costs_nothing_until_something_changes() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let usual = trend(&commander, "").await;
    assert_eq!((usual.points.len(), usual.count), (28, 0));
    let long = trend(&commander, "from=2025-10-12&to=2026-11-15&step=day").await;
    assert_eq!(long.points.len(), 400);
    let suited = trend(&commander, "from=2023-01-01&to=2026-11-15").await;
    assert_eq!((suited.step.as_str(), suited.points.len()), ("month", 47));
    let refused = async |query: &str| {
        let path = format!("/api/v1/leaderboards/trend?{query}");
        let problem = commander.get(&path).await.refused(422, "invalid");
        let pointers = problem.errors.iter().map(|it| it.pointer.to_string());
        pointers.collect::<Vec<_>>()
    };
    assert_eq!(
        refused("from=2025-10-11&to=2026-11-15&step=day").await,
        ["?step"]
    );
    assert_eq!(refused("from=2026-11-16&to=2026-11-15").await, ["?from"]);
    assert_eq!(
        refused("stage=all&mass_union=men&step=hour&from=1999-01-01").await,
        ["?stage", "?mass_union", "?step", "?from"]
    );
    app.stranger()
        .get("/api/v1/leaderboards/trend")
        .await
        .refused(401, "sign-in");
    let ask = async |tag: Option<&str>| {
        let path = format!("/api/v1/leaderboards/trend?{DAYS}");
        let mut request = commander.request(reqwest::Method::GET, &path);
        if let Some(tag) = tag {
            request = request.header("if-none-match", tag);
        }
        commander.send(request).await
    };
    let first = ask(None).await.expect(200);
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    ask(Some(&tag)).await.expect(304);
    let village = app.village(HERE, 0).await;
    rollup(&app, village, "youth", "2026-11-11", 3).await;
    let moved = crate::harness::eventually(async || {
        let answer = ask(Some(&tag)).await;
        (answer.status == 200).then_some(answer)
    })
    .await;
    let moved: Trend = moved.json();
    let point = moved.points.iter().find(|point| point.count > 0).unwrap();
    assert_eq!((point.from, point.count), (day("2026-11-11"), 3));
}
