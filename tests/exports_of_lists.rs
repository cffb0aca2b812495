//! What a lead sees as a list on the board, to take away: the same rows, within the same units, naming whom the list
//! names, and never a formula.

use calamine::Data;
use chrono::{Days, NaiveDate, TimeDelta};
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::UnitId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::exports::{both, take, wish};
use crate::harness::makers::{
    assignment_of, device_of, draw_of, police_list_of, roster_of, signal_of, transfer_of,
};
use crate::harness::{Person, TestApp, citizen};

const COMMUNE: &str = "22786";
const ELSEWHERE: &str = "22795";
/// Those that are of no campaign.
const LISTS: [&str; 9] = [
    "campaigns",
    "mobilisation",
    "waiting_members",
    "held",
    "signals",
    "draws",
    "grades",
    "tasks",
    "rights",
];

struct Scene {
    app: TestApp,
    lead: Person,
    volunteer: Person,
    commune: UnitId,
    campaign_id: String,
    /// When the week of the draw began.
    week_on: NaiveDate,
}

impl Scene {
    fn today(&self) -> NaiveDate {
        local_day(self.app.app.clock.now())
    }

    /// What a list shows.
    async fn list(&self, path: &str) -> Vec<Value> {
        let told = self.lead.get(path).await.expect(200).value();
        let items = told.get("items").unwrap_or(&told);
        items.as_array().unwrap().clone()
    }

    /// A wish for a table with everything that it needs.
    fn wish(&self, table: &str) -> Value {
        let mut wish = wish(table, "csv");
        if matches!(table, "campaign_progress" | "teams") {
            wish["campaign_id"] = json!(self.campaign_id);
        }
        if table == "draws" {
            wish["from_on"] = json!(self.week_on);
            wish["until_on"] = json!(self.week_on);
        }
        wish
    }

    async fn table(&self, table: &str) -> (Vec<Vec<String>>, Vec<Vec<Data>>) {
        both(&self.lead, &self.wish(table)).await
    }
}

/// One of everything in a commune; free words in it look like formulas.
async fn scene() -> Scene {
    let app = TestApp::start().await;
    let (lead, volunteer) = (app.lead(COMMUNE).await, app.volunteer(COMMUNE).await);
    let commune = app.commune(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let (now, today) = (app.app.clock.now(), local_day(app.app.clock.now()));
    let new = json!({
        "unit_id": commune, "name": "=Ra quân", "source": "+KH 7",
        "starts_on": today - Days::new(2), "ends_on": today + Days::new(9),
    });
    let opened = lead.post_once("/api/v1/campaigns", Uuid::now_v7(), new);
    let campaign = opened.await.expect(201).value();
    let campaign_id = campaign["campaign_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/campaigns/{campaign_id}");
    let target = json!({ "targets": [{
        "unit_id": village, "mass_union": "youth", "stage": "level1_activated", "people": 3,
        "source": "-CV 9", "made_on": "2026-11-01",
    }] });
    lead.put(&format!("{path}/targets"), target)
        .await
        .expect(204);
    let team = json!({
        "unit_id": commune, "mass_union": "youth", "name": "@Đội", "account_ids": [volunteer.account_id],
    });
    lead.post_once(&format!("{path}/teams"), Uuid::now_v7(), team)
        .await
        .expect(201);
    let members = json!({ "counts": [{
        "unit_id": commune, "mass_union": "youth", "members": 8, "counted_on": today, "source": "=SUM(1)",
    }] });
    lead.put("/api/v1/mobilisation/members", members)
        .await
        .expect(204);
    let op = |at| {
        json!({
            "op_id": Uuid::now_v7(), "kind": "record", "author_id": volunteer.account_id, "recorded_at": at,
            "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": village,
            "stage": "level1_activated", "device_holder": "own", "name": "Katơr Thị Kín",
            "subject": { "kind": "plain", "id_number": citizen::id_number() }, "consent": { "method": "spoken" },
        })
    };
    let body = json!({
        "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now,
        "ops": [op(now), op(now + TimeDelta::days(1))],
    });
    let pushed = volunteer.post("/api/v1/sync/push", body).await.expect(200);
    assert_eq!(pushed.value()["results"][1]["result"], "held");
    signal_of(&app, volunteer.account_id.unwrap(), commune).await;
    draw_of(&app, commune, "failed").await;
    let task = json!({
        "unit_id": commune, "kind": "task", "noted_on": today, "body": "Công an xã",
        "subject": "=1+1", "due_on": today + Days::new(5),
    });
    lead.post("/api/v1/register-entries", task)
        .await
        .expect(201);
    let asked = json!({ "kind": "restrict", "card_number": citizen::id_number() });
    volunteer
        .post("/api/v1/rights-requests", asked)
        .await
        .expect(201);
    let draws = lead.get(&format!("/api/v1/draws?code={COMMUNE}")).await;
    let draws = draws.expect(200).value();
    let week_on = draws["items"][0]["week_on"].as_str().unwrap();
    Scene {
        week_on: week_on.parse().unwrap(),
        app,
        lead,
        volunteer,
        commune,
        campaign_id,
    }
}

fn day(text: &Value) -> String {
    let day: NaiveDate = text.as_str().unwrap()[..10].parse().unwrap();
    day.format("%d/%m/%Y").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_drive_has_come_to_is_taken_away_as_the_board_shows_it() {
    let scene = scene().await;
    let campaigns = scene.list("/api/v1/campaigns").await;
    let (rows, _) = scene.table("campaigns").await;
    assert_eq!(rows.len(), campaigns.len());
    let shown = &campaigns[0];
    assert_eq!(rows[0][0], "'=Ra quân", "no formula");
    assert_eq!(
        rows[0][2..4],
        [day(&shown["starts_on"]), day(&shown["ends_on"])]
    );
    assert_eq!(
        rows[0][4..8],
        ["Đang chạy", "", "'+KH 7", &scene.campaign_id]
    );

    let path = format!("/api/v1/campaigns/{}", scene.campaign_id);
    let progress = scene.list(&format!("{path}/progress")).await;
    let (rows, typed) = scene.table("campaign_progress").await;
    assert_eq!(rows.len(), progress.len());
    assert_eq!(progress[0]["count"], 1);
    assert_eq!(
        rows[0][2..8],
        ["Đoàn Thanh niên", "Kích hoạt mức 1", "3", "1", "0", "33,3"]
    );
    assert_eq!(rows[0][8], "'-CV 9");
    assert_eq!(typed[0][7], Data::Float(33.3), "a number");
    assert!(matches!(typed[0][9], Data::DateTime(_)), "a day");

    let teams = scene.list(&format!("{path}/teams")).await;
    let (rows, _) = scene.table("teams").await;
    assert_eq!(rows.len(), teams.len());
    // The board names the members of a team.
    assert_eq!(rows[0][1], "'@Đội");
    assert_eq!(rows[0][3..6], ["Đoàn Thanh niên", "1", "Nguyễn Thị Thử"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn how_far_members_are_is_taken_away_and_who_waits_by_given_name_alone() {
    let scene = scene().await;
    let shown = scene.list("/api/v1/mobilisation").await;
    let (rows, typed) = scene.table("mobilisation").await;
    assert_eq!(rows.len(), shown.len());
    for (row, one) in rows.iter().zip(&shown) {
        for (cell, field) in [(5, "accounts"), (7, "signed_in"), (9, "recorded")] {
            assert_eq!(row[cell], one[field].to_string(), "{field}");
        }
    }
    let youth = rows.iter().position(|row| row[1] == "Đoàn Thanh niên");
    let youth = youth.unwrap();
    assert_eq!(
        rows[youth][2..5],
        ["8", &day(&json!(scene.today())), "'=SUM(1)"]
    );
    let percent = shown[youth]["accounts_percent"].as_f64().unwrap();
    assert_eq!(typed[youth][6], Data::Float(percent));

    let waiting = scene.list("/api/v1/mobilisation/waiting").await;
    let (rows, _) = scene.table("waiting_members").await;
    assert!(!rows.is_empty());
    assert_eq!(rows.len(), waiting.len());
    for (row, one) in rows.iter().zip(&waiting) {
        assert_eq!(row[1], one["given_name"].as_str().unwrap());
        assert!(!row.concat().contains("Nguyễn"), "{row:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_lead_is_taken_away_and_names_nobody() {
    let scene = scene().await;
    let held = scene.list("/api/v1/held-operations").await;
    let (rows, typed) = scene.table("held").await;
    assert_eq!(rows.len(), held.len());
    assert_eq!(rows[0][3], "Bản ghi");
    assert_eq!(rows[0][4], held[0]["message"].as_str().unwrap());
    assert_eq!(rows[0][6], held[0]["op_id"].as_str().unwrap());
    assert!(matches!(typed[0][0], Data::DateTime(_)), "a day");

    let signals = scene.list("/api/v1/signals").await;
    let (rows, typed) = scene.table("signals").await;
    assert_eq!(rows.len(), signals.len());
    assert_eq!(rows[0][3], signals[0]["title"].as_str().unwrap());
    assert_eq!(rows[0][5], signals[0]["explanation"].as_str().unwrap());
    assert_eq!(typed[0][6], Data::Float(3.0));
    assert_eq!(rows[0][7], "Đang mở");
    let mut earlier = scene.wish("signals");
    earlier["until_on"] = json!(scene.today() - Days::new(1));
    let (rows, _) = both(&scene.lead, &earlier).await;
    assert!(rows.is_empty(), "of these days: {rows:?}");

    let rights = scene.list("/api/v1/rights-requests").await;
    let (rows, _) = scene.table("rights").await;
    assert_eq!(rows.len(), rights.len());
    assert_eq!(rows[0][2..5], ["Hạn chế xử lý", "Mới nhận", "Đã đưa thẻ"]);
    assert_eq!(rows[0][7], day(&rights[0]["due_on"]));
    assert_eq!(rows[0][8], rights[0]["days_left"].to_string());

    for table in ["held", "signals", "rights", "draws", "grades"] {
        let text = scene.table(table).await.0.concat().concat();
        for name in ["Katơr", "Nguyễn Thị Thử", "********"] {
            assert!(!text.contains(name), "{table}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_settled_leaves_with_its_days_and_what_is_open_stays() {
    let scene = scene().await;
    let tasks = scene.list("/api/v1/register-entries?kind=task").await;
    let (rows, _) = scene.table("tasks").await;
    assert_eq!(rows.len(), tasks.len());
    assert_eq!(
        rows[0][2..7],
        [
            "Công an xã",
            "",
            "'=1+1",
            &day(&tasks[0]["due_on"]),
            "Đang mở"
        ]
    );
    let (id, rights_id) = (
        tasks[0]["entry_id"].as_str().unwrap(),
        scene.list("/api/v1/rights-requests").await[0]["rights_request_id"].clone(),
    );
    let done = json!({ "state": "done", "note": "Đã xong" });
    let path = format!("/api/v1/register-entries/{id}");
    scene.lead.patch(&path, done).await.expect(200);
    let path = format!(
        "/api/v1/rights-requests/{}/settlement",
        rights_id.as_str().unwrap()
    );
    let done = json!({ "decision": "done", "answer": "Đã thực hiện" });
    scene.lead.post(&path, done).await.expect(200);
    for (table, at, state) in [("tasks", 6, "Đã xong"), ("rights", 3, "Đã làm")] {
        let (rows, _) = scene.table(table).await;
        assert_eq!((rows.len(), rows[0][at].as_str()), (1, state));
        let mut earlier = scene.wish(table);
        earlier["until_on"] = json!(scene.today() - Days::new(1));
        let (rows, _) = both(&scene.lead, &earlier).await;
        assert!(rows.is_empty(), "{table}: it was settled later: {rows:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn draws_and_grades_are_taken_away_with_their_numbers() {
    let scene = scene().await;
    let draws = scene.list(&format!("/api/v1/draws?code={COMMUNE}")).await;
    let (rows, typed) = scene.table("draws").await;
    assert_eq!((rows.len(), draws.len()), (1, 1));
    assert_eq!(rows[0][0], day(&draws[0]["week_on"]));
    assert_eq!(rows[0][2..4], ["Hội LHPN", "Không đạt: còn ngờ"]);
    assert_eq!(typed[0][6], Data::Float(1.0));
    assert_eq!(
        rows[0][12..14],
        [&draws[0]["commitment"], &draws[0]["seed"]].map(|it| it.as_str().unwrap())
    );
    let grades = scene.list("/api/v1/grades").await;
    let (rows, _) = scene.table("grades").await;
    assert_eq!(rows.len(), grades.len());
    assert_eq!(rows[0][1], grades[0]["grade"].as_str().unwrap());
    assert_eq!(rows[0][7..9], ["1", grades[0]["reason"].as_str().unwrap()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_taken_away_within_ones_own_unit_only_by_whoever_sees_it() {
    let scene = scene().await;
    let far = scene.app.lead(ELSEWHERE).await;
    for table in LISTS {
        let mut theirs = scene.wish(table);
        let (_, file) = take(&far, &theirs).await;
        let lines = file.iter().filter(|byte| **byte == b'\n').count();
        // Of their own commune they see what there is: nothing yet but how it stands.
        let tells_how_it_stands = matches!(table, "mobilisation" | "waiting_members" | "grades");
        assert!(lines == 1 || tells_how_it_stands, "{table}");
        theirs["unit_id"] = json!(scene.commune);
        far.post("/api/v1/exports", &theirs)
            .await
            .refused(404, "not-found");
        scene
            .volunteer
            .post("/api/v1/exports", &theirs)
            .await
            .refused(403, "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_for_more_takes_away_the_same_of_a_part() {
    let scene = scene().await;
    let commander = scene.app.commander().await;
    for table in ["campaigns", "held", "signals", "tasks", "rights"] {
        let mut of_commune = scene.wish(table);
        of_commune["unit_id"] = json!(scene.commune);
        let (rows, _) = both(&commander, &of_commune).await;
        assert!(!rows.is_empty(), "{table}");
        assert_eq!(rows, scene.table(table).await.0, "{table}");
    }
    // Given names are of one commune.
    let of_province = commander.post("/api/v1/exports", scene.wish("waiting_members"));
    let problem = of_province.await.refused(422, "invalid");
    assert_eq!(problem.errors[0].pointer, "/unit_id");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_of_a_campaign_names_one_that_its_taker_sees() {
    let scene = scene().await;
    let far = scene.app.lead(ELSEWHERE).await;
    for table in ["campaign_progress", "teams"] {
        let mut wish = scene.wish(table);
        far.post("/api/v1/exports", &wish)
            .await
            .refused(404, "not-found");
        wish.as_object_mut().unwrap().remove("campaign_id");
        let problem = scene.lead.post("/api/v1/exports", &wish).await;
        let problem = problem.refused(422, "invalid");
        assert_eq!(problem.errors[0].pointer, "/campaign_id");
    }
    let mut of_none = scene.wish("held");
    of_none["campaign_id"] = json!(scene.campaign_id);
    let problem = scene.lead.post("/api/v1/exports", &of_none).await;
    let problem = problem.refused(422, "invalid");
    assert_eq!(problem.errors[0].pointer, "/campaign_id");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_too_long_for_a_table_is_refused_and_so_is_none_of_fewer_days() {
    let scene = scene().await;
    let (commune, author) = (scene.commune, scene.volunteer.account_id.unwrap());
    let fill = format!(
        "insert into signal (signal_id, fingerprint, rule, severity, author_id, commune_id, on_day, evidence, op_ids, acts)
         select md5('signal ' || i)::uuid, decode(md5('signal ' || i), 'hex'), 'helper_device', 'info', '{author}',
             {commune}, '{}', '{{}}', '{{}}', 1
         from generate_series(1, 50000) i",
        scene.today()
    );
    scene.app.owner().await.batch_execute(&fill).await.unwrap();
    let answer = scene
        .lead
        .post("/api/v1/exports", scene.wish("signals"))
        .await;
    answer.refused(422, "export-too-large");
    assert!(answer.text.contains("chọn ít ngày hơn"), "{}", answer.text);
    let mut fewer = scene.wish("signals");
    fewer["until_on"] = json!(scene.today() - Days::new(1));
    assert!(both(&scene.lead, &fewer).await.0.is_empty());
}

/// Those of a unit as it stands, and with what their columns begin.
const OF_UNIT: [(&str, &str); 8] = [
    ("board", "Bước;Hạng;Đơn vị;Thuộc;Số người;Đã xác nhận;"),
    ("assignments", "Thôn, khu phố;Người phụ trách;Từ ngày;"),
    ("transfers", "Ngày bàn giao;Người giao;Người nhận;Lý do;"),
    ("reconciliation", "Xã, phường;Tháng bắt đầu;Bước;"),
    ("police_lists", "Xã, phường;Tháng bắt đầu;Bước;"),
    ("devices", "Đơn vị;Người dùng;Ứng dụng;Phiên bản;"),
    ("accounts", "Đơn vị;Họ và tên;Điện thoại;Vai trò;"),
    ("rosters", "Ngày nhập;Đơn vị;Danh sách;Căn cứ;"),
];

/// The same commune, with work that is given and handed over, lists and a phone.
async fn scene_of_unit() -> Scene {
    let scene = scene().await;
    let (app, by) = (&scene.app, scene.lead.account_id.unwrap());
    let volunteer = scene.volunteer.account_id.unwrap();
    let village = app.village(COMMUNE, 0).await;
    let other = app.volunteer(COMMUNE).await.account_id.unwrap();
    assignment_of(app, volunteer, village).await;
    transfer_of(app, volunteer, other).await;
    police_list_of(app, scene.commune, by).await;
    device_of(app, volunteer).await;
    roster_of(app, scene.commune, by).await;
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_unit_has_is_taken_away_under_its_columns_by_its_lead_alone() {
    let scene = scene_of_unit().await;
    let far = scene.app.lead(ELSEWHERE).await;
    for (table, columns) in OF_UNIT {
        let mut wish = scene.wish(table);
        let (_, file) = take(&scene.lead, &wish).await;
        let text = String::from_utf8(file).unwrap();
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        let header = lines.next().unwrap();
        assert!(header.starts_with(columns), "{table}: {header}");
        assert!(lines.next().is_some(), "{table}");
        scene
            .volunteer
            .post("/api/v1/exports", &wish)
            .await
            .refused(403, "forbidden");
        wish["unit_id"] = json!(scene.commune);
        far.post("/api/v1/exports", &wish)
            .await
            .refused(404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_phones_and_accounts_are_taken_away_as_their_lists_show_them() {
    let scene = scene_of_unit().await;
    let shown = scene.list("/api/v1/assignments").await;
    let (rows, _) = scene.table("assignments").await;
    assert_eq!((rows.len(), shown.len()), (1, 1));
    assert_eq!(rows[0][1], "Nguyễn Thị Thử");
    assert_eq!(rows[0][2], day(&json!(scene.today())));
    assert_eq!(rows[0][6], shown[0]["assignment_id"].as_str().unwrap());
    let shown = scene.list("/api/v1/transfers").await;
    let (rows, _) = scene.table("transfers").await;
    assert_eq!((rows.len(), shown.len()), (1, 1));
    assert_eq!(rows[0][3..5], ["Thử", "0"]);
    assert_eq!(rows[0][8], shown[0]["transfer_id"].as_str().unwrap());
    let shown = scene.list("/api/v1/devices").await;
    let (rows, _) = scene.table("devices").await;
    assert_eq!((rows.len(), shown.len()), (1, 1));
    assert_eq!(rows[0][1..4], ["Nguyễn Thị Thử", "pwa", "1.0.0"]);
    let shown = scene.list("/api/v1/accounts").await;
    let (rows, _) = scene.table("accounts").await;
    assert_eq!(rows.len(), shown.len());
    for (row, one) in rows.iter().zip(&shown) {
        assert_eq!(row[2], one["phone_masked"].as_str().unwrap());
        assert_eq!(row[6], one["account_id"].as_str().unwrap());
    }

    // Whose work the lead of the other union does not see.
    let app = &scene.app;
    let other = app
        .account(Role::Lead, MassUnion::Women, scene.commune)
        .await;
    for table in ["assignments", "transfers"] {
        let (rows, _) = both(&other, &scene.wish(table)).await;
        assert!(rows.is_empty(), "{table}: {rows:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_the_board_are_taken_away_with_their_numbers() {
    let scene = scene_of_unit().await;
    let shown = scene.list("/api/v1/police-lists").await;
    let (rows, typed) = scene.table("police_lists").await;
    assert_eq!((rows.len(), shown.len()), (1, 1));
    assert_eq!(rows[0][3..6], ["9", "3", "0"], "it names no record");
    assert_eq!(rows[0][12], "Có hiệu lực");
    assert!(matches!(typed[0][1], Data::DateTime(_)), "a day");
    let shown = scene.list("/api/v1/reconciliation-tasks").await;
    let (rows, _) = scene.table("reconciliation").await;
    assert_eq!((rows.len(), shown.len()), (1, 1));
    assert_eq!(
        rows[0][3..11],
        ["9", "3", "3", "0", "6", "0", "0", "x"],
        "more than a tenth apart"
    );
    assert_eq!(rows[0][12..14], ["Mới", ""]);
    assert_eq!(rows[0][14], day(&shown[0]["due_on"]));
    let (rows, _) = scene.table("rosters").await;
    assert_eq!(rows.len(), scene.list("/api/v1/rosters").await.len());
    assert_eq!(rows[0][2..4], ["Thử", "Thử"]);

    let path = "/api/v1/leaderboards/village?stage=level1_activated&limit=200";
    let shown = scene.lead.get(path).await.expect(200).value();
    let shown = shown["rows"].as_array().unwrap();
    let (rows, _) = scene.table("board").await;
    assert_eq!(rows.len(), 5 * shown.len(), "each stage");
    let of_stage: Vec<_> = rows
        .iter()
        .filter(|row| row[0] == "Kích hoạt mức 1")
        .collect();
    assert_eq!(of_stage.len(), shown.len());
    for (row, one) in of_stage.iter().zip(shown) {
        assert_eq!(row[2], one["name"].as_str().unwrap());
        assert_eq!(row[4], one["count"].to_string());
    }
    assert!(of_stage.iter().any(|row| row[4] == "1"));
}
