//! When power or network are away: the printed list, what is entered afterwards, the end of a day, the
//! figures of it, and a server that is killed in mid-day.

use chrono::TimeDelta;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::queue::{DayStatistics, DeskTicket, EnteredSheet, OfficeStatistics};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::binary::Installation;
use crate::harness::booking::{TestOffice, assert_laws};
use crate::harness::queue::{Desk, visitor};
use crate::harness::{TestApp, citizen};

async fn enter(desk: &Desk, body: &Value) -> EnteredSheet {
    let path = desk.path("afterwards");
    desk.officer.post(&path, body).await.expect(200).json()
}

fn outcomes(sheet: &EnteredSheet) -> Vec<&str> {
    sheet
        .lines
        .iter()
        .map(|line| line.outcome.as_str())
        .collect()
}

async fn figures(app: &TestApp, desk: &Desk, query: &str) -> Vec<DayStatistics> {
    let office_id = desk.office.office_id;
    let path = format!("/api/v1/offices/{office_id}/statistics{query}");
    let told: OfficeStatistics = app.commander().await.get(&path).await.expect(200).json();
    told.days
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_is_printed_with_boxes_and_exported_without_formulas() {
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    let booked = app
        .stranger()
        .book(&desk.office, app.coming(1)[0], &citizen::id_number())
        .await;
    desk.walk_in().await;
    let sheet = desk.officer.get(&desk.path("sheet")).await.expect(200);
    for expected in [
        &booked.code,
        "Nguyễn Thị Thử",
        "B001",
        "☐",
        "☑",
        "Không hẹn 20",
    ] {
        assert!(sheet.text.contains(expected), "{expected}");
    }
    let file = desk.officer.get(&desk.path("sheet.csv")).await.expect(200);
    let mut lines = file.text.strip_prefix('\u{feff}').unwrap().lines();
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("Giờ,Mã hẹn,Số phiếu,Họ và tên")
    );
    assert_eq!(lines.count(), 2);
    let mut conn = app.conn().await;
    use diesel::{ExpressionMethods as _, QueryDsl as _};
    use diesel_async::RunQueryDsl as _;
    let audited: i64 = api::db::schema::audit_event::table
        .filter(
            api::db::schema::audit_event::action
                .eq_any(["booking.print_sheet", "booking.export_sheet"]),
        )
        .count()
        .get_result(&mut conn)
        .await
        .unwrap();
    assert_eq!(audited, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_on_paper_is_entered_once_line_by_line() {
    let app = TestApp::start().await;
    let mut desk = app.desk("22786").await;
    let stranger = app.stranger();
    let hour = app.coming(1)[0];
    let came = stranger
        .book(&desk.office, hour, &citizen::id_number())
        .await;
    let missed = stranger
        .book(&desk.office, hour, &citizen::id_number())
        .await;
    let waiting = desk.walk_in().await;
    let began = app.app.clock.now();
    app.pass(&mut desk, TimeDelta::hours(4)).await;
    let village = app.village("22795", 0).await;
    let at = |minutes: i64| began + TimeDelta::minutes(minutes);
    let line = || json!({ "line_id": Uuid::now_v7() });
    let with = |fields: Value| {
        let mut line = line();
        line.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        line
    };
    let lines = vec![
        with(
            json!({ "code": came.code, "arrived_at": at(90), "ended_at": at(120), "result": "card_requested" }),
        ),
        with(json!({ "code": missed.code, "ended_at": at(180) })),
        with(
            json!({ "number": waiting.number, "ended_at": at(30), "result": "refused", "refused_for": "papers_missing" }),
        ),
        with(json!({
            "arrived_at": at(40), "ended_at": at(60), "result": "dossier_collected",
            "walk_in": { "service_code": "level2", "visitor": visitor(&citizen::id_number(), Some(village)) },
        })),
        with(json!({ "number": "B999", "ended_at": at(30), "result": "other" })),
        with(json!({ "number": "B001", "ended_at": at(600), "result": "other" })),
        line(),
    ];
    let body = json!({ "on": local_day(began), "lines": lines });
    let entered = enter(&desk, &body).await;
    assert_eq!(
        outcomes(&entered),
        [
            "entered", "entered", "entered", "entered", "refused", "refused", "refused"
        ]
    );
    let codes: Vec<_> = entered.lines[4..]
        .iter()
        .map(|line| line.code.as_deref())
        .collect();
    assert_eq!(
        codes,
        [Some("ticket-not-found"), Some("TIME"), Some("ONE_OF")]
    );
    let again = enter(&desk, &body).await;
    assert_eq!(outcomes(&again)[..4], ["repeated"; 4]);
    assert_eq!(again.lines[3].number, entered.lines[3].number);

    let status = async |booked| stranger.appointment(booked).await.status;
    assert_eq!(status(&came).await, "served");
    assert_eq!(status(&missed).await, "no_show");
    let ended = desk.queue().await.ended;
    assert_eq!(ended.len(), 3);
    assert!(ended.iter().all(|ticket| ticket.entered_later));
    let recorded = ended.iter().filter(|ticket| ticket.stage_recorded);
    assert_eq!(recorded.count(), 1);
    let days = figures(&app, &desk, "").await;
    let day = &days[0];
    assert_eq!(
        (
            day.booked,
            day.arrived,
            day.walk_ins,
            day.served,
            day.no_show
        ),
        (2, 3, 2, 3, 1)
    );
    assert_eq!(day.waited_median_min, None, "nobody was called");
    assert_laws(&app).await;

    let old = json!({ "on": local_day(began - TimeDelta::days(8)), "lines": body["lines"] });
    let path = desk.path("afterwards");
    desk.officer.post(&path, old).await.refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_ends_and_a_list_that_comes_later_says_better() {
    let app = TestApp::start().await;
    let mut desk = app.desk("22786").await;
    let stranger = app.stranger();
    let hour = app.coming(1)[0];
    let booked = stranger
        .book(&desk.office, hour, &citizen::id_number())
        .await;
    let waiting = desk.walk_in().await;
    let on = local_day(hour);
    app.pass(&mut desk, TimeDelta::days(1)).await;
    api::booking::sweeper::tidy(&app.app).await.unwrap();
    let status = async || stranger.appointment(&booked).await.status;
    assert_eq!(status().await, "no_show");
    let before = &figures(&app, &desk, &format!("?on={on}")).await[0];
    assert_eq!((before.left, before.no_show, before.served), (1, 1, 0));
    assert_laws(&app).await;
    // The person may book again: yesterday stands in nobody's way.
    let body = json!({ "on": on, "lines": [
        { "line_id": Uuid::now_v7(), "code": booked.code, "arrived_at": hour,
          "ended_at": hour + TimeDelta::minutes(20), "result": "card_requested" },
        { "line_id": Uuid::now_v7(), "number": waiting.number,
          "ended_at": hour + TimeDelta::minutes(40), "result": "other" },
    ]});
    let entered = enter(&desk, &body).await;
    assert_eq!(outcomes(&entered), ["entered", "entered"], "{entered:?}");
    assert_eq!(status().await, "served");
    let after = &figures(&app, &desk, &format!("?on={on}")).await[0];
    assert_eq!((after.left, after.no_show, after.served), (0, 0, 2));
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_days_figures_are_those_of_its_story() {
    let app = TestApp::start().await;
    let mut desk = app.desk("22786").await;
    let stranger = app.stranger();
    let hour = app.coming(1)[0];
    // Two places are given up, and one of them is taken again.
    let mut given_up = Vec::new();
    for _ in 0..2 {
        let id = citizen::id_number();
        given_up.push(stranger.book(&desk.office, hour, &id).await);
    }
    for booked in &given_up {
        stranger.cancel(booked).await.expect(200);
    }
    let id = citizen::id_number();
    stranger.book(&desk.office, hour, &id).await;
    let waits = [5, 10, 30];
    for _ in waits {
        desk.walk_in().await;
    }
    let mut waited = 0;
    for minutes in waits {
        app.pass(&mut desk, TimeDelta::minutes(minutes - waited))
            .await;
        waited = minutes;
        let called = desk.called(1).await;
        desk.act(called.ticket_id, "start").await.expect(200);
        desk.finish(called.ticket_id, "other").await.expect(200);
    }
    let day = &figures(&app, &desk, "").await[0];
    assert_eq!((day.booked, day.arrived, day.served), (1, 3, 3));
    assert_eq!(
        (day.waited_median_min, day.waited_ninth_min),
        (Some(10), Some(26))
    );
    assert_eq!((day.freed, day.refilled), (2, 1));
    assert!(day.estimate_held_percent.is_some());

    let on = day.on;
    let week = figures(
        &app,
        &desk,
        &format!("?from={}&to={on}", on - TimeDelta::days(6)),
    )
    .await;
    assert_eq!(week.len(), 7);
    assert_eq!(week[6], *day);
    assert_eq!(week[0].arrived, 0);
    let office_id = desk.office.office_id;
    for wrong in [
        "?from=2026-01-01&to=2026-12-31",
        "?from=2026-02-02&to=2026-02-01",
        "?on=2026-01-01&from=2026-01-01",
    ] {
        let path = format!("/api/v1/offices/{office_id}/statistics{wrong}");
        desk.officer.get(&path).await.refused(422, "invalid");
    }
    for person in [app.volunteer("22786").await, app.lead("22786").await] {
        let path = format!("/api/v1/offices/{office_id}/statistics");
        person.get(&path).await.refused(403, "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_in_mid_day_has_lost_nothing_that_it_answered() {
    let installation = Installation::new();
    let serving = installation.serve(&["--demo"]);
    let officer = serving.demo("0900000004").await;
    let offices = officer
        .get("/api/v1/offices?limit=200")
        .await
        .expect(200)
        .value();
    let mobile = offices["items"].as_array().unwrap().iter();
    let mobile = mobile
        .clone()
        .find(|office| office["kind"] == "mobile")
        .unwrap();
    let office_id = OfficeId(mobile["office_id"].as_i64().unwrap() as i32);
    let mut desk = Desk {
        office: TestOffice { office_id },
        officer,
    };
    let mut answered: Vec<DeskTicket> = Vec::new();
    for _ in 0..6 {
        answered.push(desk.walk_in().await);
    }
    let served = desk.called(1).await;
    desk.act(served.ticket_id, "start").await.expect(200);
    desk.finish(served.ticket_id, "other").await.expect(200);
    let called = desk.called(2).await;
    let key = Uuid::now_v7();
    let next = json!({ "desk_no": 3 });
    let third = desk
        .officer
        .post_once(&desk.path("calls"), key, &next)
        .await;
    let third: DeskTicket = third.expect(200).json();
    serving.kill();

    let serving = installation.serve(&["--demo"]);
    desk.officer = serving.demo("0900000004").await;
    let queue = desk.queue().await;
    assert_eq!(queue.ended[0].number, served.number);
    let at_desks: Vec<&str> = queue
        .at_desks
        .iter()
        .map(|one| one.number.as_str())
        .collect();
    assert_eq!(at_desks, [called.number.as_str(), third.number.as_str()]);
    assert_eq!(queue.waiting.len(), answered.len() - 3);
    // The press whose answer nobody may have seen is answered as before.
    let again = desk
        .officer
        .post_once(&desk.path("calls"), key, &next)
        .await;
    assert_eq!(again.expect(200).json::<DeskTicket>().number, third.number);
    assert_eq!(desk.walk_in().await.number, "B007", "no number twice");
    installation.ok(&["verify-rollups"]);
}
