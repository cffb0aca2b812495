//! The evening brief: what a day of a unit comes to, honest about what nobody knows.

use chrono::{NaiveDate, TimeDelta};
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::brief::{Brief, BriefPart, TEXT_CHARS_MAX};
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{MassUnion, Role};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::harness::makers::{device_of, draw_of};
use crate::harness::rollups::rollup;
use crate::harness::things::Things;
use crate::harness::{Person, TestApp, citizen};

async fn brief(person: &Person, query: &str) -> Brief {
    let path = format!("/api/v1/brief{query}");
    person.get(&path).await.expect(200).json()
}

fn part<'a>(brief: &'a Brief, name: &str) -> &'a BriefPart {
    let part = brief.parts.iter().find(|part| part.part == name);
    part.unwrap_or_else(|| panic!("no part {name}"))
}

fn lines(brief: &Brief, name: &str) -> Vec<String> {
    let lines = part(brief, name).lines.iter();
    lines.map(|line| line.text.clone()).collect()
}

fn today(app: &TestApp) -> NaiveDate {
    local_day(app.app.clock.now())
}

/// Somebody was approved at level 2, and nobody activated it with them.
async fn approve(app: &TestApp, volunteer: &Person) {
    let now = app.app.clock.now();
    let op = json!({
        "op_id": Uuid::now_v7(), "kind": "record", "author_id": volunteer.account_id, "recorded_at": now,
        "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": app.village("22786", 0).await,
        "subject": { "kind": "plain", "id_number": citizen::id_number() },
        "consent": { "method": "spoken" }, "stage": "level2_approved",
    });
    let body =
        json!({ "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": [op] });
    let answer = volunteer.post("/api/v1/sync/push", body).await.expect(200);
    assert_eq!(answer.value()["results"][0]["result"], "applied");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brief_tells_what_moved_what_is_doubtful_and_what_to_do_and_names_nobody() {
    let app = TestApp::start().await;
    let early = app.volunteer("22786").await;
    approve(&app, &early).await;
    app.advance(TimeDelta::days(5)).await;
    let desk = app.desk("22786").await;
    // Two places of the day are given up, and one of them is taken again.
    let (stranger, hour) = (app.stranger(), app.coming(1)[0]);
    for _ in 0..2 {
        let booked = stranger
            .book(&desk.office, hour, &citizen::id_number())
            .await;
        stranger.cancel(&booked).await.expect(200);
    }
    let ids = [citizen::id_number(), citizen::id_number()];
    stranger.book(&desk.office, hour, &ids[0]).await;
    let next_day = hour + TimeDelta::days(1);
    stranger.book(&desk.office, next_day, &ids[1]).await;
    let (author, lead) = (app.volunteer("22786").await, app.lead("22786").await);
    // A held record, a signal, two differences from the police, a lot that failed, a phone.
    Things::within(&app, "22786", &author, &lead).await;
    draw_of(&app, app.commune("22786").await, "undecided").await;
    let on = today(&app);
    let old = on - chrono::Days::new(2);
    app.owner()
        .await
        .batch_execute(&format!(
            "update device set pending = 7, reported_at = app_now(), oldest_pending_at = '{old} 05:00+07'"
        ))
        .await
        .unwrap();
    let (busy, quiet) = (app.village("22786", 1).await, app.village("22786", 2).await);
    rollup(&app, busy, "youth", &on.to_string(), 12).await;
    let long_ago = on - chrono::Days::new(6);
    rollup(&app, quiet, "youth", &long_ago.to_string(), 4).await;

    let told = brief(&lead, "").await;
    assert_eq!((told.on, told.unit_name.as_str()), (on, "Xã Bác Ái Tây"));
    let parts: Vec<&str> = told.parts.iter().map(|part| part.part.as_str()).collect();
    assert_eq!(
        parts,
        [
            "moved",
            "stalled",
            "stale",
            "doubtful",
            "seven_days",
            "places",
            "tomorrow"
        ]
    );
    let geography = app.geography().await;
    let name = |id| geography.name_on(id, on);
    let moved = lines(&told, "moved");
    assert_eq!(
        moved[0],
        format!("{}: 12 bước, trong đó 12 kích hoạt mức 2", name(busy))
    );
    assert_eq!(part(&told, "moved").lines[0].unit_id, Some(busy));
    let still = format!("{}: 6 ngày không có bước nào", name(quiet));
    assert!(lines(&told, "stalled").contains(&still), "{told:?}");
    let stale = &lines(&told, "stale")[0];
    assert!(stale.contains("7 bản ghi chưa gửi trên 1 máy"), "{stale}");
    assert!(
        stale.contains(&old.format("%d/%m/%Y").to_string()),
        "{stale}"
    );
    let doubts = lines(&told, "doubtful").join("; ");
    for words in [
        "1 dấu hiệu cần hỏi lại",
        "1 bản ghi chờ duyệt",
        "2 chênh lệch với công an",
        "1 lô kiểm tra không đạt",
        "1 lô kiểm tra chưa kết luận được",
    ] {
        assert!(doubts.contains(words), "{doubts}");
    }
    let waiting = lines(&told, "seven_days");
    assert_eq!(waiting.len(), 1);
    assert!(waiting[0].contains(": 1 người còn "), "{waiting:?}");
    let places = &lines(&told, "places")[0];
    assert!(places.contains("có người khác nhận"), "{places}");
    let todo = lines(&told, "tomorrow").join("; ");
    for words in [
        "1 người ở 1 thôn để kích hoạt mức 2",
        "gửi 7 bản ghi",
        "Đếm lại hoặc tập huấn lại cho 1 lô",
        "Đến nhà hỏi lại cho 1 lô",
        "Xử lý: 1 dấu hiệu",
        "lượt hẹn ở các điểm tiếp nhận",
    ] {
        assert!(todo.contains(words), "{todo}");
    }
    assert!(told.text.chars().count() <= TEXT_CHARS_MAX);
    for line in told.parts.iter().flat_map(|part| part.lines.first()) {
        assert!(
            told.text.contains(&line.text),
            "{}: {}",
            line.text,
            told.text
        );
    }
    let whole = serde_json::to_string(&told).unwrap();
    assert!(!whole.contains("Thử"), "somebody is named: {whole}");

    // The province compares communes, in English too, and as a message alone.
    let commander = app.commander().await;
    let request = commander
        .request(Method::GET, "/api/v1/brief?form=text")
        .header("accept-language", "en");
    let english = commander.send(request).await.expect(200);
    assert!(
        english.text.starts_with("EVENING BRIEF"),
        "{}",
        english.text
    );
    assert!(
        english.text.contains("Xã Bác Ái Tây: 1"),
        "{}",
        english.text
    );
    assert!(english.text.contains("6. Places of the day"));
    assert!(english.text.chars().count() <= TEXT_CHARS_MAX);
    let within = app.commune("22786").await;
    let same = brief(&commander, &format!("?within={within}")).await;
    assert_eq!(same.parts, told.parts, "whoever reads it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brief_says_where_phones_are_silent_and_targets_are_passed() {
    let app = TestApp::start().await;
    let (commander, on) = (app.commander().await, today(&app));
    let volunteer = app.volunteer("22786").await;
    device_of(&app, volunteer.account_id.unwrap()).await;
    let commune = app.commune("22786").await;
    let target = format!(
        "insert into target (unit_id, stage, starts_on, people, denominator, source)
         values ({commune}, 'level2_activated', '2026-01-01', 30, 'assigned', 'KH thử')"
    );
    app.owner().await.batch_execute(&target).await.unwrap();
    let village = app.village("22786", 0).await;
    rollup(&app, village, "youth", &on.to_string(), 31).await;
    let told = brief(&commander, "").await;
    assert_eq!(
        lines(&told, "stale"),
        ["Xã Bác Ái Tây: 1/1 máy không báo tình trạng đã ba ngày, chưa biết còn gì chưa gửi"]
    );
    assert_eq!(
        lines(&told, "doubtful"),
        ["Xã Bác Ái Tây: 31 người, vượt chỉ tiêu 30"]
    );
    for name in ["stale", "doubtful"] {
        assert_eq!(part(&told, name).lines[0].unit_id, Some(commune));
    }
    let todo = lines(&told, "tomorrow");
    for words in [
        "Gọi người giữ 1 máy im lặng ở 1 đơn vị",
        "Kiểm tra chỉ tiêu của 1 đơn vị đã vượt 100 %",
    ] {
        assert!(todo.iter().any(|line| line == words), "{todo:?}");
        assert!(told.text.contains(words), "{}", told.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn freed_places_of_the_day_are_counted_with_those_taken_again() {
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    let (stranger, hour) = (app.stranger(), app.coming(1)[0]);
    let mut given_up = Vec::new();
    for _ in 0..3 {
        given_up.push(
            stranger
                .book(&desk.office, hour, &citizen::id_number())
                .await,
        );
    }
    for booked in &given_up {
        stranger.cancel(booked).await.expect(200);
    }
    stranger
        .book(&desk.office, hour, &citizen::id_number())
        .await;
    let lead = app.lead("22786").await;
    let told = brief(&lead, "").await;
    assert_eq!(
        lines(&told, "places"),
        ["3 chỗ trong ngày trống lại, 1 có người khác nhận, 2 bỏ không"]
    );
    // What is given up a day ahead is no place of the day.
    let ahead = stranger
        .book(
            &desk.office,
            hour + TimeDelta::days(1),
            &citizen::id_number(),
        )
        .await;
    stranger.cancel(&ahead).await.expect(200);
    assert_eq!(lines(&brief(&lead, "").await, "places").len(), 1);
    let elsewhere = app.lead("22795").await;
    assert!(
        part(&brief(&elsewhere, "").await, "places")
            .lines
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brief_of_nothing_says_so_and_says_what_nobody_knows() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let told = brief(&commander, "").await;
    assert_eq!((told.steps, told.steps_before, told.activated), (0, 0, 0));
    for name in ["moved", "doubtful", "seven_days", "places"] {
        let part = part(&told, name);
        assert!(part.lines.is_empty(), "{part:?}");
        let nothing = part.nothing.as_ref().unwrap();
        assert!(told.text.contains(nothing.as_str()), "{}", told.text);
    }
    assert_eq!(
        lines(&told, "stalled"),
        ["Cả 24 đơn vị không ghi nhận bước nào trong mười bốn ngày"]
    );
    assert_eq!(
        lines(&told, "stale"),
        ["Chưa có máy nào đăng ký: không biết còn gì chưa gửi"],
        "no phone is no good news"
    );
    // A day of the past is told with its own steps.
    let village = app.village("22786", 0).await;
    let before = today(&app) - chrono::Days::new(3);
    rollup(&app, village, "youth", &before.to_string(), 5).await;
    let then = brief(&commander, &format!("?on={before}")).await;
    assert_eq!((then.steps, then.activated), (5, 5));
    let now = brief(&commander, "").await;
    let day = before.format("%d/%m/%Y");
    assert_eq!(
        lines(&now, "moved"),
        [format!(
            "Trong ngày chưa ghi nhận bước nào; gần nhất là {day}: 5 bước"
        )]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brief_is_for_who_answers_for_the_unit() {
    let app = TestApp::start().await;
    let lead = app.lead("22786").await;
    let elsewhere = app.commune("22795").await;
    lead.get(&format!("/api/v1/brief?within={elsewhere}"))
        .await
        .refused(404, "not-found");
    let tomorrow = today(&app) + chrono::Days::new(1);
    for on in [tomorrow.to_string(), "2019-12-31".to_owned()] {
        let path = format!("/api/v1/brief?on={on}");
        let problem = lead.get(&path).await.refused(422, "invalid");
        assert_eq!(problem.errors[0].pointer, "?on");
    }
    lead.get("/api/v1/brief?form=song").await.expect(422);
    let unit = app.commune("22786").await;
    for role in [Role::Volunteer, Role::Officer, Role::Reporter] {
        let person = app.account(role, MassUnion::Youth, unit).await;
        person.get("/api/v1/brief").await.refused(403, "forbidden");
    }
    app.stranger()
        .get("/api/v1/brief")
        .await
        .refused(401, "sign-in");
}
