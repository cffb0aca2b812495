//! Campaigns: dates, targets of units and unions, teams, and how far they are.

use api::db::schema::audit_event;
use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use mobile_contracts::calendar::local_day;
use mobile_contracts::drive::{Campaign, CampaignProgress, Team};
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::Leaderboard;
use mobile_contracts::page::Page;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Person, TestApp};

const HERE: &str = "22786";
const ELSEWHERE: &str = "22795";

/// Presses a button once.
async fn press(person: &Person, path: &str, body: &Value) -> Answer {
    press_again(person, path, body, Uuid::now_v7()).await
}

async fn press_again(person: &Person, path: &str, body: &Value, key: Uuid) -> Answer {
    let request = person
        .request(Method::POST, path)
        .header("idempotency-key", key.to_string());
    person.send(request.json(body)).await
}

fn today(app: &TestApp) -> NaiveDate {
    local_day(app.app.clock.now())
}

/// A campaign that began ten days ago and lasts twenty more.
fn drive(app: &TestApp, unit: UnitId) -> Value {
    json!({
        "unit_id": unit, "name": "Ra quân tháng Thanh niên", "source": "KH 73/KH-ĐTN",
        "starts_on": today(app) - TimeDelta::days(10), "ends_on": today(app) + TimeDelta::days(20),
    })
}

async fn open(app: &TestApp, person: &Person, unit: UnitId) -> Campaign {
    let answer = press(person, "/api/v1/campaigns", &drive(app, unit)).await;
    answer.expect(201).json()
}

async fn set_targets(person: &Person, campaign: &Campaign, targets: Value) -> Answer {
    let path = format!("/api/v1/campaigns/{}/targets", campaign.campaign_id);
    person.put(&path, json!({ "targets": targets })).await
}

fn target(unit: UnitId, mass_union: &str, people: i32) -> Value {
    json!({
        "unit_id": unit, "mass_union": mass_union, "stage": "level2_activated", "people": people,
        "source": "CV 15/ĐTN", "made_on": "2026-01-05",
    })
}

async fn progress(person: &Person, campaign: &Campaign, query: &str) -> Page<CampaignProgress> {
    let path = format!("/api/v1/campaigns/{}/progress{query}", campaign.campaign_id);
    person.get(&path).await.expect(200).json()
}

/// Writes a rollup as recording would: all three tables together.
async fn rollup(app: &TestApp, village: UnitId, mass_union: &str, day: NaiveDate, n: i32) {
    let key = format!("{village}, 'level2_activated', '{mass_union}'");
    let sql = format!(
        "insert into rollup_day (village_id, stage, mass_union, on_day, n) values ({key}, '{day}', {n});
         insert into rollup_month (village_id, stage, mass_union, month, n) values ({key}, date_trunc('month', date '{day}'), {n})
           on conflict (village_id, stage, mass_union, month) do update set n = rollup_month.n + excluded.n;
         insert into rollup_total (village_id, stage, mass_union, n) values ({key}, {n})
           on conflict (village_id, stage, mass_union) do update set n = rollup_total.n + excluded.n;"
    );
    app.owner().await.batch_execute(&sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_counts_what_each_union_did_in_its_days_against_its_targets() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let (province, commune) = (app.commune("56").await, app.commune(HERE).await);
    let (one, other) = (app.village(HERE, 0).await, app.village(HERE, 1).await);
    let campaign = open(&app, &commander, province).await;
    assert_eq!(campaign.state, "running");
    set_targets(
        &commander,
        &campaign,
        json!([target(province, "all", 1000), target(commune, "women", 30)]),
    )
    .await
    .expect(204);
    // The lead of a commune shares out there what the province asks for.
    let lead = app.lead(HERE).await;
    set_targets(
        &lead,
        &campaign,
        json!([target(one, "youth", 8), target(commune, "all", 60)]),
    )
    .await
    .expect(204);
    let day = |ago: i64| today(&app) - TimeDelta::days(ago);
    rollup(&app, one, "youth", day(10), 5).await;
    rollup(&app, one, "youth", day(0), 7).await;
    rollup(&app, other, "women", day(3), 10).await;
    rollup(&app, app.village(ELSEWHERE, 0).await, "women", day(3), 100).await;
    // Before its first day.
    rollup(&app, one, "youth", day(11), 50).await;
    let rows = progress(&commander, &campaign, "").await.items;
    let told = |unit, mass_union: &str| {
        let row = rows
            .iter()
            .find(|row| row.target.unit_id == unit && row.target.mass_union == mass_union);
        let row = row.unwrap();
        (row.count, row.rate_percent)
    };
    assert_eq!(told(province, "all"), (122, 12.2));
    assert_eq!(told(commune, "women"), (10, 33.3));
    assert_eq!(told(commune, "all"), (22, 36.7));
    // More than a hundred per cent is shown as it is.
    assert_eq!(told(one, "youth"), (12, 150.0));
    assert_eq!(rows.len(), 4);
    // A volunteer sees the province's campaign, and of its targets those at home; two pages of them.
    let volunteer = app.volunteer(HERE).await;
    let first = progress(&volunteer, &campaign, "?limit=2").await;
    assert_eq!(first.items.len(), 2);
    let cursor = first.next_cursor.unwrap();
    let second = progress(&volunteer, &campaign, &format!("?limit=2&cursor={cursor}")).await;
    assert_eq!((second.items.len(), second.next_cursor), (1, None));
    // The board of a campaign counts its days, and no others.
    let board = |campaign: Uuid| {
        format!("/api/v1/leaderboards/commune?metric=count&campaign_id={campaign}")
    };
    let path = board(campaign.campaign_id);
    let told: Leaderboard = volunteer.get(&path).await.expect(200).json();
    assert_eq!((told.total.count, told.rows[0].count), (122, 100));
    volunteer
        .get(&format!("{path}&period=month"))
        .await
        .refused(422, "invalid");
    volunteer
        .get(&board(Uuid::now_v7()))
        .await
        .refused(404, "not-found");
    // A target that is set again is replaced, and one that is removed is gone.
    set_targets(&lead, &campaign, json!([target(one, "youth", 24)]))
        .await
        .expect(204);
    let removal = format!(
        "/api/v1/campaigns/{}/targets/removals",
        campaign.campaign_id
    );
    let key = json!({ "unit_id": commune, "mass_union": "all", "stage": "level2_activated" });
    for _ in 0..2 {
        lead.post(&removal, json!({ "targets": [key] }))
            .await
            .expect(204);
    }
    let left = progress(&lead, &campaign, "").await.items;
    let left: Vec<(i32, f64)> = left
        .iter()
        .map(|row| (row.target.people, row.rate_percent))
        .collect();
    assert_eq!(left.len(), 2);
    assert!(left.contains(&(24, 50.0)), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_changed_closed_and_opened_again_by_those_who_answer_for_its_unit() {
    let app = TestApp::start().await;
    let (commander, lead) = (app.commander().await, app.lead(HERE).await);
    let (province, commune) = (app.commune("56").await, app.commune(HERE).await);
    let village = app.village(HERE, 0).await;
    let above = open(&app, &commander, province).await;
    let own = open(&app, &lead, commune).await;
    // One press, one campaign.
    let key = Uuid::now_v7();
    let once: Campaign = press_again(&lead, "/api/v1/campaigns", &drive(&app, commune), key)
        .await
        .expect(201)
        .json();
    let again: Campaign = press_again(&lead, "/api/v1/campaigns", &drive(&app, commune), key)
        .await
        .expect(201)
        .json();
    assert_eq!(once, again);
    let path = |campaign: &Campaign| format!("/api/v1/campaigns/{}", campaign.campaign_id);
    let body = json!({ "name": "  Ra quân đợt 2  ", "ends_on": today(&app) });
    let changed: Campaign = lead
        .patch(&path(&own), body.clone())
        .await
        .expect(200)
        .json();
    assert_eq!(
        (changed.name.as_str(), changed.ends_on, changed.starts_on),
        ("Ra quân đợt 2", today(&app), own.starts_on)
    );
    // The province's is seen from a commune, and not changed from there; another commune's is not there at all.
    lead.get(&path(&above)).await.expect(200);
    lead.patch(&path(&above), body.clone())
        .await
        .refused(404, "not-found");
    let stranger = app.lead(ELSEWHERE).await;
    stranger.get(&path(&own)).await.refused(404, "not-found");
    let of_province: Page<Campaign> = commander.get("/api/v1/campaigns").await.expect(200).json();
    assert_eq!(of_province.items.len(), 3);
    let of_stranger: Page<Campaign> = stranger.get("/api/v1/campaigns").await.expect(200).json();
    assert_eq!(of_stranger.items, std::slice::from_ref(&above));
    let past = today(&app) - TimeDelta::days(11);
    let none: Page<Campaign> = lead
        .get(&format!("/api/v1/campaigns?on={past}"))
        .await
        .expect(200)
        .json();
    assert!(none.items.is_empty());
    // Closed, nothing of it changes; opened again, it does.
    let closing = format!("{}/closing", path(&own));
    let closed: Campaign = lead
        .post(&closing, json!({ "reason": "Đã tổng kết" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (closed.state.as_str(), closed.close_reason.as_deref()),
        ("closed", Some("Đã tổng kết"))
    );
    lead.post(&closing, json!({ "reason": "Lần nữa" }))
        .await
        .refused(409, "campaign-closed");
    lead.patch(&path(&own), body.clone())
        .await
        .refused(409, "campaign-closed");
    set_targets(&lead, &own, json!([target(village, "all", 9)]))
        .await
        .refused(409, "campaign-closed");
    let reopening = format!("{}/reopening", path(&own));
    lead.post(&reopening, json!({})).await.expect(200);
    lead.post(&reopening, json!({}))
        .await
        .refused(409, "campaign-not-closed");
    set_targets(&lead, &own, json!([target(village, "all", 9)]))
        .await
        .expect(204);
    let actions: Vec<String> = audit_event::table
        .filter(audit_event::object.eq(format!("campaign:{}", own.campaign_id)))
        .select(audit_event::action)
        .order(audit_event::seq)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(
        actions,
        [
            "campaign.open",
            "campaign.change",
            "campaign.close",
            "campaign.reopen",
            "campaign.set_targets"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_is_of_one_union_and_one_commune_and_everybody_is_in_one_team() {
    let app = TestApp::start().await;
    let lead = app.lead(HERE).await;
    let commune = app.commune(HERE).await;
    let campaign = open(&app, &lead, commune).await;
    let path = format!("/api/v1/campaigns/{}/teams", campaign.campaign_id);
    let youth = app.volunteer(HERE).await;
    let second = app.volunteer(HERE).await;
    let woman = app
        .account(Role::Volunteer, MassUnion::Women, commune)
        .await;
    let officer = app.officer(HERE).await;
    let far = app.volunteer(ELSEWHERE).await;
    let team = |name: &str, people: &[&Person]| {
        let ids: Vec<_> = people.iter().map(|person| person.account_id).collect();
        json!({ "unit_id": commune, "mass_union": "youth", "name": name, "account_ids": ids })
    };
    let one: Team = press(&lead, &path, &team("Đội 1", &[&youth]))
        .await
        .expect(201)
        .json();
    assert_eq!(one.account_ids, [youth.account_id.unwrap()]);
    press(&lead, &path, &team("Đội 1", &[]))
        .await
        .refused(409, "team-name-taken");
    press(&lead, &path, &team("Đội 2", &[&youth]))
        .await
        .refused(409, "team-member-taken");
    press(&lead, &path, &team("Đội 2", &[&woman]))
        .await
        .refused(422, "invalid");
    press(&lead, &path, &team("Đội 2", &[&officer]))
        .await
        .refused(422, "invalid");
    press(&lead, &path, &team("Đội 2", &[&second, &second]))
        .await
        .refused(422, "invalid");
    press(&lead, &path, &team("Đội 2", &[&far]))
        .await
        .refused(404, "not-found");
    press(&lead, &path, &team("", &[]))
        .await
        .refused(422, "invalid");
    let mut of_nobody = team("Đội 2", &[]);
    of_nobody["mass_union"] = json!("none");
    press(&lead, &path, &of_nobody)
        .await
        .refused(422, "invalid");
    let mut of_village = team("Đội 2", &[]);
    of_village["unit_id"] = json!(app.village(HERE, 0).await);
    press(&lead, &path, &of_village)
        .await
        .refused(422, "invalid");
    // Members come and go; who left is free for another.
    let own = format!("/api/v1/teams/{}", one.team_id);
    let both =
        json!({ "account_ids": [youth.account_id, second.account_id], "name": "Đội xung kích" });
    let changed: Team = lead.patch(&own, both).await.expect(200).json();
    assert_eq!(
        (changed.name.as_str(), changed.account_ids.len()),
        ("Đội xung kích", 2)
    );
    lead.patch(&own, json!({ "account_ids": [second.account_id] }))
        .await
        .expect(200);
    press(&lead, &path, &team("Đội 2", &[&youth]))
        .await
        .expect(201);
    let teams: Page<Team> = lead.get(&path).await.expect(200).json();
    let told: Vec<_> = teams
        .items
        .iter()
        .map(|team| (team.name.as_str(), team.account_ids.len()))
        .collect();
    assert_eq!(told, [("Đội xung kích", 1), ("Đội 2", 1)]);
    // Disbanded, it is out of the list, and its name and its members are free.
    lead.delete(&own).await.expect(204);
    lead.delete(&own).await.refused(409, "team-disbanded");
    lead.patch(&own, json!({ "name": "Đội 9" }))
        .await
        .refused(409, "team-disbanded");
    press(&lead, &path, &team("Đội xung kích", &[&second]))
        .await
        .expect(201);
    app.lead(ELSEWHERE)
        .await
        .get(&path)
        .await
        .refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_makes_no_sense_is_refused_with_what_is_wrong() {
    let app = TestApp::start().await;
    let lead = app.lead(HERE).await;
    let commune = app.commune(HERE).await;
    let with = |field: &str, value: Value| {
        let mut body = drive(&app, commune);
        body[field] = value;
        body
    };
    let path = "/api/v1/campaigns";
    for body in [
        with("name", json!("  ")),
        with("name", json!("x".repeat(121))),
        with("name", json!("hai\ndòng")),
        with("source", json!("")),
        with("ends_on", json!(today(&app) - TimeDelta::days(11))),
        with("ends_on", json!(today(&app) + TimeDelta::days(400))),
        with("starts_on", json!("1900-01-01")),
    ] {
        press(&lead, path, &body).await.refused(422, "invalid");
    }
    let far = app.commune(ELSEWHERE).await;
    press(&lead, path, &drive(&app, far))
        .await
        .refused(404, "not-found");
    let campaign = open(&app, &lead, commune).await;
    let wrong = |field: &str, value: Value| {
        let mut one = target(commune, "all", 10);
        one[field] = value;
        json!([one])
    };
    for targets in [
        json!([]),
        wrong("mass_union", json!("none")),
        wrong("stage", json!("level3")),
        wrong("people", json!(0)),
        wrong("source", json!(" ")),
        wrong("made_on", json!("1990-01-01")),
    ] {
        set_targets(&lead, &campaign, targets)
            .await
            .refused(422, "invalid");
    }
    set_targets(&lead, &campaign, json!([target(far, "all", 10)]))
        .await
        .refused(404, "not-found");
    let closing = format!("{path}/{}/closing", campaign.campaign_id);
    lead.post(&closing, json!({ "reason": "" }))
        .await
        .refused(422, "invalid");
}

/// Name of the union or the unit, rank, target, rate.
type Measured = (String, Option<u32>, Option<i64>, Option<f64>);

fn measured(board: &Leaderboard) -> Vec<Measured> {
    let rows = board.rows.iter().filter(|row| row.count > 0);
    let told = rows.map(|row| {
        let name = row.mass_union.as_deref().unwrap_or(&row.name);
        (name.to_owned(), row.rank, row.target, row.rate_percent)
    });
    told.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_of_a_campaign_is_measured_by_its_own_targets_and_those_of_its_unions() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let (province, here, there) = (
        app.commune("56").await,
        app.commune(HERE).await,
        app.commune(ELSEWHERE).await,
    );
    // What the year asks for is another thing: by it, there would lead.
    let yearly = [(here, 10_000), (there, 50)].map(|(unit, people)| {
        json!({ "unit_id": unit, "stage": "level2_activated", "starts_on": "2026-01-01", "people": people,
            "denominator": "eligible", "source": "KH thử" })
    });
    let yearly = json!({ "targets": yearly });
    commander.put("/api/v1/targets", yearly).await.expect(204);
    let campaign = open(&app, &commander, province).await;
    let targets = json!([
        target(here, "all", 100),
        target(there, "all", 400),
        target(here, "women", 40),
        target(province, "women", 500),
        target(province, "youth", 100),
    ]);
    set_targets(&commander, &campaign, targets)
        .await
        .expect(204);
    let day = |ago: i64| today(&app) - TimeDelta::days(ago);
    let (tay, ai) = (app.village(HERE, 0).await, app.village(ELSEWHERE, 0).await);
    rollup(&app, tay, "women", day(3), 30).await;
    rollup(&app, tay, "youth", day(3), 20).await;
    rollup(&app, ai, "women", day(2), 40).await;
    // Of before: it moves no forecast either.
    rollup(&app, tay, "youth", day(30), 1000).await;
    let ask = async |query: &str| -> Leaderboard {
        let path = format!("/api/v1/leaderboards/{query}");
        commander.get(&path).await.expect(200).json()
    };
    let of = format!("campaign_id={}", campaign.campaign_id);
    let communes = ask(&format!("commune?{of}")).await;
    let (tay, ai) = ("Xã Bác Ái Tây".to_owned(), "Xã Bác Ái".to_owned());
    assert_eq!(
        measured(&communes),
        [
            (tay.clone(), Some(1), Some(100), Some(50.0)),
            (ai.clone(), Some(2), Some(400), Some(10.0)),
        ]
    );
    assert_eq!(communes.campaign_id, Some(campaign.campaign_id));
    assert_eq!(communes.rows[0].denominator.as_deref(), Some("assigned"));
    // Fifty came in eleven days, and fifty are left.
    assert_eq!(communes.rows[0].forecast_on, Some(day(-11)));
    // One union's own target; who has none is listed without a rate.
    let women = ask(&format!("commune?{of}&mass_union=women")).await;
    assert_eq!(
        measured(&women),
        [
            (tay.clone(), Some(1), Some(40), Some(75.0)),
            (ai.clone(), None, None, None),
        ]
    );
    let unmeasured = women.rows.iter().find(|row| row.name == ai).unwrap();
    assert_eq!(unmeasured.no_target.as_deref(), Some("not_by_union"));
    // Nobody has one for the youth: they are ranked by people, and the board says so.
    let youth = ask(&format!("commune?{of}&mass_union=youth")).await;
    assert_eq!(youth.metric, "count");
    assert_eq!(measured(&youth), [(tay.clone(), Some(1), None, None)]);
    // Of unions those of the whole province.
    let unions = ask(&format!("union?{of}")).await;
    assert_eq!(unions.metric, "rate");
    assert_eq!(
        measured(&unions),
        [
            ("youth".to_owned(), Some(1), Some(100), Some(20.0)),
            ("women".to_owned(), Some(2), Some(500), Some(14.0)),
        ]
    );
    // What the whole unit is to do in a year is no measure of a union either.
    let yearly = ask("commune?mass_union=women").await;
    assert_eq!(yearly.metric, "count");
    let told: Vec<_> = measured(&yearly);
    assert_eq!(told[0], (ai.clone(), Some(1), None, None));
    assert_eq!(yearly.total.rate_percent, None);
    let whole = ask("commune").await;
    assert_eq!(measured(&whole)[0], (ai, Some(1), Some(50), Some(80.0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_of_a_campaign_follows_its_targets_though_its_days_are_a_week_that_is_closed() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let (province, here) = (app.commune("56").await, app.commune(HERE).await);
    let week = json!({ "unit_id": province, "name": "Tuần ra quân", "source": "KH 80/KH-ĐTN",
        "starts_on": "2026-11-16", "ends_on": "2026-11-22" });
    let campaign: Campaign = press(&commander, "/api/v1/campaigns", &week)
        .await
        .expect(201)
        .json();
    set_targets(&commander, &campaign, json!([target(here, "all", 100)]))
        .await
        .expect(204);
    let village = app.village(HERE, 0).await;
    rollup(&app, village, "youth", "2026-11-18".parse().unwrap(), 40).await;
    let closed = {
        let mut conn = app.conn().await;
        let (since, on) = ("2026-11-16".parse().unwrap(), "2026-11-26".parse().unwrap());
        api::leaderboard::closing::keep::close_due(&mut conn, since, on).await
    };
    assert!(!closed.unwrap().is_empty());
    let path = format!(
        "/api/v1/leaderboards/commune?campaign_id={}",
        campaign.campaign_id
    );
    let first = commander.get(&path).await.expect(200);
    let tag = first.headers["etag"].clone();
    let board: Leaderboard = first.json();
    assert_eq!(board.rows[0].rate_percent, Some(40.0));
    assert_eq!(
        (board.closing.closed, board.closing.closes_on),
        (false, None)
    );
    set_targets(&commander, &campaign, json!([target(here, "all", 80)]))
        .await
        .expect(204);
    let again = crate::harness::eventually(async || {
        let again = commander.get(&path).await.expect(200);
        (again.headers["etag"] != tag).then_some(again)
    })
    .await;
    let board: Leaderboard = again.json();
    assert_eq!(board.rows[0].rate_percent, Some(50.0));
    commander
        .get(&format!("{path}&revision=0"))
        .await
        .refused(422, "invalid");
}
