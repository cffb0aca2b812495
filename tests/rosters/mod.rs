//! Lists of people who are expected in villages: judged line by line, written whole, taken back.

mod at_once;
mod files;
mod names;
mod people;

use api::db::schema::{person, roster_entry};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::roster::ImportedRoster;
use reqwest::Method;
use uuid::Uuid;

use crate::harness::{Answer, Person, TestApp};

/// A commune of today that came of three, so that it has three villages of one name.
const COMMUNE: &str = "22786";
const VILLAGE: &str = "Thôn 1 (Phước Bình)";
const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const WISH: &str = "list_name=Thử&list_source=CV+15&listed_on=2026-01-05";

/// Sends a file as a new press of the button.
async fn send(person: &Person, query: &str, kind: &str, file: impl Into<Vec<u8>>) -> Answer {
    send_once(person, query, kind, file, Uuid::new_v4()).await
}

async fn send_once(
    person: &Person,
    query: &str,
    kind: &str,
    file: impl Into<Vec<u8>>,
    key: Uuid,
) -> Answer {
    let request = person
        .request(Method::POST, &format!("/api/v1/rosters?{query}"))
        .header("content-type", kind)
        .header("idempotency-key", key.to_string());
    person.send(request.body(file.into())).await
}

/// What would become of a CSV file.
async fn rehearse(person: &Person, file: &str) -> ImportedRoster {
    let answer = send(person, "dry_run=true", CSV, file).await;
    answer.expect(200).json()
}

async fn import(person: &Person, file: &str) -> ImportedRoster {
    send(person, WISH, CSV, file).await.expect(200).json()
}

/// Row and result of every line that was told.
fn results(told: &ImportedRoster) -> Vec<(u32, &str)> {
    let lines = told.lines.iter();
    lines
        .map(|line| (line.line, line.result.as_str()))
        .collect()
}

/// What was said about a row.
fn said(told: &ImportedRoster, row: u32) -> &str {
    let line = told.lines.iter().find(|line| line.line == row).unwrap();
    line.message.as_deref().unwrap_or_default()
}

/// Persons and entries of lists.
async fn counts(app: &TestApp) -> (i64, i64) {
    let mut conn = app.conn().await;
    let people = person::table.count().get_result(&mut conn).await.unwrap();
    let entries = roster_entry::table
        .count()
        .get_result(&mut conn)
        .await
        .unwrap();
    (people, entries)
}
