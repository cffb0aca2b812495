//! How far mobilisation is, and who has not begun, as tables to take away.

use chrono::NaiveDate;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::UnitId;
use mobile_contracts::mobilisation::{Mobilisation, WaitingMember};

use super::routes::{Measured, tell_waiting};
use super::store;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;
use crate::privacy::keys::Keys;
use crate::tracking::exports::rules::say;

pub const HEADERS: &[&str] = &[
    "Đơn vị",
    "Đoàn thể",
    "Đoàn viên, hội viên",
    "Ngày số liệu",
    "Căn cứ",
    "Có tài khoản",
    "Tỷ lệ có tài khoản %",
    "Đã đăng nhập",
    "Tỷ lệ đã đăng nhập %",
    "Đã ghi việc",
    "Tỷ lệ đã ghi việc %",
];

pub const WAITING: &[&str] = &[
    "Đơn vị",
    "Tên gọi",
    "Đoàn thể",
    "Tình trạng",
    "Từ ngày",
    "Đến ngày",
];

/// The unit itself and what it is made of, each union apart.
///
/// # Errors
/// When the database cannot.
pub async fn rows(
    conn: &mut Conn,
    geography: &Geography,
    unit_id: UnitId,
    span: (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let measured = Measured::read(conn, geography, unit_id, span, today).await?;
    let shown = measured.shown(unit_id);
    Ok(shown
        .into_iter()
        .map(|(unit_id, union)| cells(measured.row(unit_id, union)))
        .collect())
}

fn cells(row: Mobilisation) -> Vec<Out> {
    let is_sum = row.members.is_some() && row.source.is_none();
    vec![
        Out::Text(row.name),
        Out::text(say(&row.mass_union)),
        Out::count(row.members),
        Out::day(row.counted_on),
        match is_sum {
            true => Out::text("Tổng các đơn vị bên trong"),
            false => Out::of(row.source),
        },
        Out::Count(row.accounts),
        Out::percent(row.accounts_percent),
        Out::Count(row.signed_in),
        Out::percent(row.signed_in_percent),
        Out::Count(row.recorded),
        Out::percent(row.recorded_percent),
    ]
}

/// Who has an account and has not begun, by their given names.
///
/// # Errors
/// When the database cannot.
pub async fn waiting(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    unit_id: UnitId,
    span: (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let units = geography.all_within(unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let rows = store::list_waiting(conn, &units, span, None, None, limit).await?;
    let people = tell_waiting(conn, keys, rows).await?;
    let cells = |one: WaitingMember| {
        vec![
            Out::text(geography.label_on(one.unit_id, today)),
            Out::Text(one.given_name),
            Out::text(say(&one.mass_union)),
            Out::text(match one.state.as_str() {
                "not_signed_in" => "Chưa đăng nhập lần nào",
                _ => "Chưa ghi gì trong những ngày này",
            }),
            Out::Day(span.0),
            Out::Day(span.1),
        ]
    };
    Ok(people.into_iter().map(cells).collect())
}
