//! Phones and how each fares, as a table to take away.

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::{AccountId, UnitId};

use super::store::{self, DeviceRow};
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;
use crate::identity;
use crate::privacy::keys::Keys;

pub const HEADERS: &[&str] = &[
    "Đơn vị",
    "Người dùng",
    "Ứng dụng",
    "Phiên bản",
    "Ngày đăng ký",
    "Báo lần cuối",
    "Số việc chưa gửi",
    "Chưa gửi từ ngày",
    "Còn trống (MB)",
    "Lỗi gần nhất",
    "Báo mất ngày",
    "Đã tự xóa ngày",
    "Mã máy",
];

/// The phones of the accounts of a unit, whose names their lead knows.
///
/// # Errors
/// When the database cannot.
pub async fn rows(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    unit_id: UnitId,
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let units = geography.all_answered_for(unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let rows = store::list(conn, &units, None, limit).await?;
    let accounts: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
    let names = identity::names_of(conn, keys, &accounts).await?;
    let cells = |row: DeviceRow| {
        vec![
            Out::text(geography.label_on(row.unit_id, today)),
            Out::of(names.get(&row.account_id).cloned()),
            Out::Text(row.app),
            Out::Text(row.version),
            Out::Day(local_day(row.registered_at)),
            Out::day(row.reported_at.map(local_day)),
            Out::count(row.pending),
            Out::day(row.oldest_pending_at.map(local_day)),
            Out::count(row.storage_free_mb),
            Out::of(row.last_error),
            Out::day(row.lost_at.map(local_day)),
            Out::day(row.wiped_at.map(local_day)),
            Out::text(row.device_id.to_string()),
        ]
    };
    Ok(rows.into_iter().map(cells).collect())
}
