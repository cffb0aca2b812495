//! Signals, as a table to take away. Like their list it names nobody: a signal is something to ask about.

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::UnitId;
use mobile_contracts::verification::Signal;

use super::routes::tell;
use super::store::{self, Wanted};
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;

pub const HEADERS: &[&str] = &[
    "Ngày",
    "Xã, phường",
    "Thôn, khu phố",
    "Dấu hiệu",
    "Mức độ",
    "Đã thấy gì",
    "Số bản ghi",
    "Trạng thái",
    "Ngày nêu",
    "Đổi lần cuối",
    "Mã dấu hiệu",
];

/// Signals within a unit about these days, the newest first.
///
/// # Errors
/// When the database cannot.
pub async fn rows(
    conn: &mut Conn,
    geography: &Geography,
    unit_id: UnitId,
    days: (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let units = geography.all_answered_for(unit_id, today);
    let wanted = Wanted {
        units: Some(&units),
        days: Some(days),
        ..Wanted::default()
    };
    let rows = store::list_signals(conn, wanted, EXPORT_ROWS_MAX as i64 + 1).await?;
    let cells = |signal: Signal| {
        vec![
            Out::Day(signal.on_day),
            Out::text(geography.label_on(signal.commune_id, today)),
            Out::of(signal.village_id.map(|id| geography.name_on(id, today))),
            Out::Text(signal.title),
            Out::text(say_severity(&signal.severity)),
            Out::Text(signal.explanation),
            Out::Count(signal.acts.into()),
            Out::text(say_state(&signal.state)),
            Out::Day(local_day(signal.raised_at)),
            Out::Day(local_day(signal.changed_at)),
            Out::text(signal.signal_id.to_string()),
        ]
    };
    Ok(rows.iter().map(tell).map(cells).collect())
}

fn say_severity(severity: &str) -> &str {
    match severity {
        "info" => "Để biết",
        "flag" => "Cần hỏi",
        "high" => "Cần hỏi ngay",
        other => other,
    }
}

fn say_state(state: &str) -> &str {
    match state {
        "open" => "Đang mở",
        "answered" => "Người ghi đã trả lời",
        "explained" => "Đã giải thích được",
        "confirmed_wrong" => "Bản ghi sai",
        "withdrawn" => "Không còn gì phải hỏi",
        other => other,
    }
}
