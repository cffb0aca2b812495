//! What tracking and booking know of a period, as values like any other: filled in every night and when the period is
//! closed.

use std::collections::HashMap;

use diesel::QueryResult;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::AccountId;
use mobile_contracts::reporting::{EnteredValue, EnteredValues, Span};
use serde_json::json;

use super::rules::{Catalogue, fillable};
use super::store::{list_changed, list_values, load_catalogue};
use super::write::write;
use crate::app::App;
use crate::booking::{ServedTotals, count_served};
use crate::campaign::targets::{STAGES, load};
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::privacy::audit;
use crate::reporting::periods::store::{PeriodRow, list_open, lock_period};
use crate::tracking::count_stages;
use crate::tracking::totals::{OutreachTotals, count_outreach};

/// Where these figures say that they come from.
const SOURCE: &str = "Phần mềm Tổ 06";

/// One night's work: fills every period that has begun and is open. Two processes at once write each figure once:
/// the second finds what it would write.
///
/// # Errors
/// When the database cannot; what was filled until then stays.
pub async fn once(app: &App) -> Result<(), Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    for period in list_open(&mut conn, today).await? {
        db::transaction::<_, Failure>(&mut conn, async |conn| {
            let period = lock_period(conn, period.period_id).await?;
            if period.closed_at.is_none() {
                let by_itself = Filling {
                    by: period.opened_by,
                    actor: None,
                    reason: None,
                    even_nothing: false,
                };
                fill(conn, &geography, &period, by_itself).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// In whose name figures are filled, and which.
#[derive(Debug, Clone, Copy)]
pub struct Filling<'a> {
    pub by: AccountId,
    /// Who pressed; none by night.
    pub actor: Option<AccountId>,
    /// Why a closed period is corrected.
    pub reason: Option<&'a str>,
    /// What nobody ever recorded too.
    pub even_nothing: bool,
}

/// Writes what the program counts where it is other than before and nobody typed anything else; the caller holds
/// the period.
///
/// # Errors
/// When the database cannot.
pub async fn fill(
    conn: &mut Conn,
    geography: &Geography,
    period: &PeriodRow,
    filling: Filling<'_>,
) -> Result<EnteredValues, Failure> {
    let catalogue = load_catalogue(conn).await?.on(period.starts_on);
    let counted = count(conn, geography, &catalogue, period).await?;
    let standing = list_values(conn, period.period_id).await?;
    let (values, kept) = fillable(counted, &standing, filling.even_nothing);
    let changed = list_changed(conn, period.period_id, &values).await?;
    let mut told = EnteredValues {
        dry_run: false,
        changed: changed.len() as u32,
        unchanged: (values.len() - changed.len()) as u32,
        kept,
        correction: None,
        refused: Vec::new(),
    };
    if !changed.is_empty() {
        let hand = (filling.by, true);
        told.correction = write(conn, period, &changed, filling.reason, hand).await?;
        let object = format!("reporting_period:{}", period.period_id);
        let said = json!({ "changed": told.changed, "correction": told.correction });
        audit::record(conn, filling.actor, "reporting.feed_values", &object, said).await?;
    }
    Ok(told)
}

/// Counts whatever the catalogue says that the program fills, in the units of the period's last day and in those that
/// had ended by then and count in them. Stages are told of the targets that hold on that day: since the beginning, for
/// no target is one of a month.
///
/// # Errors
/// When the database cannot.
pub async fn count(
    conn: &mut Conn,
    geography: &Geography,
    catalogue: &Catalogue,
    period: &PeriodRow,
) -> Result<Vec<EnteredValue>, Failure> {
    let units = geography.all_counted_in(period.unit_id, period.ends_on);
    let aims = list_aims(conn, geography, period).await?;
    let mut values = Vec::new();
    for span in Span::ALL {
        let first = match span {
            Span::Cumulative => period.cumulative_from,
            Span::InPeriod => period.starts_on,
        };
        let days = (first, period.ends_on);
        let stages = count_stages(conn, &units, days).await?;
        let served = count_served(conn, &units, days).await?;
        let outreach = count_outreach(conn, &units, days).await?;
        for indicator in &catalogue.indicators {
            let Some(feed) = indicator.fed_by.as_deref() else {
                continue;
            };
            let (value, denominator) = figure(feed, &stages, served, outreach);
            let stage = feed.strip_prefix("tracking.");
            let aim = stage.filter(|_| span == Span::Cumulative);
            let aim = aim.and_then(|stage| aims.get(stage).copied());
            values.push(EnteredValue {
                code: indicator.code.clone(),
                span,
                value: Some(value),
                at_least: false,
                denominator: denominator.or(aim),
                stated_percent: None,
                stated_change: None,
                change_in: None,
                compared_with: None,
                source: SOURCE.to_owned(),
                seen_revision: None,
            });
        }
    }
    Ok(values)
}

/// What the period's unit is to reach at each stage, as boards have it: its own target, or the sum of those below it.
async fn list_aims(
    conn: &mut Conn,
    geography: &Geography,
    period: &PeriodRow,
) -> QueryResult<HashMap<&'static str, i64>> {
    let (unit, day) = (period.unit_id, period.ends_on);
    let mut aims = HashMap::new();
    for stage in STAGES {
        let targets = load(conn, stage, day).await?;
        aims.extend(
            targets
                .of(geography, unit, day)
                .map(|(people, _)| (stage, people)),
        );
    }
    Ok(aims)
}

fn figure(
    feed: &str,
    stages: &[(String, i64)],
    served: ServedTotals,
    outreach: OutreachTotals,
) -> (i64, Option<i64>) {
    match feed {
        "outreach.leaflets" => (outreach.leaflets, None),
        "outreach.meetings" => (outreach.meetings, None),
        "outreach.attended" => (outreach.attended, None),
        "booking.served" => (served.served, None),
        "booking.same_day" => (served.same_day, Some(served.served)),
        other => {
            let stage = other.strip_prefix("tracking.").unwrap_or(other);
            let count = stages.iter().find(|(own, _)| own == stage);
            (count.map_or(0, |(_, count)| *count), None)
        }
    }
}
