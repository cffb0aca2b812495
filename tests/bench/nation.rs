//! A board of the whole country: 3,321 communes, a hundred thousand villages, a hundred million citizens. What it
//! costs to make it anew, to be told that nothing changed, to send it and to keep it.

use std::time::Instant;

use api::db::{self, Conn};
use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};

use super::client::{Connection, request};
use super::program::Program;
use super::walls::{anew, unchanged};
use super::{size, yardstick};

const COMMUNES: usize = 3_321;
/// In each; the country has about a hundred thousand.
const VILLAGES: usize = 30;
const PEOPLE: usize = 100_000_000;
const READS: usize = 30;

const BOARD: &str = "/api/v1/leaderboards/commune?limit=200";
const VILLAGE_BOARD: &str = "/api/v1/leaderboards/village?limit=200";
/// Nobody has promised anything for a country.
const NO_AIM: &str = "none";

pub async fn run(program: &Program) {
    let reads = size::of("reads", READS);
    let before = program.resident_mib();
    load(program).await;
    let commander = program.sign_in("0900000002").await;
    let volunteer = program.sign_in("0900000005").await;
    println!(
        "\n| a board of the country | p50 ms | p95 ms | last ms | aim |\n|---|---|---|---|---|"
    );
    for (what, path, token) in [
        ("since the start", BOARD.to_owned(), &commander),
        ("of this week", format!("{BOARD}&period=week"), &commander),
        (
            "in tens, for who works elsewhere",
            BOARD.to_owned(),
            &volunteer,
        ),
        ("all villages", VILLAGE_BOARD.to_owned(), &commander),
        (
            "all villages, of this week",
            format!("{VILLAGE_BOARD}&period=week"),
            &commander,
        ),
    ] {
        anew(
            program,
            token,
            &path,
            &format!("{what}: made anew"),
            reads,
            NO_AIM,
        )
        .await;
        unchanged(
            program,
            token,
            &path,
            &format!("{what}: unchanged"),
            reads,
            NO_AIM,
        )
        .await;
    }
    let (pages, bytes, first) = whole(program, &commander).await;
    println!("| {bytes} bytes in {pages} pages of 200 rows, {first} of them the first | | | | |");
    let after = program.resident_mib();
    println!("| resident memory: {before} MiB before, {after} MiB after | | | | |");
}

/// Puts the country in the place of all that was counted.
async fn load(program: &Program) {
    let [communes, villages, people] = [
        ("communes", COMMUNES),
        ("villages", VILLAGES),
        ("people", PEOPLE),
    ]
    .map(|(name, usual)| size::of(name, usual));
    let began = Instant::now();
    let mut conn = Conn::establish(&yardstick::superuser_url(program))
        .await
        .unwrap();
    // A script of several statements takes no parameters.
    let script = include_str!("nation.sql")
        .replace("$communes", &communes.to_string())
        .replace("$villages", &villages.to_string())
        .replace("$people", &people.to_string());
    db::transaction::<_, api::http::failure::Failure>(&mut conn, async |conn| {
        conn.batch_execute(&script).await?;
        Ok(())
    })
    .await
    .unwrap();
    // What autovacuum would do meanwhile is not what is measured.
    for statement in ["vacuum (analyze)", "checkpoint"] {
        conn.batch_execute(statement).await.unwrap();
    }
    let took = began.elapsed().as_secs();
    println!("\n{communes} communes of {villages} villages, {people} people, loaded in {took} s");
}

/// Every page of the board: how many there are, their bytes, and those of the first.
async fn whole(program: &Program, token: &str) -> (usize, usize, usize) {
    let bearer = format!("Bearer {token}");
    let mut connection = Connection::open(&program.address).await;
    let (mut sizes, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let after = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
        let path = format!("{BOARD}{after}");
        let bytes = request("GET", &path, &[("authorization", &bearer)], b"");
        let answer = connection.send(&bytes).await;
        assert_eq!(answer.status, 200);
        sizes.push(answer.body.len());
        let page: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return (sizes.len(), sizes.iter().sum(), sizes[0]);
        }
    }
}
