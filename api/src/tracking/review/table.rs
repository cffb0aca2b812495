//! What is held, as a table to take away. It says nothing of whom it is about, as its list does not.

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::UnitId;
use mobile_contracts::review::HeldOperation;

use super::routes::held_operation;
use super::store;
use crate::app::App;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;

pub const HEADERS: &[&str] = &[
    "Ngày nhận",
    "Thôn, khu phố",
    "Đơn vị của người ghi",
    "Loại thao tác",
    "Vì sao chờ duyệt",
    "Nội dung giữ đến",
    "Mã thao tác",
];

/// Everything that is held within a unit, the oldest first.
///
/// # Errors
/// When the database cannot.
pub async fn rows(
    app: &App,
    conn: &mut Conn,
    geography: &Geography,
    unit_id: UnitId,
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let units = geography.all_answered_for(unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let rows = store::list_held(conn, &units, None, limit).await?;
    let cells = |held: HeldOperation| {
        vec![
            Out::Day(local_day(held.received_at)),
            Out::of(held.village_id.map(|id| geography.label_on(id, today))),
            Out::text(geography.label_on(held.author_unit_id, today)),
            Out::text(say_kind(&held.kind)),
            Out::Text(held.message),
            Out::day(held.kept_until.map(local_day)),
            Out::text(held.op_id.to_string()),
        ]
    };
    let held = rows.into_iter().map(|row| held_operation(app, row));
    Ok(held.map(cells).collect())
}

fn say_kind(kind: &str) -> &str {
    match kind {
        "record" => "Bản ghi",
        "replace" => "Bản ghi thay thế",
        "visit" => "Lượt vận động",
        "void" => "Thu hồi",
        "note" => "Ghi chú",
        "request_appointment" => "Nhờ đặt hẹn",
        "activity" => "Tuyên truyền",
        "unknown" => "Không rõ",
        other => other,
    }
}
