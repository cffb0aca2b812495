//! Teams of a campaign have targets of their own: set with the others, shown, and ranked by.

use chrono::Days;
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::calendar::local_day;
use mobile_contracts::campaign::ImportedTargets;
use mobile_contracts::drive::{CampaignProgress, Team, TeamProgress};
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::Leaderboard;
use mobile_contracts::leaderboard_people::{TeamBoard, TeamRow};
use mobile_contracts::page::Page;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::rollups::rollup;
use crate::harness::{Answer, Person, TestApp};

const HERE: &str = "22786";
const ELSEWHERE: &str = "22795";

/// A campaign of ten days so far, its teams, and who leads what.
struct Drive {
    app: TestApp,
    commander: Person,
    campaign_id: Uuid,
}

impl Drive {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let commander = app.commander().await;
        let today = local_day(app.app.clock.now());
        let campaign = json!({ "unit_id": app.commune("56").await, "name": "Ra quân thử", "source": "KH thử",
            "starts_on": today - Days::new(9), "ends_on": today + Days::new(10) });
        let campaign = commander
            .post_once("/api/v1/campaigns", Uuid::now_v7(), campaign)
            .await;
        let campaign_id = campaign.expect(201).value()["campaign_id"].clone();
        Self {
            app,
            commander,
            campaign_id: campaign_id.as_str().unwrap().parse().unwrap(),
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/campaigns/{}/{rest}", self.campaign_id)
    }

    /// A team of three, of whom two brought so many on these days before today.
    async fn team(&self, code: &str, name: &str, brought: [(u64, i32); 2]) -> (Team, Person) {
        let mut members = Vec::new();
        for _ in 0..3 {
            members.push(self.app.volunteer(code).await);
        }
        let ids: Vec<_> = members.iter().map(|person| person.account_id).collect();
        let team = json!({ "unit_id": self.app.commune(code).await, "mass_union": "youth", "name": name,
            "account_ids": ids });
        let formed = self
            .commander
            .post_once(&self.path("teams"), Uuid::now_v7(), team)
            .await;
        for (id, (days, n)) in ids.iter().zip(brought) {
            let on_day = local_day(self.app.app.clock.now()) - Days::new(days);
            let author = id.unwrap();
            let sql = format!(
                "insert into rollup_author_day (author_id, stage, on_day, n)
                 values ('{author}', 'level2_activated', '{on_day}', {n})"
            );
            let mut owner = self.app.owner().await;
            owner.batch_execute(&sql).await.unwrap();
        }
        (formed.expect(201).json(), members.remove(0))
    }

    async fn set(&self, person: &Person, targets: Value, teams: Value) -> Answer {
        let body = json!({ "targets": targets, "teams": teams });
        person.put(&self.path("targets"), body).await
    }

    async fn board(&self, person: &Person, metric: &str) -> TeamBoard {
        let id = self.campaign_id;
        let path = format!("/api/v1/leaderboards/team?campaign_id={id}&metric={metric}");
        person.get(&path).await.expect(200).json()
    }

    async fn progress(&self, person: &Person) -> Vec<TeamProgress> {
        let page: Page<TeamProgress> = person
            .get(&self.path("teams/progress"))
            .await
            .expect(200)
            .json();
        page.items
    }
}

fn of_team(team: &Team, people: i32) -> Value {
    json!({ "team_id": team.team_id, "stage": "level2_activated", "people": people, "source": "Phân công của Đoàn xã",
        "made_on": "2026-11-25" })
}

fn of_unit(unit: UnitId, people: i32) -> Value {
    json!({ "unit_id": unit, "mass_union": "all", "stage": "level2_activated", "people": people, "source": "CV 15",
        "made_on": "2026-11-25" })
}

/// Name, rank where it is ranked, target, rate, whether it is beyond it.
type Said = (String, Option<u32>, Option<i64>, Option<f64>, bool);

fn said(rows: &[TeamRow]) -> Vec<Said> {
    let said = rows.iter().map(|row| {
        (
            row.name.clone(),
            row.ranked.then_some(row.rank),
            row.target,
            row.rate_percent,
            row.target_error,
        )
    });
    said.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn teams_are_given_targets_together_with_the_units_of_their_campaign() {
    let drive = Drive::open().await;
    let app = &drive.app;
    let (one, _) = drive.team(HERE, "Đội 1", [(0, 20), (2, 22)]).await;
    let (far, _) = drive.team(ELSEWHERE, "Đội xa", [(0, 9), (0, 0)]).await;
    let here = app.commune(HERE).await;
    let lead = app.lead(HERE).await;
    drive
        .set(
            &lead,
            json!([of_unit(here, 300)]),
            json!([of_team(&one, 60)]),
        )
        .await
        .expect(204);
    let told = drive.progress(&lead).await;
    assert_eq!(
        (told.len(), told[0].count, told[0].rate_percent),
        (1, 42, 70.0)
    );
    assert_eq!((told[0].name.as_str(), told[0].unit_id), ("Đội 1", here));
    assert_eq!(told[0].target.source, "Phân công của Đoàn xã");
    let units: Page<CampaignProgress> = lead.get(&drive.path("progress")).await.json();
    assert_eq!(
        units.items.len(),
        1,
        "what units are to bring is told as before"
    );

    // All or none, and only of one's own teams of this campaign.
    let both = json!([of_team(&one, 90), of_team(&far, 30)]);
    drive
        .set(&lead, json!([]), both.clone())
        .await
        .refused(404, "not-found");
    assert_eq!(drive.progress(&lead).await[0].target.people, 60);
    drive
        .set(&drive.commander, json!([]), both)
        .await
        .expect(204);
    assert_eq!(drive.progress(&lead).await[0].target.people, 90);
    assert_eq!(drive.progress(&drive.commander).await.len(), 2);
    let mut nobodys = of_team(&one, 5);
    nobodys["team_id"] = json!(Uuid::now_v7());
    drive
        .set(&lead, json!([]), json!([nobodys]))
        .await
        .refused(404, "not-found");
    for (field, wrong) in [
        ("people", json!(0)),
        ("stage", json!("level3")),
        ("source", json!(" ")),
        ("made_on", json!("1990-01-01")),
    ] {
        let mut target = of_team(&one, 5);
        target[field] = wrong;
        let refused = drive.set(&lead, json!([]), json!([target])).await;
        assert!(refused.text.contains(&format!("/teams/0/{field}")));
        refused.refused(422, "invalid");
    }
    drive
        .set(&lead, json!([]), json!([]))
        .await
        .refused(422, "invalid");
    let volunteer = app.volunteer(HERE).await;
    let path = drive.path("teams/progress");
    volunteer.get(&path).await.refused(403, "forbidden");

    // Removed, as often as one likes.
    let key = json!({ "team_id": one.team_id, "stage": "level2_activated" });
    let removal = json!({ "targets": [], "teams": [key] });
    for _ in 0..2 {
        let path = drive.path("targets/removals");
        lead.post(&path, &removal).await.expect(204);
    }
    assert_eq!(drive.progress(&lead).await, []);
    // A team that was disbanded is asked for nothing more.
    let own = format!("/api/v1/teams/{}", one.team_id);
    lead.delete(&own).await.expect(204);
    drive
        .set(&lead, json!([]), json!([of_team(&one, 60)]))
        .await
        .refused(409, "team-disbanded");
}

#[tokio::test(flavor = "multi_thread")]
async fn teams_are_ranked_by_their_share_of_the_target_as_units_are() {
    let drive = Drive::open().await;
    // Full on the last day, full on the first, three quarters, a small target, and none.
    let (late, _) = drive.team(HERE, "A muộn", [(5, 30), (0, 60)]).await;
    let (early, _) = drive.team(HERE, "B sớm", [(5, 40), (4, 10)]).await;
    let (most, _) = drive
        .team(ELSEWHERE, "C ba phần tư", [(3, 75), (9, 75)])
        .await;
    let (small, _) = drive.team(HERE, "D nhỏ", [(3, 29), (3, 1)]).await;
    drive.team(HERE, "E không", [(1, 400), (1, 0)]).await;
    let commander = &drive.commander;
    let unmeasured = drive.board(commander, "rate").await;
    assert_eq!(unmeasured.metric, "count", "nobody has a target");
    assert_eq!(unmeasured.rows[0].name, "E không");
    let targets = json!([
        of_team(&late, 60),
        of_team(&early, 40),
        of_team(&most, 200),
        of_team(&small, 29),
    ]);
    drive.set(commander, json!([]), targets).await.expect(204);
    let board = drive.board(commander, "rate").await;
    assert_eq!(board.metric, "rate");
    let words = |text: &str| text.to_owned();
    assert_eq!(
        said(&board.rows),
        [
            (words("B sớm"), Some(1), Some(40), Some(125.0), true),
            (words("A muộn"), Some(1), Some(60), Some(150.0), true),
            (words("C ba phần tư"), Some(3), Some(200), Some(75.0), false),
            (words("D nhỏ"), None, Some(29), Some(103.4), true),
            (words("E không"), None, None, None, false),
        ],
        "beyond a full target nobody gains, the earliest is first, and what is small is only listed"
    );
    let today = local_day(drive.app.app.clock.now());
    let reached: Vec<_> = board.rows.iter().map(|row| row.reached_on).collect();
    let on = |days| Some(today - Days::new(days));
    assert_eq!(reached, [on(5), on(0), None, on(3), None]);
    // Fifteen a day for ten days, and fifty are left.
    let forecast: Vec<_> = board.rows.iter().map(|row| row.forecast_on).collect();
    let coming = Some(today + Days::new(4));
    assert_eq!(forecast, [None, None, coming, None, None]);
    assert_eq!((board.rows[3].rank, board.rows[4].rank), (4, 4));
    let by_count = drive.board(commander, "count").await;
    let first = &by_count.rows[0];
    assert_eq!((first.name.as_str(), first.ranked), ("E không", true));
    let id = drive.campaign_id;
    let wrong = format!("/api/v1/leaderboards/team?campaign_id={id}&metric=momentum");
    commander.get(&wrong).await.refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_equal_teams_and_unions_whoever_came_to_it_earlier_stands_first() {
    let drive = Drive::open().await;
    drive.team(HERE, "A muộn", [(6, 30), (1, 10)]).await;
    drive.team(HERE, "B sớm", [(5, 10), (4, 30)]).await;
    let commander = &drive.commander;
    let teams = drive.board(commander, "count").await;
    let teams: Vec<_> = teams
        .rows
        .iter()
        .map(|row| (&*row.name, row.rank))
        .collect();
    assert_eq!(teams, [("B sớm", 1), ("A muộn", 1)]);

    let province = drive.app.commune("56").await;
    let mut targets = json!([of_unit(province, 30), of_unit(province, 40)]);
    targets[0]["mass_union"] = json!("youth");
    targets[1]["mass_union"] = json!("women");
    drive.set(commander, targets, json!([])).await.expect(204);
    let today = local_day(drive.app.app.clock.now());
    let on = |days| today - Days::new(days);
    for (code, mass_union, days, n) in [
        (HERE, "youth", 6, 29),
        (ELSEWHERE, "youth", 1, 5),
        (HERE, "women", 4, 50),
        // After it was full, and before the campaign.
        (ELSEWHERE, "women", 0, 1),
        (ELSEWHERE, "women", 12, 45),
    ] {
        let village = drive.app.village(code, 0).await;
        rollup(&drive.app, village, mass_union, &on(days).to_string(), n).await;
    }
    let id = drive.campaign_id;
    let path = format!("/api/v1/leaderboards/union?campaign_id={id}&metric=rate");
    let unions: Leaderboard = commander.get(&path).await.expect(200).json();
    let unions = unions.rows.iter().take(2);
    let unions: Vec<_> = unions
        .map(|row| (row.mass_union.as_deref(), row.rank, row.reached_on))
        .collect();
    assert_eq!(
        unions,
        [
            (Some("women"), Some(1), Some(on(4))),
            (Some("youth"), Some(1), Some(on(1))),
        ],
        "both targets are full, that of the women three days earlier"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_of_the_target_tells_others_no_more_of_a_team_than_tens() {
    let drive = Drive::open().await;
    let (own, member) = drive.team(HERE, "Đội nhà", [(0, 38), (1, 0)]).await;
    let (far, _) = drive.team(ELSEWHERE, "Đội xa", [(0, 31), (1, 8)]).await;
    let targets = json!([of_team(&own, 40), of_team(&far, 30)]);
    drive
        .set(&drive.commander, json!([]), targets)
        .await
        .expect(204);
    let lead = drive.app.lead(HERE).await;
    let board = drive.board(&lead, "rate").await;
    let words = |text: &str| text.to_owned();
    // 31 and 39 are both told as 30: a full target, of which nobody elsewhere learns the day.
    assert_eq!(
        said(&board.rows),
        [
            (words("Đội xa"), Some(1), Some(30), Some(100.0), false),
            (words("Đội nhà"), Some(2), Some(40), Some(95.0), false),
        ]
    );
    assert_eq!(
        (board.rows[0].merged, board.rows[0].reached_on),
        (true, None)
    );
    // Whoever is told tens of all is told the rates of tens.
    let board = drive.board(&member, "rate").await;
    let rates: Vec<_> = board.rows.iter().map(|row| row.rate_percent).collect();
    assert_eq!(rates, [Some(100.0), Some(75.0)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_gives_units_unions_and_teams_their_targets_or_nobody_any() {
    let drive = Drive::open().await;
    let (one, _) = drive
        .team(HERE, "Đội 1, thôn Tà Lú", [(0, 20), (2, 22)])
        .await;
    drive.team(ELSEWHERE, "Đội xa", [(0, 9), (0, 0)]).await;
    let lead = drive.app.lead(HERE).await;
    let send = async |dry_run: bool, lines: &[&str]| -> ImportedTargets {
        let header = "unit_code,mass_union,team,stage,people,source,made_on";
        let file = format!("{header}\n{}\n", lines.join("\n"));
        let path = drive.path(&format!("targets/imports?dry_run={dry_run}"));
        let request = lead.request(Method::POST, &path);
        let request = request.header("content-type", "text/csv").body(file);
        lead.send(request).await.expect(200).json()
    };
    let right = [
        "22786,,,level2_activated,300,CV 15,2026-11-20",
        "22786,women,,level2_activated,120,CV 15,2026-11-20",
        "22786,,\"Đội 1, thôn Tà Lú\",level2_activated,60,CV 15,2026-11-20",
    ];
    let wrong = [
        right[0],
        "22795,,Đội xa,level2_activated,60,CV 15,2026-11-20",
        "22786,,Đội 9,level2_activated,60,CV 15,2026-11-20",
        "22786,youth,\"Đội 1, thôn Tà Lú\",level2_activated,60,CV 15,2026-11-20",
        "22786,,\"Đội 1, thôn Tà Lú\",level3,0,CV 15,2026-11-20",
    ];
    let told = send(false, &wrong).await;
    let lines: Vec<u32> = told.refused.iter().map(|one| one.line).collect();
    assert_eq!((told.dry_run, told.set, lines), (true, 1, vec![3, 4, 5, 6]));
    assert!(told.refused[0].message.contains("ngoài phạm vi của bạn"));
    let told = send(true, &right).await;
    assert_eq!((told.dry_run, told.set, told.refused.len()), (true, 3, 0));
    assert_eq!(drive.progress(&lead).await, [], "it was only looked at");
    let told = send(false, &right).await;
    assert_eq!((told.dry_run, told.set), (false, 3));
    let teams = drive.progress(&lead).await;
    let aims: Vec<_> = teams
        .iter()
        .map(|row| (row.target.team_id, row.target.people))
        .collect();
    assert_eq!(aims, [(one.team_id, 60)]);
    let units: Page<CampaignProgress> = lead.get(&drive.path("progress")).await.json();
    let units = units.items.iter();
    let units: Vec<_> = units
        .map(|row| (row.target.mass_union.as_str(), row.target.people))
        .collect();
    assert_eq!(units, [("all", 300), ("women", 120)]);
}
