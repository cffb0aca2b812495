//! Fills a table, whole or not at all.

use std::collections::HashMap;

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::UnitId;
use mobile_contracts::phone::MobilePhone;
use mobile_contracts::worklist::WorklistEntry;
use serde_json::json;
use uuid::Uuid;

use super::problem::ExportProblem;
use super::rules::{Kind, say, tail};
use super::store::{self, Said, SaidRow};
use crate::app::App;
use crate::campaign::drives::reach::Reach;
use crate::campaign::targets::list_targets;
use crate::campaign::{drives, mobilisation, teams};
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::{Out, Sheet};
use crate::identity::{self, Caller};
use crate::leaderboard::{self, rules::percent_tenths};
use crate::privacy::keys::DecryptError;
use crate::privacy::keys::{Keys, Place};
use crate::reporting::registers;
use crate::rights;
use crate::tracking::assignments::{self, transfers};
use crate::tracking::worklists::list::{Listed, sort};
use crate::tracking::worklists::rules::{Reached, Worklist};
use crate::tracking::worklists::store::list_standings;
use crate::tracking::worklists::whose::at_home;
use crate::tracking::{devices, review, rosters};
use crate::verification::{grades, police_list, sampling, signals};

/// Which table.
#[derive(Debug, Clone)]
pub struct Wish {
    pub kind: Kind,
    pub unit_id: UnitId,
    pub worklist: Worklist,
    /// Nil where the table is of no campaign.
    pub campaign_id: Uuid,
    pub days: (NaiveDate, NaiveDate),
}

/// # Errors
/// [`ExportProblem::ExportTooLarge`]; 404 for a campaign that the caller does not see; when the database cannot.
pub async fn fill<P>(
    app: &App,
    geography: &Geography,
    caller: &Caller<P>,
    wish: &Wish,
) -> Result<Sheet, Failure> {
    let today = local_day(app.clock.now());
    let (keys, unit_id, days) = (&app.keys, wish.unit_id, wish.days);
    let reach = Reach {
        caller,
        geography,
        today,
    };
    let mut conn = app.pool.get().await?;
    let rows = match wish.kind {
        Kind::People | Kind::Worklist => people(app, &mut conn, geography, wish, today).await?,
        Kind::Records | Kind::Visits | Kind::Activities => {
            said(app, &mut conn, geography, wish, today).await?
        }
        Kind::Targets => targets(&mut conn, geography, unit_id, today).await?,
        Kind::Campaigns => drives::table::campaigns(&mut conn, geography, unit_id, today).await?,
        Kind::CampaignProgress => {
            drives::table::progress(&mut conn, &reach, wish.campaign_id, unit_id).await?
        }
        Kind::Teams => {
            teams::table::rows(&mut conn, keys, &reach, wish.campaign_id, unit_id).await?
        }
        Kind::Mobilisation => {
            mobilisation::table::rows(&mut conn, geography, unit_id, days, today).await?
        }
        Kind::WaitingMembers => {
            mobilisation::table::waiting(&mut conn, keys, geography, unit_id, days, today).await?
        }
        Kind::Held => review::table::rows(app, &mut conn, geography, unit_id, today).await?,
        Kind::Signals => signals::table::rows(&mut conn, geography, unit_id, days, today).await?,
        Kind::Draws => sampling::table::rows(&mut conn, geography, unit_id, days, today).await?,
        Kind::Grades => grades::table::rows(&mut conn, geography, unit_id, today).await?,
        Kind::Tasks => registers::table::tasks(&mut conn, geography, unit_id, days, today).await?,
        Kind::Rights => rights::table::rows(&mut conn, geography, unit_id, days, today).await?,
        Kind::Board => {
            // A board is read on a connection of its own: whoever held one meanwhile could wait for themselves.
            drop(conn);
            leaderboard::table::rows(app, geography, unit_id, today).await?
        }
        Kind::Assignments => {
            assignments::table::rows(app, &mut conn, geography, caller, unit_id).await?
        }
        Kind::Transfers => {
            transfers::table::rows(app, &mut conn, geography, caller, unit_id).await?
        }
        Kind::Reconciliation => {
            police_list::table::tasks(&mut conn, geography, unit_id, today).await?
        }
        Kind::PoliceLists => {
            police_list::table::imported(&mut conn, geography, unit_id, today).await?
        }
        Kind::Devices => devices::table::rows(&mut conn, keys, geography, unit_id, today).await?,
        Kind::Accounts => identity::table::rows(&mut conn, keys, geography, unit_id, today).await?,
        Kind::Rosters => rosters::table::rows(&mut conn, geography, unit_id, today).await?,
    };
    if rows.len() > EXPORT_ROWS_MAX {
        return Err(ExportProblem::ExportTooLarge.into());
    }
    Ok(Sheet {
        headers: wish.kind.headers(),
        rows,
    })
}

async fn people(
    app: &App,
    conn: &mut Conn,
    geography: &Geography,
    wish: &Wish,
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let villages = geography.homes_within(wish.unit_id, today);
    let rows = match wish.kind {
        Kind::Worklist => list_standings(conn, &villages, wish.worklist.reached()).await?,
        _ => list_standings(conn, &villages, Reached::Anybody).await?,
    };
    if rows.len() > EXPORT_ROWS_MAX {
        return Err(ExportProblem::ExportTooLarge.into());
    }
    let rows = at_home(geography, rows, today);
    let names: HashMap<UnitId, String> = villages
        .iter()
        .map(|id| (*id, geography.name_on(*id, today)))
        .collect();
    let (keys, kind, list) = (app.keys.clone(), wish.kind, wish.worklist);
    // Every name of a commune is decrypted: off the async threads.
    let fill = move || -> Result<Vec<Vec<Out>>, DecryptError> {
        match kind {
            Kind::Worklist => sort(&keys, list, rows, &villages, today)?
                .into_iter()
                .map(|listed| Ok(left_to_do(&listed.tell(&keys, today)?, &names)))
                .collect(),
            _ => rows
                .into_iter()
                .map(|row| Ok(known(&Listed::of(&keys, row)?.tell(&keys, today)?, &names)))
                .collect(),
        }
    };
    let filled = tokio::task::spawn_blocking(fill);
    let filled = filled.await.map_err(Failure::internal)?;
    filled.map_err(Failure::internal)
}

/// What both tables of people begin with.
fn who(entry: &WorklistEntry, names: &HashMap<UnitId, String>) -> Vec<Out> {
    let phone = entry
        .phone
        .as_deref()
        .and_then(|phone| MobilePhone::parse(phone).ok());
    vec![
        Out::of(names.get(&entry.village_id).cloned()),
        Out::of(entry.name.clone()),
        Out::count(entry.birth_year),
        Out::of(entry.sex.as_deref().map(say)),
        Out::of(entry.id_tail.as_deref().map(tail)),
        Out::of(phone.map(|phone| phone.national_display())),
    ]
}

fn known(entry: &WorklistEntry, names: &HashMap<UnitId, String>) -> Vec<Out> {
    let mut row = who(entry, names);
    for stage in [
        "installed",
        "level1_activated",
        "level2_collected",
        "level2_approved",
        "level2_activated",
    ] {
        let reached = entry.stages.iter().any(|own| own == stage);
        row.push(if reached { Out::text("x") } else { Out::Empty });
    }
    let groups: Vec<&str> = entry.groups.iter().map(|group| say(group)).collect();
    row.push(Out::text(groups.join(", ")));
    row.push(Out::of(entry.last_outcome.as_deref().map(say)));
    row.push(Out::day(entry.last_visit_on));
    row
}

fn left_to_do(entry: &WorklistEntry, names: &HashMap<UnitId, String>) -> Vec<Out> {
    let mut row = who(entry, names);
    row.push(Out::text(&entry.next_step_text));
    row.push(Out::day(entry.due_on));
    row.push(Out::count(entry.days_left));
    row.push(Out::of(entry.last_outcome.as_deref().map(say)));
    row.push(Out::day(entry.last_visit_on));
    row
}

async fn said(
    app: &App,
    conn: &mut Conn,
    geography: &Geography,
    wish: &Wish,
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let what = match wish.kind {
        Kind::Visits => Said::Visits,
        Kind::Activities => Said::Activities,
        _ => Said::Records,
    };
    // What was recorded in a village that is gone by now is there, too.
    let villages = geography.villages_counted_in(wish.unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let rows = store::list_said(conn, what, &villages, wish.days, limit).await?;
    let mut authors: HashMap<Uuid, String> = HashMap::new();
    let mut filled = Vec::with_capacity(rows.len());
    for row in rows {
        let author = match authors.get(&row.author_id) {
            Some(name) => name.clone(),
            None => {
                let name = author_of(&app.keys, &row)?;
                authors.insert(row.author_id, name.clone());
                name
            }
        };
        filled.push(said_row(what, row, author, geography, today));
    }
    Ok(filled)
}

fn author_of(keys: &Keys, row: &SaidRow) -> Result<String, Failure> {
    // Stopped so long ago that the name is gone.
    if row.author_name.is_empty() {
        return Ok(String::new());
    }
    let place = Place {
        column: "account.name",
        row: row.author_id.as_bytes(),
    };
    keys.decrypt(&place, &row.author_name)
        .map_err(Failure::internal)
}

fn said_row(
    what: Said,
    row: SaidRow,
    author: String,
    geography: &Geography,
    today: NaiveDate,
) -> Vec<Out> {
    let yes = |yes: bool| if yes { Out::text("x") } else { Out::Empty };
    let word = |word: Option<&str>| Out::of(word.map(say));
    let named_on = match geography.has_ended(row.village_id, today) {
        true => row.on_day,
        false => today,
    };
    let mut cells = vec![
        Out::Day(row.on_day),
        Out::text(geography.label_on(row.village_id, named_on)),
        Out::text(say(&row.what)),
    ];
    match what {
        Said::Records => cells.push(word(row.device_holder.as_deref())),
        Said::Visits => cells.push(Out::day(row.promised_on)),
        Said::Activities => cells.extend([row.attended, row.leaflets, row.helped].map(Out::count)),
    }
    cells.extend([Out::text(say(&row.mass_union)), Out::text(author)]);
    if matches!(what, Said::Records) {
        cells.extend([yes(row.counted), word(row.confirmed_by.as_deref())]);
    }
    cells.extend([yes(row.voided), Out::text(row.op_id.to_string())]);
    cells
}

async fn targets(
    conn: &mut Conn,
    geography: &Geography,
    unit_id: UnitId,
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let units = geography.all_within(unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let targets = list_targets(conn, &units, None, None, 0, limit).await?;
    let mut spans = Vec::new();
    for (at, target) in targets.iter().enumerate() {
        for village in geography.villages_counted_in(target.unit_id, today) {
            spans.push(json!({
                "at": at, "village_id": village, "stage": target.stage,
                "from_on": target.starts_on, "until_on": target.ends_on.unwrap_or(today),
            }));
        }
    }
    if spans.len() > 4 * EXPORT_ROWS_MAX {
        return Err(ExportProblem::ExportTooLarge.into());
    }
    let counted: HashMap<usize, i64> = store::count_spans(conn, spans).await?.into_iter().collect();
    let rows = targets.into_iter().enumerate().map(|(at, target)| {
        let people = counted.get(&at).copied().unwrap_or_default();
        vec![
            Out::text(geography.label_on(target.unit_id, today)),
            Out::text(say(&target.stage)),
            Out::Day(target.starts_on),
            Out::day(target.ends_on),
            Out::Count(target.people.into()),
            Out::text(say(target.denominator.as_str())),
            Out::Count(people),
            Out::Tenths(percent_tenths(people, target.people.into())),
            Out::Text(target.source),
        ]
    });
    Ok(rows.collect())
}
