//! Boards on walls and on phones: what one costs when there is little to count and when there is much, a thousand
//! that are watched at one process, the nightly recount, and the monthly report.

use std::time::{Duration, Instant};

use api::db::Conn;
use chrono::{Days, NaiveDate};
use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use uuid::Uuid;

use super::accounts::Enrolment;
use super::client::{Connection, request};
use super::program::Program;
use super::sync::{Recorder, applied};
use super::{facts, print, size, yardstick};

const FEW: usize = 10_000;
const MANY: usize = 5_000_000;
const READS: usize = 300;
const READS_OF_CHANGED: usize = 20;
/// The aims: made anew, and asked whether anything changed.
const ANEW_AIM: &str = "< 30";
const UNCHANGED_AIM: &str = "< 5";

const VIEWERS: usize = 1_000;
/// One account may watch so many boards at most.
const VIEWERS_PER_ACCOUNT: usize = 20;
/// Each change is recorded by a push of its own.
const CHANGES: usize = 10;
const PATIENCE: Duration = Duration::from_secs(30);

pub async fn run(program: &Program) {
    // Before five million facts are there: they would only make the setting up slow.
    watched(program).await;
    report(program).await;
    let token = program.sign_in("0900000002").await;
    println!("\n| a board, one reader | p50 ms | p95 ms | last ms | aim |\n|---|---|---|---|---|");
    let (many, reads) = (size::of("many", MANY), size::of("reads", READS));
    for facts in [FEW.min(many), many] {
        facts::load(program, facts).await;
        for (what, path) in [
            (
                "all communes of the province",
                "/api/v1/leaderboards/commune?limit=200",
            ),
            (
                "all villages of the province, the first 200 rows",
                "/api/v1/leaderboards/village?limit=200",
            ),
        ] {
            let (made, same) = (
                format!("{what}, {facts} facts: made anew"),
                format!("{what}, {facts} facts: unchanged"),
            );
            anew(program, &token, path, &made, reads, ANEW_AIM).await;
            let changed =
                format!("{what}, {facts} facts: made anew, and every village just changed");
            anew_of_changed(program, &token, path, &changed).await;
            unchanged(program, &token, path, &same, reads, UNCHANGED_AIM).await;
        }
    }
    let began = Instant::now();
    facts::recount(program);
    let took = began.elapsed().as_secs();
    println!("\n{many} facts counted again without a difference in {took} s (aim: 300 s)");
}

/// Made for each request: every one asks for the units of another day, which changes nothing of what is read.
pub async fn anew(program: &Program, token: &str, path: &str, what: &str, reads: usize, aim: &str) {
    let first = NaiveDate::from_ymd_opt(2045, 1, 1).unwrap();
    let mut connection = Connection::open(&program.address).await;
    let mut waits = Vec::new();
    for read in 0..reads {
        waits.push(made(&mut connection, token, path, first, read).await);
    }
    print::row(what, waits, aim);
}

/// The worst of it: whatever is kept of a village is worth nothing any more.
async fn anew_of_changed(program: &Program, token: &str, path: &str, what: &str) {
    let first = NaiveDate::from_ymd_opt(2047, 1, 1).unwrap();
    let mut connection = Connection::open(&program.address).await;
    let mut conn = Conn::establish(&yardstick::superuser_url(program))
        .await
        .unwrap();
    let mut waits = Vec::new();
    for read in 0..READS_OF_CHANGED {
        let touch = "update rollup_total set n = n";
        conn.batch_execute(touch).await.unwrap();
        waits.push(made(&mut connection, token, path, first, read).await);
    }
    print::row(what, waits, "");
}

async fn made(
    connection: &mut Connection,
    token: &str,
    path: &str,
    first: NaiveDate,
    read: usize,
) -> Duration {
    let bearer = format!("Bearer {token}");
    let day = first.checked_add_days(Days::new(read as u64)).unwrap();
    let path = format!("{path}&units_as_of={day}");
    let bytes = request("GET", &path, &[("authorization", &bearer)], b"");
    let asked = Instant::now();
    let answer = connection.send(&bytes).await;
    assert_eq!(answer.status, 200);
    asked.elapsed()
}

/// Asked for again with the tag of what is known already.
pub async fn unchanged(
    program: &Program,
    token: &str,
    path: &str,
    what: &str,
    reads: usize,
    aim: &str,
) {
    let bearer = format!("Bearer {token}");
    let tag = tag_of(program, &bearer, path).await;
    let headers = [("authorization", bearer.as_str()), ("if-none-match", &tag)];
    let bytes = request("GET", path, &headers, b"");
    let mut connection = Connection::open(&program.address).await;
    let mut waits = Vec::new();
    for _ in 0..reads {
        let asked = Instant::now();
        let answer = connection.send(&bytes).await;
        waits.push(asked.elapsed());
        assert_eq!(answer.status, 304);
    }
    print::row(what, waits, aim);
}

/// The lean client throws heads away; this reads one.
async fn tag_of(program: &Program, bearer: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(&program.address).await.unwrap();
    let headers = [("authorization", bearer), ("connection", "close")];
    let bytes = request("GET", path, &headers, b"");
    stream.write_all(&bytes).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let tag = answer
        .lines()
        .find_map(|line| line.strip_prefix("etag: "))
        .expect("a board has a tag");
    tag.to_owned()
}

/// A thousand boards are open at one process, and records come in.
async fn watched(program: &Program) {
    let phone = |number: usize| format!("0933{number:06}");
    let enrolment = Enrolment::prepare(program).await;
    let accounts = size::of("viewers", VIEWERS).div_ceil(VIEWERS_PER_ACCOUNT);
    enrolment.enrol(program, (0..accounts).map(phone)).await;
    let mut viewers = Vec::new();
    for account in 0..accounts {
        let bearer = format!("Bearer {}", program.sign_in(&phone(account)).await);
        for _ in 0..VIEWERS_PER_ACCOUNT {
            viewers.push(Viewer::open(program, &bearer).await);
        }
    }
    let recorder = Recorder::sign_in(program, "0900000005").await;
    let mut connection = Connection::open(&program.address).await;
    let mut waits = Vec::new();
    for change in 0..CHANGES {
        let first = 900_000 + change;
        let batch = recorder.batch(Uuid::now_v7(), first..first + 1);
        let recorded = Instant::now();
        let answer = connection.send(&batch).await;
        assert_eq!((answer.status, applied(&answer)), (200, 1));
        let told = viewers
            .iter_mut()
            .map(async |viewer| viewer.change(recorded).await);
        waits.extend(join_all(told).await);
    }
    println!(
        "\n| {} boards watched at one process | p50 ms | p95 ms | last ms | aim |\n|---|---|---|---|---|",
        viewers.len()
    );
    print::row("from recorded to told", waits, "< 2,000");
    let memory = program.resident_mib();
    println!("| the program's resident memory: {memory} MiB | | | | < 150 MiB |");
}

/// Somebody who watches a board.
struct Viewer {
    stream: TcpStream,
    read: String,
}

impl Viewer {
    async fn open(program: &Program, bearer: &str) -> Self {
        let path = "/api/v1/leaderboards/commune/stream?metric=count&period=start";
        let mut stream = TcpStream::connect(&program.address).await.unwrap();
        let bytes = request("GET", path, &[("authorization", bearer)], b"");
        stream.write_all(&bytes).await.unwrap();
        let mut viewer = Self {
            stream,
            read: String::new(),
        };
        viewer.wait_for("event: board").await;
        viewer
    }

    /// How long after that moment the next change was told.
    async fn change(&mut self, since: Instant) -> Duration {
        self.wait_for("event: change").await;
        since.elapsed()
    }

    async fn wait_for(&mut self, words: &str) {
        let reading = async {
            let mut chunk = [0; 16 * 1024];
            loop {
                // An event ends with an empty line; it may come in pieces.
                if let Some(at) = self.read.find(words)
                    && let Some(end) = self.read[at..].find("\n\n")
                {
                    self.read.drain(..at + end + 2);
                    return;
                }
                let read = self.stream.read(&mut chunk).await.unwrap();
                assert!(read > 0, "the stream ended");
                self.read.push_str(&String::from_utf8_lossy(&chunk[..read]));
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.expect(words);
    }
}

/// The report of February 2023, printed each time from its figures.
async fn report(program: &Program) {
    let token = program.sign_in("0900000002").await;
    let units = program
        .send(
            "GET",
            "/api/v1/units?level=province&on=2023-02-19",
            None,
            b"",
        )
        .await;
    let body = serde_json::json!({
        "unit_id": units["items"][0]["unit_id"], "month": "2023-02", "starts_on": "2023-01-17",
        "ends_on": "2023-02-19", "cumulative_from": "2022-01-18",
    });
    let periods = "/api/v1/reporting-periods";
    let body = body.to_string();
    let period = program
        .send("POST", periods, Some(&token), body.as_bytes())
        .await;
    let at = format!("{periods}/{}", period["period_id"].as_str().unwrap());
    let bearer = format!("Bearer {token}");
    let key = Uuid::new_v4().to_string();
    let figures = include_bytes!("../reporting/ninh-thuan-2023-02.csv");
    let mut connection = Connection::open(&program.address).await;
    let mut import = format!(
        "POST {at}/imports?dry_run=false HTTP/1.1\r\nhost: localhost\r\nauthorization: {bearer}\r\n\
         idempotency-key: {key}\r\ncontent-type: text/csv\r\ncontent-length: {}\r\n\r\n",
        figures.len()
    )
    .into_bytes();
    import.extend_from_slice(figures);
    assert_eq!(connection.send(&import).await.status, 200);
    println!("\n| the monthly report | p50 ms | p95 ms | last ms | aim |\n|---|---|---|---|---|");
    for form in ["docx", "xlsx", "text", "card"] {
        let path = format!("{at}/report?form={form}");
        let bytes = request("GET", &path, &[("authorization", &bearer)], b"");
        let mut waits = Vec::new();
        for _ in 0..size::of("reads", READS).div_ceil(10) {
            let asked = Instant::now();
            let answer = connection.send(&bytes).await;
            waits.push(asked.elapsed());
            assert_eq!(answer.status, 200);
        }
        print::row(&format!("as {form}"), waits, "< 2,000");
    }
}
