//! What was handed over, as a table to take away.

use mobile_contracts::assignment::Transfer;
use mobile_contracts::calendar::local_day;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::{AccountId, UnitId};

use super::routes::told;
use super::store;
use crate::app::App;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;
use crate::identity::{self, Caller};
use crate::tracking::assignments::reach::mass_union_of;

pub const HEADERS: &[&str] = &[
    "Ngày bàn giao",
    "Người giao",
    "Người nhận",
    "Lý do",
    "Số thôn, khu phố",
    "Các thôn, khu phố",
    "Số người giao đích danh",
    "Ngày hoàn tác",
    "Mã bàn giao",
];

/// What was handed over within a unit, the last one first; for a lead, that of the own union. Whoever has left for
/// another unit is not named.
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
    let today = local_day(app.clock.now());
    let units = geography.all_within(unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let rows = store::list_transfers(conn, &units, mass_union_of(caller), None, limit).await?;
    let transfers = told(conn, rows).await?;
    let both = |one: &Transfer| [one.from_account_id, one.to_account_id];
    let accounts: Vec<AccountId> = transfers.iter().flat_map(both).collect();
    let known = geography.all_answered_for(caller.unit_id, today);
    let names = identity::names_within(conn, &app.keys, &accounts, &known).await?;
    let cells = |one: Transfer| {
        let villages = one.villages.iter();
        let villages: Vec<String> = villages.map(|id| geography.name_on(*id, today)).collect();
        vec![
            Out::Day(local_day(one.made_at)),
            Out::of(names.get(&one.from_account_id).cloned()),
            Out::of(names.get(&one.to_account_id).cloned()),
            Out::Text(one.reason),
            Out::Count(villages.len() as i64),
            Out::text(villages.join(", ")),
            Out::Count(one.people_by_name.into()),
            Out::day(one.undone_at.map(local_day)),
            Out::text(one.transfer_id.to_string()),
        ]
    };
    Ok(transfers.into_iter().map(cells).collect())
}
