//! One run: found a town, let people and faults loose in it, heal, and judge.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use api::clock::Clock;
use api::privacy::keys::{Keys, MasterKey};
use chrono::TimeDelta;
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::ids::UnitId;
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::aftermath;
use super::checker::{Evidence, Verdict, judge};
use super::clients::{Client, SERVICE, World};
use super::diary;
use super::display::Display;
use super::helpers::{self, ADMIN, Helpers};
use super::history::{History, Slot};
use super::http::{Http, Request};
use super::nemesis::{Nemesis, Pace};
use super::report::{self, Report};
use super::servers::{PROCESSES, Servers, Settings, throwaway};
use super::town::{PLACES, Town};
use super::watch::{Watch, broken, laws};

/// What a run is told.
#[derive(Debug, Clone)]
pub struct Plan {
    pub lasts: Duration,
    pub seed: u64,
    pub clients: u16,
    pub pace: Pace,
    /// Fewer, and the run has shown nothing.
    pub least_faults: usize,
    pub least_booked: usize,
}

/// Holds live so long here; five seconds more, and every place must be free for others.
const HOLD_TTL_S: u32 = 2;
/// Offers of freed places stand so long here.
const OFFER_TTL_S: u32 = 4;
/// When, after the last fault, nothing may be stuck any more.
const HEALED_AFTER: Duration = Duration::from_secs(7);
const OFFICES: usize = 8;
/// What is shown lags at most this long behind what was booked.
const LAG_MAX_MS: u64 = 2_000;

/// Runs, prints, and says whether every law held.
pub async fn run(plan: &Plan) -> bool {
    let folder = history_folder(plan.seed);
    let sockets = throwaway();
    let master = MasterKey::generate(1).expect("random bytes");
    let settings = Settings {
        hold_ttl_s: HOLD_TTL_S,
        offer_ttl_s: OFFER_TTL_S,
        master_key: master.expose(),
    };
    let servers = Arc::new(Servers::start(sockets.path(), settings).await);
    let url = servers.postgres.lock().await.owner_url();
    let unit_id = helpers::found(&url, &Keys::new(vec![master])).await;
    for process in 0..PROCESSES {
        servers.start_process(process).await;
    }
    let world = Arc::new(found_world(plan.seed, &servers, unit_id, &folder).await);
    let report = storm(plan, &servers, &world).await;
    report::print(plan, &report, &folder);
    let holds = report.verdicts.iter().all(Verdict::holds);
    if !holds {
        keep_logs(&servers.folder, &folder);
        report::keep_diary(&report.evidence, &folder);
    }
    holds
}

/// Where the history is kept after the run.
fn history_folder(seed: u64) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("oracle-{seed}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the history");
    folder
}

fn keep_logs(from: &Path, to: &Path) {
    for process in 0..PROCESSES {
        let name = format!("api-{process}.log");
        let _ = std::fs::copy(from.join(&name), to.join(&name));
    }
}

/// Offices, helpers and people.
async fn found_world(seed: u64, servers: &Servers, unit_id: UnitId, folder: &Path) -> World {
    let http = Http::new(servers.addresses.clone());
    let helpers = Helpers::sign_in(&http).await;
    let mut offices = Vec::new();
    for _ in 0..=OFFICES {
        offices.push(open_office(&http, &helpers.session(ADMIN), unit_id).await);
    }
    // Every process knows an office within a second of its opening.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let tomorrow = local_day(Clock::default().now()) + TimeDelta::days(1);
    let first_at = local_day_bounds(tomorrow).start;
    World {
        seed,
        http,
        history: History::begin(&folder.join("history.jsonl")),
        helpers,
        town: Town::new(offices, first_at),
        sent: std::sync::Mutex::default(),
        stop: AtomicBool::new(false),
    }
}

/// An office that is open day and night, half of its places for strangers.
async fn open_office(http: &Http, session: &str, unit_id: UnitId) -> i32 {
    let send = async |method: Method, path: &str, body| {
        let mut request = Request::post(path, body, 0).under(Uuid::new_v4());
        request.method = method;
        let response = http.send(0, &request, Some(session)).await;
        let response = response.expect("an answer");
        assert!(response.status < 300, "{path}: {}", response.body);
        response.body
    };
    let body = json!({
        "unit_id": unit_id, "name": "Điểm tiếp nhận thử", "kind": "fixed", "address": "Số 1",
        "services": [SERVICE],
    });
    let office = send(Method::POST, "/api/v1/offices", body).await;
    let office_id = office["office_id"].as_i64().expect("an office");
    let path = format!("/api/v1/offices/{office_id}");
    let shares = json!({ "same_day_share": 0, "walk_in_places": 0, "lead_min": 0 });
    send(Method::PATCH, &path, shares).await;
    let mut hours = Vec::new();
    for weekday in 1..=7 {
        for (session, opens, closes) in [(1, 0, 720), (2, 720, 1440)] {
            hours.push(json!({
                "weekday": weekday, "session": session, "opens_min": opens, "closes_min": closes,
                "capacity": PLACES,
            }));
        }
    }
    let hours = json!({ "hours": hours, "open_on_holidays": true });
    send(Method::PUT, &format!("{path}/hours"), hours).await;
    i32::try_from(office_id).expect("an office's number")
}

/// People and faults; then heals, waits, settles, books out, and judges.
async fn storm(plan: &Plan, servers: &Arc<Servers>, world: &Arc<World>) -> Report {
    let watch = Watch::new(servers.clone(), world.clone());
    let seen = watch.seen.clone();
    let watching = tokio::spawn(watch.keep_looking());
    let (helpers, signing) = (world.helpers.clone(), world.clone());
    let signing_in = tokio::spawn(async move { helpers.keep_signed_in(&signing.http).await });
    let mut clients = JoinSet::new();
    for number in 0..plan.clients {
        clients.spawn(Client::new(number, world.clone()).live());
    }
    let display = Display::new(world.clone(), world.town.display_slots());
    let display = tokio::sync::Mutex::new(display);
    let mut nemesis = Nemesis::new(servers.clone(), world.clone(), plan.pace);
    let in_calm = async |lasts| display.lock().await.measure(lasts).await;
    nemesis.rage(plan.lasts, in_calm).await;
    let healed = tokio::time::Instant::now();
    world.stop.store(true, Ordering::SeqCst);
    while let Some(ended) = clients.join_next().await {
        ended.expect("a client ends");
    }
    watching.await.expect("the watch ends");
    aftermath::settle(world).await;
    tokio::time::sleep_until(healed + HEALED_AFTER).await;

    let url = servers.postgres.lock().await.superuser_url();
    let mut conn = aftermath::connect(&url).await;
    let idle = aftermath::idle_places(&mut conn).await;
    aftermath::send_home(world).await;
    // What is shown knows within two seconds that nobody waits any more.
    tokio::time::sleep(Duration::from_millis(LAG_MAX_MS)).await;
    let slots: Vec<Slot> = world.town.used_slots();
    let booked_out = aftermath::book_out(world, &mut conn, &slots).await;
    aftermath::settle(world).await;
    signing_in.abort();
    let ruled = diary::read_ruled(&mut conn, &world.history).await;
    let taken = diary::read_taken(&mut conn, &world.history).await;
    let waits = diary::read_waits(&mut conn, &world.history).await;
    let evidence = Evidence {
        calls: world.history.calls(),
        rows: aftermath::appointments(&mut conn).await,
        faults: nemesis.faults(),
        missed: report::missed(servers, &world.history),
        calms: nemesis.calms.lock().expect("whole").clone(),
        ruled,
        taken,
        waits,
        kept: std::mem::take(&mut seen.lock().expect("whole").kept),
    };
    let mut verdicts = judge(&evidence);
    verdicts.extend([booked_out, idle]);
    let mut at_end = BTreeMap::new();
    for law in laws() {
        let row = broken(&mut conn, &law).await.expect("a law can be asked");
        at_end.insert(law.name, row);
    }
    let seen = std::mem::take(&mut *seen.lock().expect("whole"));
    let lags = std::mem::take(&mut display.lock().await.lags);
    verdicts.extend(report::of_watch(&seen, &at_end, &evidence.calls));
    verdicts.push(report::of_display(&lags, LAG_MAX_MS));
    verdicts.push(report::of_logs(servers));
    verdicts.push(report::of_effort(plan, &evidence));
    let deadlocks = servers
        .postgres
        .lock()
        .await
        .complaints("deadlock detected");
    let mut cut = 0;
    for proxy in &servers.before_postgres {
        cut += proxy.commits_cut();
    }
    Report {
        verdicts,
        evidence,
        seen,
        lags,
        deadlocks,
        commits_cut: cut,
    }
}
