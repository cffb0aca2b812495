//! Lists that were imported, as a table to take away. It says nothing of who stands in them.

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::UnitId;

use super::store::{self, RosterRow};
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;

pub const HEADERS: &[&str] = &[
    "Ngày nhập",
    "Đơn vị",
    "Danh sách",
    "Căn cứ",
    "Ngày văn bản",
    "Số người",
    "Ngày rút lại",
    "Mã danh sách",
];

/// The lists of a unit, the newest first, those that were undone too.
///
/// # Errors
/// When the database cannot.
pub async fn rows(
    conn: &mut Conn,
    geography: &Geography,
    unit_id: UnitId,
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let units = geography.all_answered_for(unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let rows = store::list_rosters(conn, &units, None, limit).await?;
    let cells = |row: RosterRow| {
        vec![
            Out::Day(local_day(row.imported_at)),
            Out::text(geography.label_on(row.unit_id, today)),
            Out::Text(row.name),
            Out::Text(row.source),
            Out::Day(row.made_on),
            Out::Count(row.entries.into()),
            Out::day(row.undone_at.map(local_day)),
            Out::text(row.roster_id.to_string()),
        ]
    };
    Ok(rows.into_iter().map(cells).collect())
}
