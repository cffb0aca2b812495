//! A school class, an agency: rehearsed line by line, booked in one step, handed out on paper.

use chrono::{NaiveDate, TimeDelta};
use futures_util::future::join_all;
use mobile_contracts::booking::{Appointment, GroupBooking, GroupLine};
use mobile_contracts::calendar::local_day;
use serde_json::json;
use uuid::Uuid;

use crate::harness::booking::{TestOffice, assert_laws};
use crate::harness::{TestApp, citizen};

const HEADER: &str = "id_number,name,birth_on,phone,village,guardian_name,consent\n";

/// A boy of the report's class of 2008, whom nobody knows.
fn pupil() -> String {
    format!("058208{}", &citizen::id_number()[6..])
}

fn line(id_number: &str) -> String {
    format!("{id_number},Nguyễn Văn Thử,15/09/2008,,,,written\n")
}

fn class(people: usize) -> String {
    let lines: String = (0..people).map(|_| line(&pupil())).collect();
    format!("{HEADER}{lines}")
}

/// Tomorrow: a whole day lies before the group.
fn tomorrow(app: &TestApp) -> NaiveDate {
    local_day(app.app.clock.now() + TimeDelta::days(1))
}

fn booked(group: &GroupBooking) -> Vec<&GroupLine> {
    let lines = group.lines.iter();
    lines.filter(|line| line.result == "booked").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_of_forty_is_rehearsed_and_booked_slot_after_slot() {
    let app = TestApp::start().await;
    let office = app.office("22786", 6).await;
    let lead = app.lead("22786").await;
    let (on, list) = (tomorrow(&app), class(40));
    let window = "from_min=480&to_min=720&fit=all";
    let rehearsed: GroupBooking = lead
        .book_group(&office, on, &format!("{window}&dry_run=true"), &list)
        .await
        .expect(200)
        .json();
    assert!(rehearsed.dry_run && rehearsed.group_id.is_none());
    assert_eq!((rehearsed.booked, rehearsed.places), (40, 40));
    assert!(rehearsed.lines.iter().all(|line| line.secret.is_none()));

    let key = Uuid::new_v4();
    let answer = lead
        .book_group_once(&office, on, window, key, &list)
        .await
        .expect(200);
    let group: GroupBooking = answer.json();
    assert!(!group.dry_run);
    assert_eq!((group.booked, group.no_room, group.refused), (40, 0, 0));
    let starts: Vec<_> = group
        .lines
        .iter()
        .map(|line| line.starts_at.unwrap())
        .collect();
    assert!(
        starts.windows(2).all(|pair| pair[0] <= pair[1]),
        "in the order of the list"
    );
    let rehearsed: Vec<_> = rehearsed.lines.iter().map(|line| line.starts_at).collect();
    let booked: Vec<_> = group.lines.iter().map(|line| line.starts_at).collect();
    assert_eq!(booked, rehearsed, "as rehearsed");
    assert_eq!(
        starts[39] - starts[0],
        TimeDelta::minutes(6 * 30),
        "seven slots, no gap"
    );
    let again = lead
        .book_group_once(&office, on, window, key, &list)
        .await
        .expect(200);
    assert_eq!(again.text, answer.text);
    assert!(again.headers.contains_key("idempotency-replayed"));
    lead.book_group_once(&office, on, window, key, &class(2))
        .await
        .refused(422, "idempotency-key-reused");

    // Each one can be managed by code and secret.
    let (first, person) = (&group.lines[0], app.stranger());
    let own = json!({ "code": first.code, "secret": first.secret });
    let seen: Appointment = person
        .post("/api/v1/appointments/lookup", &own)
        .await
        .expect(200)
        .json();
    assert_eq!((seen.status.as_str(), seen.verified), ("booked", true));
    person
        .post("/api/v1/appointments/cancel", &own)
        .await
        .expect(200);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_line_says_what_mends_it_and_nothing_is_written() {
    let app = TestApp::start().await;
    let office = app.office("22786", 6).await;
    let lead = app.lead("22786").await;
    let (good, known) = (pupil(), pupil());
    let starts_at = app.coming(1)[0];
    let before = lead.book(&office, starts_at, &known).await;
    let list = format!(
        "{HEADER}{}{}{}{}058218{},Nguyễn Văn Bé,01/06/2018,,,,\n{},Nguyễn Văn Thử,32/01/2008,,,,\n{},Nguyễn Văn Thử,15/09/2008,0212345,Thôn Không Có,,maybe\n",
        line(&good),
        line(&good),
        line(&known),
        line(&good[1..]),
        &citizen::id_number()[6..],
        pupil(),
        pupil(),
    );
    let answer = lead
        .book_group(&office, tomorrow(&app), "fit=all", &list)
        .await
        .expect(200);
    let group: GroupBooking = answer.json();
    assert!(group.dry_run && group.group_id.is_none());
    assert_eq!((group.booked, group.refused), (1, 6));
    let said = |line: u32| -> &str {
        let told = group.lines.iter().find(|one| one.line == line).unwrap();
        told.message.as_deref().unwrap_or_default()
    };
    assert_eq!(said(2), "");
    assert!(said(3).contains("trùng với dòng 2"), "{}", said(3));
    assert!(said(4).contains("đã có lịch hẹn"), "{}", said(4));
    assert!(said(5).contains("số 0"), "a lost zero: {}", said(5));
    assert!(said(6).contains("giám hộ"), "{}", said(6));
    assert!(said(7).contains("31/12/2008"), "{}", said(7));
    for part in ["thôn, khu phố", "spoken, written"] {
        assert!(said(8).contains(part), "{}", said(8));
    }
    // Of the one who is booked, neither where nor when.
    let known = &group.lines[2];
    assert!(known.starts_at.is_none() && known.appointment_id.is_none());
    assert!(!answer.text.contains(&before.code));
    assert!(!answer.text.contains(&good), "no number goes back");
    // Nobody was booked.
    lead.book(&office, starts_at, &good).await;
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_takes_no_more_than_its_share_of_the_day_and_all_means_all() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let lead = app.lead("22786").await;
    let on = tomorrow(&app);
    // 48 half hours, of which groups may have a quarter.
    let share = json!({ "group_share": 25 });
    let path = format!("/api/v1/offices/{}", office.office_id);
    app.admin().await.patch(&path, share).await.expect(200);
    let problem = lead
        .book_group(&office, on, "fit=all", &class(13))
        .await
        .refused(409, "group-does-not-fit");
    assert_eq!(problem.more["places"], json!(12));
    let group: GroupBooking = lead
        .book_group(&office, on, "fit=as_many", &class(13))
        .await
        .expect(200)
        .json();
    assert_eq!((group.booked, group.no_room), (12, 1));
    assert_eq!(
        group.lines[12].result, "no_room",
        "the last one of the list"
    );
    lead.book_group(&office, on, "fit=as_many", &class(2))
        .await
        .refused(409, "group-does-not-fit");
    // Everybody else has the rest.
    let later = booked(&group)[11].starts_at.unwrap() + TimeDelta::minutes(30);
    app.stranger()
        .book(&office, later, &citizen::id_number())
        .await;
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_groups_at_once_share_the_share() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let lead = app.lead("22786").await;
    let on = tomorrow(&app);
    let windows = [
        "from_min=0&to_min=720&fit=all",
        "from_min=720&to_min=1440&fit=all",
    ];
    // Half of 48 places: each of the two would fit, and both would not.
    let answers = join_all(windows.map(|window| {
        let (lead, office) = (lead.clone(), &office);
        async move { lead.book_group(office, on, window, &class(20)).await }
    }))
    .await;
    let mut statuses: Vec<u16> = answers.iter().map(|one| one.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(
        statuses,
        [200, 409],
        "{} {}",
        answers[0].text,
        answers[1].text
    );
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_takes_nobodys_hold() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    let lead = app.lead("22786").await;
    let [first, second] = app.in_a_row(2)[..] else {
        panic!()
    };
    let minute = |at| api::booking::slots::rules::minute_of_day(at);
    let (person, id) = (app.stranger(), citizen::id_number());
    let hold = person.hold(&office, first, &[&id]).await.expect(201);
    let window = format!(
        "from_min={}&to_min={}&fit=all",
        minute(first),
        minute(second) + 1
    );
    let group: GroupBooking = lead
        .book_group(&office, local_day(first), &window, &class(3))
        .await
        .expect(200)
        .json();
    let starts: Vec<_> = group
        .lines
        .iter()
        .map(|line| line.starts_at.unwrap())
        .collect();
    assert_eq!(starts, [first, second, second]);
    person.confirm(&hold.json(), &[&id]).await.expect(201);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_and_the_slips_are_for_whoever_booked_the_group() {
    let app = TestApp::start().await;
    let office = app.office("22786", 6).await;
    let lead = app.lead("22786").await;
    let group: GroupBooking = lead
        .book_group(&office, tomorrow(&app), "fit=all", &class(3))
        .await
        .expect(200)
        .json();
    let path = format!("/api/v1/group-bookings/{}", group.group_id.unwrap());
    let list = lead.get(&format!("{path}/list")).await.expect(200);
    let mut reader = csv_lines(&list.text);
    assert_eq!(
        reader.next().unwrap(),
        "name,id_tail,date,time,code,secret,status"
    );
    let lines: Vec<&str> = reader.collect();
    assert_eq!(lines.len(), 3);
    for (line, told) in lines.iter().zip(&group.lines) {
        let key = format!(
            "{},{}",
            told.code.as_deref().unwrap(),
            told.secret.as_deref().unwrap()
        );
        assert!(
            line.starts_with("Nguyễn Văn Thử,") && line.contains(&key),
            "{line}"
        );
    }
    let slips = lead.get(&format!("{path}/slips")).await.expect(200);
    assert_eq!(slips.text.matches("<section class=\"slip\">").count(), 3);
    for told in &group.lines {
        assert!(slips.text.contains(told.secret.as_deref().unwrap()));
    }
    let other = app.lead("22786").await;
    for what in ["list", "slips"] {
        other
            .get(&format!("{path}/{what}"))
            .await
            .refused(404, "not-found");
    }
}

fn csv_lines(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches('\u{feff}').lines()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_booked_within_ones_own_unit_and_by_those_who_may() {
    let app = TestApp::start().await;
    let office = app.office("22759", 6).await;
    let on = tomorrow(&app);
    let try_as = async |person: &crate::harness::Person, office: &TestOffice| {
        person.book_group(office, on, "fit=all", &class(1)).await
    };
    let lead = app.lead("22786").await;
    try_as(&lead, &office).await.refused(404, "not-found");
    let volunteer = app.volunteer("22759").await;
    try_as(&volunteer, &office).await.refused(403, "forbidden");
    let stranger = app.stranger();
    try_as(&stranger, &office).await.refused(401, "sign-in");
    let officer = app.officer("22759").await;
    try_as(&officer, &office).await.expect(200);
    officer
        .book_group(&office, on, "fit=all", "name\nNguyễn Văn Thử\n")
        .await
        .refused(422, "invalid");
    officer
        .book_group(&office, on - TimeDelta::days(2), "fit=all", &class(1))
        .await
        .refused(422, "invalid");
    officer
        .book_group(&office, on, "fit=all", &class(201))
        .await
        .refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_as_a_spreadsheet_in_vietnam_writes_it() {
    let app = TestApp::start().await;
    let office = app.office("22786", 6).await;
    let lead = app.lead("22786").await;
    let on = tomorrow(&app);
    let send = async |list: Vec<u8>| {
        let path = format!(
            "/api/v1/group-bookings?office_id={}&service=cccd_new&on={on}&fit=all&dry_run=true",
            office.office_id
        );
        let request = lead
            .request(reqwest::Method::POST, &path)
            .header("content-type", "text/csv")
            .header("idempotency-key", Uuid::new_v4().to_string());
        lead.send(request.body(list)).await
    };
    let semicolons = class(3).replace(',', ";").replace('\n', "\r\n");
    let wide = format!("\u{feff}{}", class(3).replace(',', "\t"));
    let wide: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for list in [semicolons.into_bytes(), wide] {
        let told: GroupBooking = send(list).await.expect(200).json();
        assert_eq!((told.booked, told.refused), (3, 0));
    }
    // A code page does not say which it is.
    let page = class(1).replace("Nguyễn", "Nguy\u{1}n").into_bytes();
    let page: Vec<u8> = page
        .iter()
        .map(|byte| if *byte == 1 { 0xea } else { *byte })
        .collect();
    let problem = send(page).await.refused(422, "invalid");
    assert!(problem.errors[0].message.contains("CSV UTF-8"));
    let short = format!("{HEADER}5.8208E+10,Nguyễn Văn Thử,15/09/2008,,,,\n");
    let told: GroupBooking = send(short.into_bytes()).await.expect(200).json();
    let words = told.lines[0].message.as_deref().unwrap();
    assert!(words.contains("Văn bản (Text)"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_closes_moves_those_of_a_class_who_are_in_it_and_no_others() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    let lead = app.lead("22786").await;
    let on = tomorrow(&app);
    let group: GroupBooking = lead
        .book_group(&office, on, "from_min=480&to_min=720&fit=all", &class(6))
        .await
        .expect(200)
        .json();
    let closed = json!({ "kind": "closed", "from_on": on, "to_on": on, "from_min": 510, "to_min": 540, "reason": "Tập huấn", "note": "" });
    let path = format!(
        "/api/v1/offices/{}/exceptions?on_conflict=move",
        office.office_id
    );
    let officer = app.officer("22786").await;
    officer
        .post_once(&path, Uuid::new_v4(), closed)
        .await
        .expect(200);
    let person = app.stranger();
    let mut moved = Vec::new();
    for line in &group.lines {
        let own = json!({ "code": line.code, "secret": line.secret });
        let seen = person.post("/api/v1/appointments/lookup", own).await;
        let seen: Appointment = seen.expect(200).json();
        assert_eq!(seen.status, "booked");
        moved.push(Some(seen.starts_at) != line.starts_at);
    }
    assert_eq!(moved, [false, false, true, true, false, false]);
    // They are of the group still.
    let slips = format!("/api/v1/group-bookings/{}/slips", group.group_id.unwrap());
    let slips = lead.get(&slips).await.expect(200);
    assert_eq!(slips.text.matches("<section class=\"slip\">").count(), 6);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_takes_no_hold_that_another_process_has_just_given() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let lead = app.lead("22786").await;
    let [first, second] = app.in_a_row(2)[..] else {
        panic!()
    };
    let minute = |at| api::booking::slots::rules::minute_of_day(at);
    let window = format!("from_min={}&to_min={}", minute(first), minute(second) + 1);
    // This process has just looked at the day, and knows of no hold.
    assert_eq!(lead.slot(&office, first).await.free, 1);
    let twin = TestApp::with().start_on(app.database.clone()).await;
    let (person, id) = (twin.stranger(), citizen::id_number());
    let hold = person.hold(&office, first, &[&id]).await.expect(201);
    lead.book_group(
        &office,
        local_day(first),
        &format!("{window}&fit=all"),
        &class(2),
    )
    .await
    .refused(409, "group-does-not-fit");
    let group: GroupBooking = lead
        .book_group(
            &office,
            local_day(first),
            &format!("{window}&fit=as_many"),
            &class(2),
        )
        .await
        .expect(200)
        .json();
    assert_eq!((group.booked, group.lines[0].starts_at), (1, Some(second)));
    person.confirm(&hold.json(), &[&id]).await.expect(201);
    assert_laws(&app).await;
}
