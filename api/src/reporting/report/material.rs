//! Brings together what a report is made of.

use mobile_contracts::calendar::Month;

use super::compose::{MadeOf, Material};
use super::store::load_texts;
use crate::db::Conn;
use crate::geography::Geography;
use crate::geography::rules::WHOLE;
use crate::http::failure::Failure;
use crate::reporting::checker::routes::{figures_before, figures_of};
use crate::reporting::indicators::store::load_catalogue;
use crate::reporting::periods::before::{Before, find_before, told_of};
use crate::reporting::periods::store::PeriodRow;
use crate::reporting::registers::store::list_told;

/// # Errors
/// When the database cannot.
pub async fn gather(
    conn: &mut Conn,
    geography: &Geography,
    period: &PeriodRow,
) -> Result<Material, Failure> {
    let month_of = |row: &PeriodRow| {
        Month::of(row.month).ok_or_else(|| Failure::internal("a month without a year"))
    };
    let found = find_before(conn, geography, period).await?;
    let made_of = match &found {
        Before::MadeOf(all, _) => all.clone(),
        Before::Period(_) | Before::Nothing => Vec::new(),
    };
    let periods = found.periods();
    let before = match periods.first() {
        Some(row) => Some((month_of(row)?, figures_before(conn, &periods).await?)),
        None => None,
    };
    let made_of = made_of.into_iter().map(|one| MadeOf {
        name: geography.name_on(one.unit_id, one.on_date),
        is_whole: one.share == WHOLE,
        on: one.on_date,
    });
    let entries = list_told(conn, &told_of(geography, period), period).await?;
    let units = entries.iter().filter_map(|entry| entry.assigned_unit_id);
    let name = |unit| (unit, geography.name_on(unit, period.ends_on));
    Ok(Material {
        unit_name: geography.name_on(period.unit_id, period.ends_on),
        month: month_of(period)?,
        catalogue: load_catalogue(conn).await?.on(period.starts_on),
        figures: figures_of(conn, period.period_id).await?,
        before,
        made_of: made_of.collect(),
        unit_names: units.map(name).collect(),
        entries,
        texts: load_texts(conn, period.period_id).await?,
        period: period.clone(),
    })
}
