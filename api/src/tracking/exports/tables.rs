//! Fills a table, whole or not at all.

use std::collections::HashMap;

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::UnitId;
use mobile_contracts::phone::MobilePhone;
use mobile_contracts::worklist::WorklistEntry;
use serde_json::json;

use super::problem::ExportProblem;
use super::rules::{Kind, percent, say, tail};
use super::store::{self, Said, SaidRow};
use crate::app::App;
use crate::campaign::targets::list_targets;
use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::http::failure::Failure;
use crate::http::table::{Out, Sheet};
use crate::privacy::keys::{Keys, Place};
use crate::tracking::worklists::list::{sort, standing, tell};
use crate::tracking::worklists::rules::Worklist;
use crate::tracking::worklists::store::{list_standings, list_unfinished};

/// Which table.
#[derive(Debug, Clone)]
pub struct Wish {
    pub kind: Kind,
    pub unit_id: UnitId,
    pub worklist: Worklist,
    pub days: (NaiveDate, NaiveDate),
}

/// # Errors
/// [`ExportProblem::ExportTooLarge`], or when the database cannot.
pub async fn fill(
    app: &App,
    conn: &mut Conn,
    geography: &Geography,
    wish: &Wish,
) -> Result<Sheet, Failure> {
    let today = local_day(app.clock.now());
    let villages = geography.within(wish.unit_id, Level::Village, today);
    let rows = match wish.kind {
        Kind::People | Kind::Worklist => {
            people(app, conn, geography, wish, &villages, today).await?
        }
        Kind::Targets => targets(conn, geography, wish.unit_id, today).await?,
        Kind::Records | Kind::Visits | Kind::Activities => {
            said(app, conn, geography, wish, today).await?
        }
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
    villages: &[UnitId],
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let rows = match wish.kind {
        Kind::Worklist => list_unfinished(conn, villages).await?,
        _ => list_standings(conn, villages).await?,
    };
    if rows.len() > EXPORT_ROWS_MAX {
        return Err(ExportProblem::ExportTooLarge.into());
    }
    let names: HashMap<UnitId, String> = villages
        .iter()
        .map(|id| (*id, geography.name_on(*id, today)))
        .collect();
    let (keys, kind, list) = (app.keys.clone(), wish.kind, wish.worklist);
    let villages = villages.to_vec();
    // Every name of a commune is decrypted: off the async threads.
    let filled = tokio::task::spawn_blocking(move || match kind {
        Kind::Worklist => {
            let entries = sort(&keys, list, rows, &villages, today)?;
            Ok(entries
                .iter()
                .map(|entry| left_to_do(entry, &names))
                .collect())
        }
        _ => rows
            .into_iter()
            .map(|row| {
                let standing = standing(&row);
                tell(&keys, row, &standing, today).map(|entry| known(&entry, &names))
            })
            .collect(),
    });
    filled
        .await
        .map_err(Failure::internal)?
        .map_err(|why: crate::privacy::keys::DecryptError| Failure::internal(why))
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
        entry
            .birth_year
            .map_or(Out::Empty, |year| Out::Count(year.into())),
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
    row.push(
        entry
            .days_left
            .map_or(Out::Empty, |days| Out::Count(days.into())),
    );
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
    let villages = geography.all_within(wish.unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let rows = store::list_said(conn, what, &villages, wish.days, limit).await?;
    let mut authors: HashMap<uuid::Uuid, String> = HashMap::new();
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
    let count = |count: Option<i32>| count.map_or(Out::Empty, |count| Out::Count(count.into()));
    let word = |word: Option<&str>| Out::of(word.map(say));
    let mut cells = vec![
        Out::Day(row.on_day),
        Out::text(geography.label_on(row.village_id, today)),
        Out::text(say(&row.what)),
    ];
    match what {
        Said::Records => cells.push(word(row.device_holder.as_deref())),
        Said::Visits => cells.push(Out::day(row.promised_on)),
        Said::Activities => {
            cells.extend([count(row.attended), count(row.leaflets), count(row.helped)])
        }
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
        for village in geography.within(target.unit_id, Level::Village, today) {
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
            Out::text(percent(people, target.people.into())),
            Out::Text(target.source),
        ]
    });
    Ok(rows.collect())
}
