//! Compares a list with what was recorded, and writes what comes of it: confirmations, counts, tasks.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::police_list::PoliceReport;
use serde_json::json;

use super::read::{List, STAGES};
use super::rules::{Compared, compare, is_apart};
use super::{imported, lists, store, tasks};
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::privacy::audit;
use crate::tracking::{Confirmation, confirm_recorded};

/// Which list this is.
#[derive(Debug, Clone)]
pub struct Of {
    pub commune_id: UnitId,
    /// The first day of the month.
    pub month: NaiveDate,
    pub villages: Vec<UnitId>,
    pub by: AccountId,
    pub now: DateTime<Utc>,
}

impl Of {
    fn last_day(&self) -> NaiveDate {
        let next = self.month + chrono::Months::new(1);
        next - Days::new(1)
    }
}

/// What a list says, and how many of its records are not confirmed yet. Writes nothing.
///
/// # Errors
/// When the database cannot.
pub async fn look(
    conn: &mut Conn,
    of: &Of,
    list: &List,
) -> Result<Vec<(PoliceReport, Compared)>, Failure> {
    let villages: BTreeSet<UnitId> = of.villages.iter().copied().collect();
    let mut looked = Vec::new();
    for stage in STAGES {
        let Some(numbers) = list.by_stage.get(stage) else {
            continue;
        };
        let all: Vec<Vec<u8>> = numbers.iter().cloned().collect();
        let counted = store::list_counted(conn, stage, &all).await?;
        let span = (of.month, of.last_day());
        let ours = store::list_ours(conn, stage, &of.villages, span).await?;
        let compared = compare(numbers, &counted, &villages, &ours);
        looked.push((report(of, stage, &compared), compared));
    }
    Ok(looked)
}

fn report(of: &Of, stage: &str, compared: &Compared) -> PoliceReport {
    PoliceReport {
        commune_id: of.commune_id,
        month: of.month,
        stage: stage.to_owned(),
        theirs: compared.theirs,
        ours: compared.ours,
        matched: compared.matched.len() as u32,
        elsewhere: compared.elsewhere,
        only_theirs: compared.only_theirs,
        only_ours: compared.only_ours,
        without_number: compared.without_number,
        is_apart: is_apart(compared.theirs, compared.ours),
    }
}

/// Confirms what the list confirms, keeps the counts, and opens or closes tasks. In the caller's transaction.
///
/// # Errors
/// When the database cannot.
pub async fn take(
    conn: &mut Conn,
    of: &Of,
    looked: &[(PoliceReport, Compared)],
) -> Result<usize, Failure> {
    let matched: Vec<_> = looked
        .iter()
        .flat_map(|(_, compared)| compared.matched.iter().copied())
        .collect();
    for (report, compared) in looked {
        // Who imports the same month at once waits here.
        store::upsert_report(conn, report, of.by).await?;
        let unmatched = lists::replace(conn, report, &compared.matched, of.by).await?;
        imported::confirm_no_more(conn, &unmatched).await?;
        tasks::follow(conn, report, of.by, of.now).await?;
    }
    let confirmed = confirm_recorded(conn, &matched, Confirmation::PoliceList).await?;
    let detail = json!({ "month": of.month, "confirmed": confirmed, "stages": looked.len() });
    let object = format!("unit:{}", of.commune_id);
    audit::record(
        conn,
        Some(of.by),
        "verification.import_police_list",
        &object,
        detail,
    )
    .await?;
    Ok(confirmed)
}
