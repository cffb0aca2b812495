//! Brings together what a report is made of.

use mobile_contracts::calendar::Month;

use super::compose::Material;
use super::store::load_texts;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::reporting::checker::routes::figures_of;
use crate::reporting::indicators::store::load_catalogue;
use crate::reporting::periods::store::{PeriodRow, find_previous};
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
    let before = match find_previous(conn, period).await? {
        Some(row) => Some((month_of(&row)?, figures_of(conn, row.period_id).await?)),
        None => None,
    };
    let days = (period.starts_on, period.ends_on);
    Ok(Material {
        unit_name: geography.name_on(period.unit_id, period.ends_on),
        month: month_of(period)?,
        catalogue: load_catalogue(conn).await?.on(period.starts_on),
        figures: figures_of(conn, period.period_id).await?,
        before,
        entries: list_told(conn, period.unit_id, days).await?,
        texts: load_texts(conn, period.period_id).await?,
        period: period.clone(),
    })
}
