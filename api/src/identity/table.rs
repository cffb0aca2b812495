//! Accounts of a unit, as a table to take away: what their list tells.

use chrono::NaiveDate;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::UnitId;

use super::store::{self, AccountRow};
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;
use crate::privacy::keys::Keys;
use crate::tracking::exports::rules::say;

pub const HEADERS: &[&str] = &[
    "Đơn vị",
    "Họ và tên",
    "Điện thoại",
    "Vai trò",
    "Đoàn thể",
    "Trạng thái",
    "Mã tài khoản",
];

/// An account with what of it is kept encrypted; of its phone, what may be told.
struct Known {
    row: AccountRow,
    name: String,
    phone_masked: String,
}

/// The accounts of a unit and of everything within it.
///
/// # Errors
/// When the database cannot, or the key of a row is not configured.
pub async fn rows(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    unit_id: UnitId,
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let units = geography.all_answered_for(unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let rows = store::list_accounts(conn, &units, None, None, limit).await?;
    let keys = keys.clone();
    // Every name of a province is decrypted: off the async threads.
    let known = tokio::task::spawn_blocking(move || decrypt(&keys, rows));
    let known = known.await.map_err(Failure::internal)??;
    let cells = |one: Known| {
        vec![
            Out::text(geography.label_on(one.row.unit_id, today)),
            Out::Text(one.name),
            Out::Text(one.phone_masked),
            Out::text(say_role(&one.row.role)),
            Out::text(say(&one.row.mass_union)),
            Out::text(say_state(one.row.state())),
            Out::text(one.row.account_id.to_string()),
        ]
    };
    Ok(known.into_iter().map(cells).collect())
}

fn decrypt(keys: &Keys, rows: Vec<AccountRow>) -> Result<Vec<Known>, Failure> {
    let mut known = Vec::with_capacity(rows.len());
    for row in rows {
        known.push(Known {
            name: row.name(keys)?,
            phone_masked: row.phone(keys)?.masked(),
            row,
        });
    }
    Ok(known)
}

fn say_role(role: &str) -> &str {
    match role {
        "volunteer" => "Tình nguyện viên",
        "lead" => "Trưởng nhóm",
        "officer" => "Cán bộ tiếp nhận",
        "reporter" => "Cán bộ báo cáo",
        "commander" => "Chỉ huy",
        "admin" => "Quản trị",
        other => other,
    }
}

fn say_state(state: &str) -> &str {
    match state {
        "invited" => "Đã mời",
        "active" => "Đang dùng",
        "disabled" => "Đã dừng",
        other => other,
    }
}
