//! Tasks of the register, as a table to take away: what the time to come has to bring.

use chrono::NaiveDate;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::UnitId;
use mobile_contracts::reporting_register::RegisterEntry;

use super::routes::tell;
use super::store;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;
use crate::reporting::periods::units_of;

pub const TASKS: &[&str] = &[
    "Ngày ghi",
    "Của đơn vị",
    "Cơ quan thực hiện",
    "Giao cho đơn vị",
    "Nội dung",
    "Hạn",
    "Trạng thái",
    "Ngày xong",
    "Mã mục",
];

/// Tasks of a unit and of those within it, and those that were given to one of them: what is open, and what was
/// settled on these days; the newest first.
///
/// # Errors
/// When the database cannot.
pub async fn tasks(
    conn: &mut Conn,
    geography: &Geography,
    unit_id: UnitId,
    settled_on: (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let units = units_of(geography, unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let rows = store::list_tasks(conn, &units, settled_on, limit).await?;
    let cells = |task: RegisterEntry| {
        vec![
            Out::Day(task.noted_on),
            Out::text(geography.label_on(task.unit_id, task.noted_on)),
            Out::Text(task.body),
            Out::of(task.assigned_unit_name),
            Out::Text(task.subject),
            Out::day(task.due_on),
            Out::text(say_state(&task.state)),
            Out::day(task.settled_on),
            Out::text(task.entry_id.to_string()),
        ]
    };
    let tasks = rows.into_iter().map(|row| tell(geography, row));
    Ok(tasks.map(cells).collect())
}

fn say_state(state: &str) -> &str {
    match state {
        "open" => "Đang mở",
        "done" => "Đã xong",
        "dropped" => "Không cần nữa",
        other => other,
    }
}
