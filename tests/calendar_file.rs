//! An appointment in a phone's calendar: one event that replaces itself.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use icalendar::{CalendarComponent, CalendarDateTime, Component as _, DatePerhapsTime};
use mobile_contracts::booking::{BookedAppointment, Hold};
use mobile_contracts::calendar::local_day;
use serde_json::json;
use uuid::Uuid;

use crate::harness::booking::key_of;
use crate::harness::{Person, TestApp, citizen};

/// One component of a calendar: its properties by name, those of its parts kept apart.
#[derive(Debug, Default)]
struct Component {
    name: String,
    properties: BTreeMap<String, String>,
    parts: Vec<Component>,
}

/// Reads a calendar as strictly as RFC 5545 says: ends of lines, folds, one of each property, parts
/// that end in order. Anything else fails the test.
fn read_calendar(file: &str) -> Component {
    assert!(file.ends_with("\r\n") && !file.replace("\r\n", "").contains(['\r', '\n']));
    assert!(file.split("\r\n").all(|line| line.len() <= 75), "{file}");
    let whole = file.replace("\r\n ", "");
    let mut open = vec![Component::default()];
    for line in whole.split_terminator("\r\n") {
        let (name, value) = line.split_once(':').expect(line);
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'-'),
            "{line}"
        );
        match name {
            "BEGIN" => open.push(Component {
                name: value.to_owned(),
                ..Component::default()
            }),
            "END" => {
                let ended = open.pop().unwrap();
                assert_eq!(ended.name, value);
                open.last_mut().unwrap().parts.push(ended);
            }
            _ => {
                let before = open
                    .last_mut()
                    .unwrap()
                    .properties
                    .insert(name.to_owned(), value.to_owned());
                assert!(before.is_none(), "{name} twice");
            }
        }
    }
    assert_eq!(open.len(), 1, "something did not end");
    let mut calendar = open.pop().unwrap().parts;
    assert_eq!(calendar.len(), 1);
    calendar.pop().unwrap()
}

/// A reader of calendars that somebody else wrote finds one event of this appointment in the file.
fn assert_read_elsewhere(file: &str, booked: &BookedAppointment) {
    let read: icalendar::Calendar = file.parse().expect(file);
    let [CalendarComponent::Event(event)] = &read.components[..] else {
        panic!("{file}");
    };
    let uid = format!("{}@to06.invalid", booked.appointment_id);
    assert_eq!(event.get_uid(), Some(uid.as_str()));
    let start = event.get_start().expect("a start");
    assert!(matches!(
        start,
        DatePerhapsTime::DateTime(CalendarDateTime::Utc(_))
    ));
    let summary = event.get_summary().expect("a summary");
    assert_eq!(
        summary,
        format!("Cấp thẻ Căn cước lần đầu ({})", booked.code)
    );
    let said = event.get_description().expect("a description");
    assert!(
        said.contains("Mang theo:\n- ") && said.ends_with("mã khóa VNeID."),
        "{said}"
    );
}

fn instant(event: &Component, name: &str) -> DateTime<Utc> {
    let read = NaiveDateTime::parse_from_str(&event.properties[name], "%Y%m%dT%H%M%SZ");
    read.unwrap().and_utc()
}

async fn calendar(person: &Person, booked: &BookedAppointment) -> (Component, String) {
    let answer = person
        .post("/api/v1/appointments/calendar", key_of(booked))
        .await
        .expect(200);
    assert_read_elsewhere(&answer.text, booked);
    let calendar = read_calendar(&answer.text);
    assert_eq!(calendar.name, "VCALENDAR");
    assert_eq!(calendar.properties["VERSION"], "2.0");
    assert_eq!(calendar.parts.len(), 1);
    let method = calendar.properties["METHOD"].clone();
    let kind = answer.headers["content-type"].to_str().unwrap();
    assert_eq!(
        kind,
        format!("text/calendar; charset=utf-8; method={method}")
    );
    (calendar.parts.into_iter().next().unwrap(), method)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_file_is_one_event_that_replaces_itself_after_each_change() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let [first, second] = app.coming(2)[..] else {
        panic!()
    };
    let mut conn = app.owner().await;
    let awkward = "Thôn 1; gần chợ, nhà văn hóa \\ \"cũ\"";
    diesel_async::RunQueryDsl::execute(
        diesel::sql_query("update office set address = $1")
            .bind::<diesel::sql_types::Text, _>(awkward),
        &mut conn,
    )
    .await
    .unwrap();
    app.app.availability.forget_office(office.office_id);
    let person = app.stranger();
    let booked = person.book(&office, first, &citizen::id_number()).await;
    let (event, method) = calendar(&person, &booked).await;
    assert_eq!(
        (event.name.as_str(), method.as_str()),
        ("VEVENT", "PUBLISH")
    );
    assert_eq!(instant(&event, "DTSTART"), first);
    assert_eq!(instant(&event, "DTEND"), first + TimeDelta::minutes(30));
    assert_eq!(event.properties["STATUS"], "CONFIRMED");
    assert_eq!(event.properties["SEQUENCE"], "0");
    assert_eq!(
        event.properties["LOCATION"],
        "Điểm tiếp nhận thử\\, Thôn 1\\; gần chợ\\, nhà văn hóa \\\\ \"cũ\""
    );
    let triggers: Vec<&String> = event
        .parts
        .iter()
        .map(|alarm| &alarm.properties["TRIGGER"])
        .collect();
    assert_eq!(triggers, ["-P1D", "-PT2H"]);
    let said: String = event.properties.values().cloned().collect();
    let secret = booked.secret.as_deref().unwrap();
    assert!(
        !said.contains(secret) && !said.contains("Nguyễn"),
        "calendars are shared"
    );

    app.advance(TimeDelta::seconds(5)).await;
    let hold = person.hold_for_move(&office, second, &booked).await;
    let hold: Hold = hold.expect(201).json();
    person.reschedule(&booked, &hold).await.expect(200);
    let (moved, _) = calendar(&person, &booked).await;
    assert_eq!(moved.properties["UID"], event.properties["UID"]);
    assert_eq!(instant(&moved, "DTSTART"), second);
    let sequence = |event: &Component| event.properties["SEQUENCE"].parse::<i64>().unwrap();
    assert!(sequence(&moved) > sequence(&event));
    assert!(instant(&moved, "LAST-MODIFIED") > instant(&event, "LAST-MODIFIED"));

    app.advance(TimeDelta::seconds(5)).await;
    person.cancel(&booked).await.expect(200);
    let (gone, method) = calendar(&person, &booked).await;
    assert_eq!(
        (gone.properties["STATUS"].as_str(), method.as_str()),
        ("CANCELLED", "CANCEL")
    );
    assert_eq!(gone.properties["UID"], event.properties["UID"]);
    assert!(sequence(&gone) > sequence(&moved) && gone.parts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_an_office_that_closes_leaves_the_calendar_until_there_is_another_time() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let [first, second] = app.in_a_row(2)[..] else {
        panic!()
    };
    let person = app.stranger();
    let booked = person.book(&office, first, &citizen::id_number()).await;
    let (before, _) = calendar(&person, &booked).await;
    let on = local_day(first);
    let path = format!(
        "/api/v1/offices/{}/exceptions?on_conflict=move",
        office.office_id
    );
    let officer = app.officer("22786").await;
    let mut last = before.properties["SEQUENCE"].parse::<i64>().unwrap();
    let mut rises = |event: &Component| {
        let sequence = event.properties["SEQUENCE"].parse::<i64>().unwrap();
        assert!(sequence > last, "{sequence} after {last}");
        last = sequence;
    };

    app.advance(TimeDelta::seconds(1)).await;
    let minute = api::booking::slots::rules::minute_of_day(first);
    let hour = json!({ "kind": "closed", "from_on": on, "to_on": on, "from_min": minute, "to_min": minute + 30, "reason": "Tập huấn", "note": "" });
    officer
        .post_once(&path, Uuid::new_v4(), hour)
        .await
        .expect(200);
    let (moved, method) = calendar(&person, &booked).await;
    assert_eq!(
        (instant(&moved, "DTSTART"), method.as_str()),
        (second, "PUBLISH")
    );
    rises(&moved);

    app.advance(TimeDelta::seconds(1)).await;
    let month = json!({ "kind": "closed", "from_on": on, "to_on": on + TimeDelta::days(30), "reason": "Tập huấn", "note": "" });
    officer
        .post_once(&path, Uuid::new_v4(), month)
        .await
        .expect(200);
    assert_eq!(person.appointment(&booked).await.status, "conflict");
    let (gone, method) = calendar(&person, &booked).await;
    assert_eq!(
        (gone.properties["STATUS"].as_str(), method.as_str()),
        ("CANCELLED", "CANCEL")
    );
    assert!(gone.parts.is_empty(), "no alarm");
    rises(&gone);
}
