//! Boards of people: those who lead see all, a volunteer sees where they stand, and nobody a list.

use chrono::{Datelike as _, Days};
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::AccountId;
use mobile_contracts::leaderboard_people::{OwnStanding, TeamBoard, VolunteerBoard};
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Person, TestApp};

const HERE: &str = "22786";
const ELSEWHERE: &str = "22795";

/// Writes what somebody brought, as recording would.
async fn brought(app: &TestApp, person: &Person, days_ago: u64, n: i32) {
    let author = id(person);
    let on_day = local_day(app.app.clock.now()) - Days::new(days_ago);
    let sql = format!(
        "insert into rollup_author_day (author_id, stage, on_day, n, assists)
         values ('{author}', 'level2_activated', '{on_day}', {n}, 1)"
    );
    app.owner().await.batch_execute(&sql).await.unwrap();
}

fn id(person: &Person) -> AccountId {
    person.account_id.unwrap()
}

/// Volunteers of one commune.
async fn volunteers(app: &TestApp, commune: &str, how_many: usize) -> Vec<Person> {
    let mut all = Vec::new();
    for _ in 0..how_many {
        all.push(app.volunteer(commune).await);
    }
    all
}

async fn own(person: &Person, period: &str) -> OwnStanding {
    let path = format!("/api/v1/leaderboards/volunteer/me?period={period}");
    person.get(&path).await.expect(200).json()
}

/// What a row of the board of teams says.
type TeamRow = (String, u32, i64, i64, bool);

#[tokio::test(flavor = "multi_thread")]
async fn a_volunteer_sees_their_quarter_their_weeks_and_the_three_best_and_no_name() {
    let app = TestApp::start().await;
    let all = volunteers(&app, HERE, 6).await;
    let stranger = app.volunteer(ELSEWHERE).await;
    for (person, n) in all.iter().zip([9, 7, 7, 3, 1, 0]) {
        brought(&app, person, 0, n).await;
    }
    brought(&app, &stranger, 0, 50).await;
    let weekday = local_day(app.app.clock.now())
        .weekday()
        .num_days_from_monday();
    brought(&app, &all[2], u64::from(weekday) + 1, 4).await;
    let third = own(&all[2], "today").await;
    assert_eq!((third.count, third.assists, third.band), (7, 1, Some(1)));
    let top: Vec<_> = third
        .top
        .iter()
        .map(|row| (row.rank, row.tied, row.count, row.own))
        .collect();
    assert_eq!(
        top,
        [
            (1, false, 9, false),
            (2, true, 7, true),
            (2, true, 7, false)
        ],
        "of their own commune only"
    );
    let weeks: Vec<i64> = third.weeks.iter().map(|week| week.count).collect();
    assert_eq!(weeks, [0, 0, 0, 0, 0, 0, 4, 7]);
    assert_eq!(own(&all[5], "today").await.band, Some(4));
    let lonely = own(&stranger, "today").await;
    assert_eq!(
        (lonely.count, lonely.band, lonely.top.len()),
        (50, None, 0),
        "too few to hide in"
    );
    let answer = all[2]
        .get("/api/v1/leaderboards/volunteer/me?period=today")
        .await;
    for person in all.iter().chain([&stranger]) {
        assert!(!answer.text.contains(&id(person).to_string()));
    }
    all[0]
        .get("/api/v1/leaderboards/volunteer")
        .await
        .refused(403, "forbidden");
    let wrong = all[0]
        .get("/api/v1/leaderboards/volunteer/me?period=ever&stage=all")
        .await;
    wrong.refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leads_sees_all_volunteers_of_their_unit_and_of_no_other() {
    let app = TestApp::start().await;
    let all = volunteers(&app, HERE, 3).await;
    for (person, n) in all.iter().zip([2, 5, 5]) {
        brought(&app, person, 0, n).await;
    }
    brought(&app, &all[0], 1, 8).await;
    let lead = app.lead(HERE).await;
    let path = "/api/v1/leaderboards/volunteer?period=today";
    let told: VolunteerBoard = lead.get(path).await.expect(200).json();
    let rows: Vec<_> = told
        .rows
        .iter()
        .map(|row| {
            (
                row.rank,
                row.tied,
                row.count,
                row.count_before,
                row.rank_change,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [(1, true, 5, 0, 1), (1, true, 5, 0, 1), (3, false, 2, 8, -2)]
    );
    assert_eq!(told.rows[2].account_id, id(&all[0]));
    assert_eq!(
        (told.rows[0].pace_per_day, told.rows[2].pace_per_day),
        (5.0, 2.0)
    );
    let page: VolunteerBoard = lead
        .get(&format!("{path}&limit=2"))
        .await
        .expect(200)
        .json();
    let cursor = page.next_cursor.unwrap();
    let rest = format!("{path}&limit=2&cursor={cursor}");
    let rest: VolunteerBoard = lead.get(&rest).await.expect(200).json();
    assert_eq!((rest.rows.len(), rest.next_cursor), (1, None));
    let elsewhere = app.commune(ELSEWHERE).await;
    let there = format!("{path}&within={elsewhere}");
    lead.get(&there).await.refused(404, "not-found");
    let commander = app.commander().await;
    let empty: VolunteerBoard = commander.get(&there).await.expect(200).json();
    assert!(empty.rows.is_empty());
    commander.get(path).await.refused(422, "invalid");
    let year = "/api/v1/leaderboards/volunteer?from=2024-01-01&to=2025-06-01";
    lead.get(year).await.refused(422, "invalid");
    app.officer(HERE)
        .await
        .get(path)
        .await
        .refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_of_people_costs_nothing_until_somebody_comes() {
    let app = TestApp::start().await;
    let lead = app.lead(HERE).await;
    let unit = app.commune(HERE).await;
    let volunteer = app.volunteer(HERE).await;
    let today = local_day(app.app.clock.now());
    let campaign = json!({ "unit_id": unit, "name": "Ra quân thử", "source": "KH thử",
        "starts_on": today, "ends_on": today + Days::new(10) });
    let campaign = lead
        .post_once("/api/v1/campaigns", Uuid::now_v7(), campaign)
        .await
        .expect(201)
        .value();
    let campaign_id = campaign["campaign_id"].as_str().unwrap();
    let team = json!({ "unit_id": unit, "mass_union": "youth", "name": "Tổ 1", "account_ids": [id(&volunteer)] });
    let teams = format!("/api/v1/campaigns/{campaign_id}/teams");
    lead.post_once(&teams, Uuid::now_v7(), team)
        .await
        .expect(201);
    let ask = async |person: &Person, path: &str, tag: Option<&str>| {
        let mut request = person.request(reqwest::Method::GET, path);
        if let Some(tag) = tag {
            request = request.header("if-none-match", tag);
        }
        person.send(request).await
    };
    let of_team = format!("/api/v1/leaderboards/team?campaign_id={campaign_id}");
    let boards = [
        (&lead, of_team.as_str()),
        (&lead, "/api/v1/leaderboards/volunteer?period=today"),
        (&volunteer, "/api/v1/leaderboards/volunteer/me?period=today"),
    ];
    let mut tags = Vec::new();
    for (person, path) in boards {
        let first = ask(person, path, None).await.expect(200);
        let tag = first.headers["etag"].to_str().unwrap().to_owned();
        ask(person, path, Some(&tag)).await.expect(304);
        tags.push(tag);
    }
    brought(&app, &volunteer, 0, 3).await;
    for ((person, path), tag) in boards.into_iter().zip(tags) {
        let moved = ask(person, path, Some(&tag)).await.expect(200);
        assert_ne!(moved.headers["etag"].to_str().unwrap(), tag, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_equal_volunteers_whoever_came_to_it_earlier_stands_first() {
    let app = TestApp::start().await;
    let mut all = volunteers(&app, HERE, 2).await;
    // Their ids would say the other way round.
    all.sort_by_key(|person| std::cmp::Reverse(id(person)));
    for (person, days) in all.iter().zip([[3, 2], [3, 0]]) {
        for days_ago in days {
            brought(&app, person, days_ago, 4).await;
        }
    }
    // Before the days that are asked for: no part of the count.
    brought(&app, &all[0], 9, 1).await;
    let from = local_day(app.app.clock.now()) - Days::new(6);
    let path = format!("/api/v1/leaderboards/volunteer?from={from}");
    let told: VolunteerBoard = app.lead(HERE).await.get(&path).await.expect(200).json();
    let rows = told.rows.iter();
    let rows: Vec<_> = rows
        .map(|row| (row.account_id, row.rank, row.tied))
        .collect();
    assert_eq!(rows, [(id(&all[0]), 1, true), (id(&all[1]), 1, true)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn teams_are_exact_for_who_leads_them_and_in_tens_for_others() {
    let app = TestApp::start().await;
    let lead = app.lead(HERE).await;
    let unit = app.commune(HERE).await;
    let today = local_day(app.app.clock.now());
    let campaign = json!({ "unit_id": unit, "name": "Ra quân thử", "source": "KH thử",
        "starts_on": today - Days::new(10), "ends_on": today + Days::new(10) });
    let campaign = lead
        .post_once("/api/v1/campaigns", Uuid::now_v7(), campaign)
        .await
        .expect(201)
        .value();
    let campaign_id = campaign["campaign_id"].as_str().unwrap().to_owned();
    let all = volunteers(&app, HERE, 6).await;
    let form = async |name: &str, members: &[Person]| {
        let ids: Vec<AccountId> = members.iter().map(id).collect();
        let team =
            json!({ "unit_id": unit, "mass_union": "youth", "name": name, "account_ids": ids });
        let path = format!("/api/v1/campaigns/{campaign_id}/teams");
        lead.post_once(&path, Uuid::now_v7(), team)
            .await
            .expect(201);
    };
    form("Tổ đông", &all[..3]).await;
    form("Tổ một người", &all[3..4]).await;
    brought(&app, &all[0], 0, 20).await;
    brought(&app, &all[1], 3, 7).await;
    brought(&app, &all[1], 11, 100).await;
    brought(&app, &all[3], 1, 31).await;
    brought(&app, &all[5], 1, 500).await;
    let path = format!("/api/v1/leaderboards/team?campaign_id={campaign_id}");
    let told = async |person: &Person| -> (Vec<TeamRow>, u32) {
        let board: TeamBoard = person.get(&path).await.expect(200).json();
        let rows = board.rows.into_iter();
        let rows = rows.map(|row| (row.name, row.rank, row.members, row.count, row.merged));
        (rows.collect(), board.small_teams)
    };
    let (rows, small) = told(&lead).await;
    assert_eq!(
        rows,
        [
            ("Tổ một người".to_owned(), 1, 1, 31, false),
            ("Tổ đông".to_owned(), 2, 3, 27, false),
        ],
        "of the campaign's days, and of its members"
    );
    assert_eq!(small, 0);
    let (rows, small) = told(&all[4]).await;
    assert_eq!(rows, [("Tổ đông".to_owned(), 1, 3, 20, true)]);
    assert_eq!(small, 1, "a team of one would be somebody");
    for (person, own) in [(&lead, false), (&all[0], true), (&all[4], false)] {
        let board: TeamBoard = person.get(&path).await.expect(200).json();
        let team = board.rows.iter().find(|row| row.name == "Tổ đông");
        assert_eq!(team.map(|team| team.own), Some(own));
    }
    let stranger = app.volunteer(ELSEWHERE).await;
    stranger.get(&path).await.refused(404, "not-found");
    let nobodys = format!("/api/v1/leaderboards/team?campaign_id={}", Uuid::now_v7());
    lead.get(&nobodys).await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_sees_all_teams_ranked_by_what_everybody_is_told_of_them() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let province = app.commune("56").await;
    let today = local_day(app.app.clock.now());
    let campaign = json!({ "unit_id": province, "name": "Ra quân thử", "source": "KH thử",
        "starts_on": today - Days::new(10), "ends_on": today + Days::new(10) });
    let campaign = commander
        .post_once("/api/v1/campaigns", Uuid::now_v7(), campaign)
        .await
        .expect(201)
        .value();
    let campaign_id = campaign["campaign_id"].as_str().unwrap().to_owned();
    for (code, name, n) in [(HERE, "Tổ 1", 15), (ELSEWHERE, "Tổ 2", 19)] {
        let members = volunteers(&app, code, 3).await;
        let ids: Vec<AccountId> = members.iter().map(id).collect();
        let team = json!({ "unit_id": app.commune(code).await, "mass_union": "youth", "name": name,
            "account_ids": ids });
        let path = format!("/api/v1/campaigns/{campaign_id}/teams");
        commander
            .post_once(&path, Uuid::now_v7(), team)
            .await
            .expect(201);
        // A week ago only those here had begun.
        let early = if code == HERE { 6 } else { 0 };
        brought(&app, &members[1], 8, early).await;
        brought(&app, &members[0], 1, n - early).await;
    }
    let path = format!("/api/v1/leaderboards/team?campaign_id={campaign_id}");
    let told = async |person: &Person| -> Vec<(String, u32, bool, i64, Option<i32>)> {
        let board: TeamBoard = person.get(&path).await.expect(200).json();
        let rows = board.rows.into_iter();
        rows.map(|row| (row.name, row.rank, row.tied, row.count, row.rank_change))
            .collect()
    };
    let (here, there) = ("Tổ 1".to_owned(), "Tổ 2".to_owned());
    let lead = app.lead(HERE).await;
    assert_eq!(
        told(&lead).await,
        [
            (here.clone(), 1, true, 15, Some(0)),
            (there.clone(), 1, true, 10, Some(0)),
        ],
        "fifteen are not ahead of nineteen that are told as ten"
    );
    assert_eq!(
        told(&commander).await,
        [
            (there, 1, false, 19, Some(1)),
            (here, 2, false, 15, Some(-1))
        ]
    );
}
