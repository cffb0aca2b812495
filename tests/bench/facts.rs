//! What a board costs when there is little to count, and when there is much: loaded at once, by the
//! same recount that `verify-rollups --repair` uses, and believed only when `verify-rollups` agrees.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use api::db::{self, Conn};
use api::tracking::verify;
use chrono::{Days, NaiveDate};
use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};

use super::client::{Connection, request};
use super::load::{self, Measured};
use super::program::Program;
use super::{BOARD, CONNECTIONS, yardstick};

/// Puts this many facts in the place of all that there are.
pub async fn load(program: &Program, count: usize) {
    let mut conn = Conn::establish(&yardstick::superuser_url(program))
        .await
        .unwrap();
    // A script of several statements takes no parameters.
    let script = include_str!("facts.sql").replace("$1", &count.to_string());
    db::transaction::<_, api::http::failure::Failure>(&mut conn, async |conn| {
        conn.batch_execute(&script).await?;
        verify::repair(conn).await?;
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(
        verify::count_facts(&mut conn).await.unwrap(),
        count as i64 / 5 * 5
    );
    // What autovacuum would do meanwhile is not what is measured.
    for statement in ["vacuum (analyze)", "checkpoint"] {
        conn.batch_execute(statement).await.unwrap();
    }
    drop(conn);
    recount(program);
    // A server process that ends while it is measured takes its CPU time out of the sum.
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// Counts everything again from the facts, as every night does; nothing may differ.
pub fn recount(program: &Program) {
    let verdict = Command::new(env!("CARGO_BIN_EXE_api"))
        .arg("verify-rollups")
        .env("TO06_DATA_DIR", &program.data_dir)
        .env_remove("DATABASE_URL")
        .env_remove("REDIS_URL")
        .output()
        .unwrap();
    assert!(
        verdict.status.success(),
        "{}",
        String::from_utf8_lossy(&verdict.stderr)
    );
}

/// The board as everybody sees it, read at most once a second.
pub async fn board(program: &Program, token: &str) -> Measured {
    program
        .measure(async || load::get(&program.address, BOARD, Some(token)).await)
        .await
}

/// The same board made anew for every request: each asks for the units of another day, which changes
/// nothing of what must be read.
pub async fn board_anew(program: &Program, token: &str) -> Measured {
    let bearer = format!("Bearer {token}");
    let next = Arc::new(AtomicU64::new(0));
    let anew = async || {
        load::drive(&program.address, CONNECTIONS, 1, || {
            let (next, bearer) = (next.clone(), bearer.clone());
            async move |connection: &mut Connection| {
                // No fewer than the boards that are kept, so that none comes round in a second.
                let day = Days::new(next.fetch_add(1, Ordering::Relaxed) % 20_000);
                let first = NaiveDate::from_ymd_opt(2045, 1, 1).unwrap();
                let path = format!(
                    "{BOARD}&units_as_of={}",
                    first.checked_add_days(day).unwrap()
                );
                let headers = [("authorization", bearer.as_str())];
                Some(connection.send(&request("GET", &path, &headers, b"")).await)
            }
        })
        .await
    };
    program.measure(anew).await
}
