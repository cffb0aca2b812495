//! Five thousand phones that ask for one slot of five places at the same moment.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use uuid::Uuid;

use super::booking::Office;
use super::client::{Connection, request};
use super::print::{ms, percentile};
use super::program::Program;

const ATTEMPTS: usize = 5_000;
const PLACES: usize = 5;
/// Whoever gets nothing must know it by then, and where else there is room.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);

/// Every attempt from a connection of its own, all of them open before the first asks.
pub async fn run(program: &Program) {
    let office = Office::open(program, PLACES).await;
    let starts_at = office.start(0);
    let phones: Vec<Connection> = stream::iter(0..ATTEMPTS)
        .map(|_| Connection::open(&program.address))
        .buffered(64)
        .collect()
        .await;
    let ready = Barrier::new(ATTEMPTS);
    let asking = phones
        .into_iter()
        .enumerate()
        .map(async |(person, mut phone)| {
            let body = json!({
                "office_id": office.office_id, "starts_at": starts_at, "service_code": "cccd_new",
                "id_numbers": [format!("058192{person:06}")], "device_id": Uuid::now_v7(),
            });
            let bytes = request("POST", "/api/v1/holds", &[], body.to_string().as_bytes());
            ready.wait().await;
            let asked = Instant::now();
            let answer = phone.send(&bytes).await;
            (answer, asked.elapsed())
        });
    let answers = join_all(asking).await;
    let mut held = 0;
    let mut waits = Vec::with_capacity(ATTEMPTS);
    for (answer, took) in &answers {
        waits.push(*took);
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        match answer.status {
            201 => held += 1,
            409 => assert!(
                body["alternatives"]
                    .as_array()
                    .is_some_and(|slots| !slots.is_empty()),
                "a loser is told where there is room: {body}"
            ),
            status => panic!("{status} {body}"),
        }
    }
    waits.sort_unstable();
    let slowest = percentile(&waits, 100);
    println!("\n| a burst of {ATTEMPTS} on a slot of {PLACES} | | aim |\n|---|---|---|");
    println!("| holds | {held} | {PLACES} |");
    println!("| losers told of other slots | {} | all |", ATTEMPTS - held);
    println!("| answered, p50 ms | {} | |", ms(percentile(&waits, 50)));
    println!("| answered, p99 ms | {} | |", ms(percentile(&waits, 99)));
    println!(
        "| answered, the last, ms | {} | < {} |",
        ms(slowest),
        ANSWERED_WITHIN.as_millis()
    );
    assert_eq!(held, PLACES, "as many holds as places");
}
