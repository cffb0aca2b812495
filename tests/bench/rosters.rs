//! Twenty thousand people from one file, and what is left to do in a village among six hundred thousand.

use std::time::{Duration, Instant};

use api::db::Conn;
use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use uuid::Uuid;

use super::client::{Connection, request};
use super::facts;
use super::print::{ms, percentile};
use super::program::Program;
use super::yardstick;

const PEOPLE: usize = 20_000;
/// Five facts of each.
const FACTS: usize = 3_000_000;
const READS: usize = 50;
const KINDS: [(&str, &str); 2] = [
    ("CSV", "text/csv"),
    (
        "XLSX",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
];

pub async fn run(program: &Program) {
    facts::load(program, FACTS).await;
    // A lead and their villages.
    let token = program.sign_in("0900000005").await;
    let me = program.send("GET", "/api/v1/me", Some(&token), b"").await;
    let path = format!(
        "/api/v1/units?level=village&limit=200&within={}",
        me["unit_id"]
    );
    let units = program.send("GET", &path, None, b"").await;
    let villages: Vec<i64> = units["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unit| unit["unit_id"].as_i64().unwrap())
        .collect();
    // Before the import, which puts a province's worth of people into one commune.
    for (half, whom) in [
        (">", "half of whom are through"),
        ("<=", "nobody of whom is through"),
    ] {
        let mut conn = Conn::establish(&yardstick::superuser_url(program))
            .await
            .unwrap();
        let script = include_str!("unfinished.sql").replace("{half}", half);
        for script in [script.as_str(), "vacuum (analyze)"] {
            conn.batch_execute(script).await.unwrap();
        }
        worklists(program, &token, villages[0], whom).await;
    }
    println!("\n| {PEOPLE} people of one file, beside {FACTS} facts | s | aim |\n|---|---|---|");
    for (what, kind) in KINDS {
        let file = list(&villages, kind);
        let told = timed(
            program,
            &token,
            &format!("{what}: dry run"),
            "dry_run=true",
            kind,
            &file,
            10.0,
        )
        .await;
        assert_eq!(told["refused"], 0, "{}", told["lines"][0]);
        let wish = format!("list_name={what}&list_source=Bench&listed_on=2026-01-05");
        let told = timed(
            program,
            &token,
            &format!("{what}: import"),
            &wish,
            kind,
            &file,
            30.0,
        )
        .await;
        assert!(told["roster_id"].is_string());
    }
}

/// Worklists of one village, and beside them what nobody can do without: reading its people at all.
async fn worklists(program: &Program, token: &str, village: i64, whom: &str) {
    let mut conn = Conn::establish(&yardstick::superuser_url(program))
        .await
        .unwrap();
    let people =
        format!("select * from person where village_id = {village} and canonical_id is null");
    let mut floor: Vec<Duration> = Vec::new();
    for _ in 0..READS {
        let asked = Instant::now();
        conn.batch_execute(&people).await.unwrap();
        floor.push(asked.elapsed());
    }
    floor.sort_unstable();
    let floor = percentile(&floor, 50);
    println!(
        "\n| worklists of a village, {whom}, beside {FACTS} facts | p50 ms | p95 ms | last ms | aim | to reading its people, {} ms |\n|---|---|---|---|---|---|",
        ms(floor)
    );
    for path in [
        "/api/v1/worklists/not_contacted?limit=50&unit_id=",
        "/api/v1/worklists/approved?limit=50&unit_id=",
        "/api/v1/worklists?unit_id=",
    ] {
        read(program, token, &format!("{path}{village}"), floor).await;
    }
}

/// Half of them with an ID number, some of which lost their zero.
fn list(villages: &[i64], kind: &str) -> Vec<u8> {
    let header = ["Họ tên", "Năm sinh", "Giới tính", "Số CCCD", "Thôn", "Nhóm"];
    let rows = (0..PEOPLE).map(|at| {
        let number = match at % 4 {
            0 => format!("058190{:06}", at + 1),
            1 => format!("58190{:06}", at + 1),
            _ => String::new(),
        };
        let family = [
            "Nguyễn Thị",
            "Trần Thị",
            "Katơr Thị",
            "Chamaléa Thị",
            "Pi Năng Thị",
        ][at % 5];
        let name = format!("{family} {} {}", word(at / 5), word(at / 1_000 + 7));
        let village = villages[at % villages.len()].to_string();
        [
            name,
            "1990".to_owned(),
            "Nữ".to_owned(),
            number,
            village,
            "đoàn viên".to_owned(),
        ]
    });
    if kind == "text/csv" {
        let lines: Vec<String> = rows.map(|row| row.join(";")).collect();
        return format!("{}\n{}\n", header.join(";"), lines.join("\n")).into_bytes();
    }
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, header).unwrap();
    for (at, row) in (1..).zip(rows) {
        sheet.write_row(at, 0, row).unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// A name that no other number gives.
fn word(mut number: usize) -> String {
    const SYLLABLES: [&str; 10] = [
        "An", "Bình", "Chi", "Dung", "Hoa", "Lan", "Mai", "Nga", "Oanh", "Thu",
    ];
    let mut words = Vec::new();
    loop {
        words.push(SYLLABLES[number % 10]);
        number /= 10;
        if number == 0 {
            return words.join(" ");
        }
    }
}

async fn timed(
    program: &Program,
    token: &str,
    what: &str,
    query: &str,
    kind: &str,
    file: &[u8],
    aim_s: f64,
) -> Value {
    let (bearer, key) = (format!("Bearer {token}"), Uuid::new_v4().to_string());
    let headers = [
        ("authorization", bearer.as_str()),
        ("idempotency-key", key.as_str()),
        ("content-type", kind),
    ];
    let mut head = request("POST", &format!("/api/v1/rosters?{query}"), &headers, b"");
    let text = String::from_utf8(head).unwrap().replace(
        "content-length: 0",
        &format!("content-length: {}", file.len()),
    );
    head = text.into_bytes();
    head.extend_from_slice(file);
    let mut connection = Connection::open(&program.address).await;
    let asked = Instant::now();
    let answer = connection.send(&head).await;
    let took = asked.elapsed().as_secs_f64();
    let text = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.status, 200, "{what}: {text:.500}");
    println!("| {what} | {took:.2} | < {aim_s:.0} |");
    assert!(took < aim_s, "{what} took {took:.1} s");
    serde_json::from_str(&text).unwrap()
}

async fn read(program: &Program, token: &str, path: &str, floor: Duration) {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let mut connection = Connection::open(&program.address).await;
    let mut waits: Vec<Duration> = Vec::new();
    for _ in 0..READS {
        let asked = Instant::now();
        let answer = connection.send(&request("GET", path, &headers, b"")).await;
        waits.push(asked.elapsed());
        assert_eq!(answer.status, 200);
    }
    waits.sort_unstable();
    let [p50, p95, last] = [50, 95, 100].map(|percent| ms(percentile(&waits, percent)));
    let what = path.split('?').next().unwrap_or(path);
    let ratio = percentile(&waits, 50).as_secs_f64() / floor.as_secs_f64();
    println!("| `{what}` | {p50} | {p95} | {last} | < 20 | {ratio:.1} |");
}
