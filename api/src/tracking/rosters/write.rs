//! A list is written in one transaction, with nothing but SQL inside it.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use mobile_contracts::ids::PersonId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::import::{NewList, Rehearsal, rehearse, row_of};
use super::problem::RosterProblem;
use super::rules::Expected;
use super::store::{self, NewRoster};
use crate::app::App;
use crate::db::{self, Conn};
use crate::http::failure::Failure;
use crate::http::idempotency::{self, Press, Pressed, SavedAnswer};
use crate::privacy::audit;
use crate::privacy::keys::{Keys, Place};
use crate::tracking::batch::bytea;
use crate::tracking::persons::rules::sex_word;

/// How often a file is judged anew because another list came in between.
const TRIES: usize = 3;

/// What is asked: everything that was said, the file by its hash.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub press: Press<'a>,
    pub file_hash: &'a [u8],
}

/// Writes a list, judging it again when another list came in between.
///
/// # Errors
/// [`RosterProblem`], or when the database cannot.
pub async fn write(
    app: &App,
    list: &NewList,
    request: &Request<'_>,
    mut rehearsal: Rehearsal,
) -> Result<Pressed<()>, Failure> {
    for _ in 0..TRIES {
        let rows = rows_of(app, list, &rehearsal, app.clock.now()).await;
        let mut conn = app.pool.get().await?;
        let written = db::transaction::<_, Failure>(&mut conn, async |conn| {
            write_once(app, conn, list, request, &rehearsal, &rows).await
        })
        .await?;
        drop(conn);
        if let Some(written) = written {
            return Ok(written);
        }
        rehearsal = rehearse(app, rehearsal.content).await?;
        if !rehearsal.is_whole() {
            let answer = SavedAnswer::new(StatusCode::OK, rehearsal.told(None));
            return Ok(Pressed::Fresh(answer, ()));
        }
    }
    Err(RosterProblem::RosterMoved.into())
}

/// Everything that is written, made before anything is locked.
struct Rows {
    roster_id: Uuid,
    people: Vec<Value>,
    /// By line: the entry, with whom it means, and their number if they are new.
    entries: Vec<(Value, PersonId, Option<Vec<u8>>)>,
    known: Vec<PersonId>,
}

async fn rows_of(app: &App, list: &NewList, rehearsal: &Rehearsal, now: DateTime<Utc>) -> Rows {
    let roster_id = Uuid::now_v7();
    let mut rows = Rows {
        roster_id,
        people: Vec::new(),
        entries: Vec::new(),
        known: Vec::new(),
    };
    // The ground is the source document, and so is its date.
    let midnight = list.made_on.and_time(NaiveTime::MIN);
    let consent_at = Utc.from_utc_datetime(&midnight) - TimeDelta::hours(7);
    for (at, (line, expected, known)) in rehearsal.people().enumerate() {
        // Twenty thousand names are encrypted: others want to run meanwhile.
        if at % 500 == 0 {
            tokio::task::yield_now().await;
        }
        let person_id = known.unwrap_or_else(|| PersonId(Uuid::now_v7()));
        match known {
            Some(known) => rows.known.push(known),
            None => rows.people.push(json!({
                "person_id": person_id,
                "subject_blind": expected.blind.as_deref().map(bytea),
                "id_tail": expected.tail,
                "birth_year": expected.blind.is_some().then_some(expected.birth_year),
                "sex": expected.sex.filter(|_| expected.blind.is_some()).map(sex_word),
                "village_id": expected.village_id,
                "consent_method": "list",
                "consent_at": consent_at,
                "created_at": now,
            })),
        }
        let entry = entry_of(&app.keys, roster_id, line.number, expected);
        let blind = expected.blind.clone().filter(|_| known.is_none());
        rows.entries.push((entry, person_id, blind));
    }
    rows.people
        .sort_by_cached_key(|row| row["subject_blind"].to_string());
    rows.known.sort();
    rows
}

fn entry_of(keys: &Keys, roster_id: Uuid, number: u32, expected: &Expected) -> Value {
    let line = i32::try_from(number).unwrap_or(i32::MAX);
    let row = row_of(roster_id, line);
    let encrypt = |column: &'static str, plain: &str| {
        bytea(&keys.encrypt(&Place { column, row: &row }, plain))
    };
    let groups: Vec<&str> = expected.groups.iter().map(|group| group.as_str()).collect();
    json!({
        "roster_id": roster_id,
        "line": line,
        "village_id": expected.village_id,
        "name": encrypt("roster_entry.name", expected.name.expose()),
        "phone": expected.phone.as_ref().map(|phone| encrypt("roster_entry.phone", &phone.e164())),
        "birth_year": expected.birth_year,
        "sex": expected.sex.map(sex_word),
        "smartphone": expected.smartphone,
        "groups": groups,
        "made_person": false,
    })
}

/// One attempt. Nothing: another list came in between, and this one must be judged again.
async fn write_once(
    app: &App,
    conn: &mut Conn,
    list: &NewList,
    request: &Request<'_>,
    rehearsal: &Rehearsal,
    rows: &Rows,
) -> Result<Option<Pressed<()>>, Failure> {
    let Request { press, file_hash } = *request;
    store::serialize(conn).await?;
    if let Some(answer) = idempotency::find(conn, &app.keys, press).await? {
        return Ok(Some(Pressed::Replayed(answer)));
    }
    if store::get_revision(conn).await? != rehearsal.revision {
        return Ok(None);
    }
    let pressed = idempotency::once(conn, &app.keys, press, async |conn| {
        let new = NewRoster {
            roster_id: rows.roster_id,
            unit_id: list.unit_id,
            name: &list.name,
            source: &list.source,
            made_on: list.made_on,
            file_hash,
            entries: rows.entries.len() as i32,
            imported_by: list.by,
            imported_at: app.clock.now(),
        };
        store::insert_roster(conn, &new).await?;
        write_people(conn, rows).await?;
        let told = rehearsal.told(Some(rows.roster_id));
        let detail = json!({ "new": told.new, "known": told.known, "changed": told.changed });
        let object = format!("roster:{}", rows.roster_id);
        audit::record(
            conn,
            Some(list.by),
            "tracking.import_roster",
            &object,
            detail,
        )
        .await?;
        Ok((SavedAnswer::new(StatusCode::OK, told), ()))
    })
    .await?;
    Ok(Some(pressed))
}

async fn write_people(conn: &mut Conn, rows: &Rows) -> Result<(), Failure> {
    let numbers = rows.entries.iter().filter_map(|(.., blind)| blind.clone());
    let numbers: BTreeSet<Vec<u8>> = numbers.collect();
    let numbers: Vec<Vec<u8>> = numbers.into_iter().collect();
    let ids = store::make_people(conn, &rows.people, &numbers).await?;
    if store::keep_people(conn, &rows.known).await? != rows.known.len() {
        return Err(RosterProblem::RosterMoved.into());
    }
    let mut entries = Vec::with_capacity(rows.entries.len());
    for (entry, minted, blind) in &rows.entries {
        // Somebody may have met them while the file was judged: then they are known.
        let person_id = match blind {
            Some(blind) => *ids.get(blind).ok_or(RosterProblem::RosterMoved)?,
            None => *minted,
        };
        let mut entry = entry.clone();
        entry["person_id"] = json!(person_id);
        entry["made_person"] =
            json!(person_id == *minted && rows.known.binary_search(minted).is_err());
        entries.push(entry);
    }
    store::insert_entries(conn, &entries).await?;
    Ok(())
}
