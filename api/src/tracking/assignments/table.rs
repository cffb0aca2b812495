//! Who works which village, as a table to take away.

use chrono::TimeDelta;
use mobile_contracts::calendar::local_day;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::{AccountId, UnitId};

use super::reach::mass_union_of;
use super::store::{self, VillageRow, Wanted};
use crate::app::App;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;
use crate::identity::{self, Caller};

pub const HEADERS: &[&str] = &[
    "Thôn, khu phố",
    "Người phụ trách",
    "Từ ngày",
    "Đến hết ngày",
    "Nhận bàn giao",
    "Mã tài khoản",
    "Mã phân công",
];

/// Assignments of villages within a unit that stand now, the first given first; for a lead, those of the own union.
/// Whoever has left for another unit is not named.
///
/// # Errors
/// When the database cannot.
pub async fn rows<P>(
    app: &App,
    conn: &mut Conn,
    geography: &Geography,
    caller: &Caller<P>,
    unit_id: UnitId,
) -> Result<Vec<Vec<Out>>, Failure> {
    let now = app.clock.now();
    let today = local_day(now);
    let villages = geography.all_answered_for(unit_id, today);
    let wanted = Wanted {
        villages: &villages,
        mass_union: mass_union_of(caller),
        account_id: None,
        standing_at: Some(now),
    };
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let rows = store::list_assignments(conn, &wanted, None, limit).await?;
    let accounts: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
    let known = geography.all_answered_for(caller.unit_id, today);
    let names = identity::names_within(conn, &app.keys, &accounts, &known).await?;
    let cells = |row: VillageRow| {
        // The end of a last day is the first moment of the next.
        let last = row.until_at.map(|end| end - TimeDelta::seconds(1));
        vec![
            Out::text(geography.label_on(row.village_id, today)),
            Out::of(names.get(&row.account_id).cloned()),
            Out::Day(local_day(row.begun_at)),
            Out::day(last.map(local_day)),
            Out::of(row.begun_in.map(|_| "x")),
            Out::text(row.account_id.to_string()),
            Out::text(row.assignment_id.to_string()),
        ]
    };
    Ok(rows.into_iter().map(cells).collect())
}
