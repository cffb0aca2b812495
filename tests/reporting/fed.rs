//! What the program counts fills itself, by night and in closing, and leaves to people what they typed.

use api::reporting::indicators::feed;
use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::queue::DeskTicket;
use mobile_contracts::reporting::{EnteredValues, IndicatorValue, ReportingPeriod};
use mobile_contracts::reporting_checker::ReportFinding;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{at, enter, figure, list, open, reporter, value};
use crate::harness::queue::Desk;
use crate::harness::{Person, TestApp, citizen};

const HERE: &str = "22786";

/// Pushes operations of a village, all of which are taken.
async fn push(app: &TestApp, author: &Person, village: UnitId, ops: &[Value]) {
    let now = app.app.clock.now();
    let ops = ops.iter().map(|said| {
        let mut op = json!({
            "op_id": Uuid::now_v7(), "author_id": author.account_id, "recorded_at": now,
            "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": village,
        });
        for (name, value) in said.as_object().unwrap() {
            op[name] = value.clone();
        }
        op
    });
    let ops: Vec<Value> = ops.collect();
    let body =
        json!({ "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": ops });
    let answer = author.post("/api/v1/sync/push", body).await.expect(200);
    let told = answer.value();
    for result in told["results"].as_array().unwrap() {
        assert_eq!(result["result"], "applied", "{told}");
    }
}

fn activated() -> Value {
    json!({ "kind": "record", "stage": "level2_activated", "device_holder": "own", "consent": { "method": "spoken" },
        "subject": { "kind": "plain", "id_number": citizen::id_number() } })
}

/// Somebody who has an appointment comes, and is served.
async fn serve(desk: &Desk, code: &str) {
    let ticket: DeskTicket = desk.check_in(code).await.expect(201).json();
    desk.called(1).await;
    desk.act(ticket.ticket_id, "start").await.expect(200);
    desk.finish(ticket.ticket_id, "other").await.expect(200);
}

/// A period of the province that today is in.
async fn period_of_today(app: &TestApp, commander: &Person) -> ReportingPeriod {
    let unit = app.commune("56").await;
    let today = local_day(app.app.clock.now());
    let days = (today - TimeDelta::days(10), today + TimeDelta::days(10));
    let days = (days.0.to_string(), days.1.to_string());
    let month = today.format("%Y-%m").to_string();
    open(commander, unit, &month, (&days.0, &days.1)).await
}

/// What stands, or nothing.
async fn standing(person: &Person, period: &ReportingPeriod, code: &str) -> Option<i64> {
    let values: Vec<IndicatorValue> = list(person, &at(period, "/values")).await;
    let mut own = values.iter();
    let own = own.find(|own| own.code == code && own.span == "in_period");
    own.and_then(|own| own.value)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_recorded_served_and_told_of_fills_itself_every_night() {
    let app = TestApp::start().await;
    let mut desk = app.desk(HERE).await;
    let (stranger, hour) = (app.stranger(), app.coming(1)[0]);
    let tomorrow = hour + TimeDelta::days(1);
    let early = stranger
        .book(&desk.office, tomorrow, &citizen::id_number())
        .await;
    let same_day = stranger
        .book(&desk.office, hour, &citizen::id_number())
        .await;
    serve(&desk, &same_day.code).await;
    app.pass(&mut desk, TimeDelta::days(1)).await;
    serve(&desk, &early.code).await;

    let volunteer = app.volunteer(HERE).await;
    let village = app.village(HERE, 0).await;
    let told = [
        activated(),
        activated(),
        activated(),
        json!({ "kind": "activity", "activity": "meeting", "attended": 62, "leaflets": 40 }),
        json!({ "kind": "activity", "activity": "meeting", "attended": 38 }),
        json!({ "kind": "activity", "activity": "school", "attended": 500, "leaflets": 160 }),
    ];
    push(&app, &volunteer, village, &told).await;
    let commander = app.commander().await;
    let period = period_of_today(&app, &commander).await;
    feed::once(&app.app).await.unwrap();

    for (code, expected, of) in [
        ("vneid.level2_activated", 3, None),
        ("hen.phuc_vu", 2, None),
        ("hen.trong_ngay", 1, Some(2)),
        ("tuyen_truyen.to_roi.doan_hoi", 200, None),
        ("tuyen_truyen.long_ghep.doan_hoi", 2, None),
        ("tuyen_truyen.nguoi_du.doan_hoi", 100, None),
    ] {
        for span in ["in_period", "cumulative"] {
            let own = value(&commander, &period, code, span).await;
            assert_eq!((own.value, own.denominator), (Some(expected), of), "{code}");
            assert!(own.fed && own.revision == 1 && own.source == "Phần mềm Tổ 06");
        }
    }
    // Nobody recorded this ever: no line of zeros.
    assert_eq!(standing(&commander, &period, "vneid.installed").await, None);
    // The whole province's outreach is somebody's to type: the unions' is a part of it.
    assert_eq!(
        standing(&commander, &period, "tuyen_truyen.to_roi").await,
        None
    );

    // The next night has what the day brought, and nothing is written twice.
    feed::once(&app.app).await.unwrap();
    push(&app, &volunteer, village, &[activated()]).await;
    feed::once(&app.app).await.unwrap();
    let own = value(&commander, &period, "vneid.level2_activated", "in_period").await;
    assert_eq!((own.value, own.revision), (Some(4), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_closes_with_what_is_counted_then_and_what_comes_later_is_told() {
    let app = TestApp::start().await;
    let (volunteer, village) = (app.volunteer(HERE).await, app.village(HERE, 0).await);
    let commander = app.commander().await;
    let period = period_of_today(&app, &commander).await;
    push(&app, &volunteer, village, &[activated(), activated()]).await;
    commander
        .post(&at(&period, "/closings"), ())
        .await
        .expect(200);
    let code = "vneid.level2_activated";
    assert_eq!(standing(&commander, &period, code).await, Some(2));

    // A closed period is left alone by night; the checker tells what came late, and pressing corrects it.
    push(&app, &volunteer, village, &[activated()]).await;
    feed::once(&app.app).await.unwrap();
    assert_eq!(standing(&commander, &period, code).await, Some(2));
    let found: Vec<ReportFinding> = list(&commander, &at(&period, "/findings")).await;
    let late: Vec<_> = found
        .iter()
        .filter(|own| own.rule == "fed_differs")
        .collect();
    assert_eq!(late.len(), 2, "cumulative and in the period");
    assert!(
        late[1].message.contains("là 02, nay phần mềm đếm được 03"),
        "{}",
        late[1].message
    );
    assert_eq!(late[1].severity, "warning");
    let told = commander.post(&at(&period, "/feeds"), ()).await.expect(200);
    assert_eq!(told.json::<EnteredValues>().correction, Some(1));
    assert_eq!(standing(&commander, &period, code).await, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn since_the_beginning_a_stage_is_told_of_the_target_that_boards_measure_by() {
    let app = TestApp::start().await;
    let (volunteer, village) = (app.volunteer(HERE).await, app.village(HERE, 0).await);
    let commander = app.commander().await;
    let period = period_of_today(&app, &commander).await;
    push(&app, &volunteer, village, &[activated(), activated()]).await;
    let target = async |people: i32| {
        let sql = format!(
            "insert into target (unit_id, stage, starts_on, people, denominator, source)
             values ({}, 'level2_activated', '2026-01-01', {people}, 'assigned', 'KH thử')
             on conflict (unit_id, stage, starts_on) do update set people = excluded.people",
            period.unit_id
        );
        app.owner().await.batch_execute(&sql).await.unwrap();
        feed::once(&app.app).await.unwrap();
    };
    let code = "vneid.level2_activated";
    for people in [200, 300] {
        target(people).await;
        let own = value(&commander, &period, code, "cumulative").await;
        let expected = (Some(2), Some(i64::from(people)));
        assert_eq!((own.value, own.denominator), expected);
        // No target is one of these days alone.
        let own = value(&commander, &period, code, "in_period").await;
        assert_eq!((own.value, own.denominator), (Some(2), None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_typed_is_never_written_over_and_the_difference_is_told() {
    let app = TestApp::start().await;
    let (volunteer, village) = (app.volunteer(HERE).await, app.village(HERE, 0).await);
    let commander = app.commander().await;
    let period = period_of_today(&app, &commander).await;
    push(&app, &volunteer, village, &[activated(), activated()]).await;
    let code = "vneid.level2_activated";
    let reporter = reporter(&app).await;
    let typed = json!([figure(code, "in_period", 9)]);
    enter(&reporter, &period, typed).await.expect(200);
    feed::once(&app.app).await.unwrap();
    let told = reporter.post(&at(&period, "/feeds"), ()).await.expect(200);
    assert_eq!(told.json::<EnteredValues>().kept, 1);
    let own = value(&commander, &period, code, "in_period").await;
    assert_eq!((own.value, own.fed), (Some(9), false));
    let found: Vec<ReportFinding> = list(&commander, &at(&period, "/findings")).await;
    let typed: Vec<_> = found
        .iter()
        .filter(|own| own.rule == "fed_differs")
        .collect();
    assert_eq!(typed.len(), 1);
    let words = "số nhập tay là 09, phần mềm đếm được 02";
    assert!(typed[0].message.contains(words), "{}", typed[0].message);

    // Taken back, it is the program's again.
    let mut back = figure(code, "in_period", 0);
    back.as_object_mut().unwrap().remove("value");
    enter(&reporter, &period, json!([back])).await.expect(200);
    feed::once(&app.app).await.unwrap();
    assert_eq!(standing(&commander, &period, code).await, Some(2));
}
