//! Weekly draws with what came of them, as a table to take away.

use chrono::NaiveDate;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::UnitId;
use mobile_contracts::sampling::Draw;
use uuid::Uuid;

use super::routes::tell_all;
use super::store::{self, Wanted};
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;
use crate::tracking::exports::rules::say;

pub const HEADERS: &[&str] = &[
    "Tuần từ",
    "Xã, phường",
    "Đoàn thể",
    "Trạng thái",
    "Phương án",
    "Số bản ghi của lô",
    "Số kiểm tra",
    "Sai cho phép",
    "Xác nhận đúng",
    "Sai",
    "Không liên lạc được",
    "Không được hỏi",
    "Cam kết (SHA-256 của hạt giống)",
    "Hạt giống",
    "Mã lần rút",
];

/// Draws that are read at once: each comes with the ids of its whole lot, of which a table tells the number only.
const READ_AT_ONCE: i64 = 200;

/// Draws of a unit's communes whose week began on these days, the newest first.
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
    let communes = geography.all_answered_for(unit_id, today);
    let mut cells = Vec::new();
    let mut before: Option<Uuid> = None;
    while cells.len() <= EXPORT_ROWS_MAX {
        let wanted = Wanted {
            communes: Some(&communes),
            weeks: Some(days),
            before,
        };
        let read = store::list_draws(conn, wanted, READ_AT_ONCE).await?;
        let Some(last) = read.last() else {
            break;
        };
        before = Some(last.draw_id);
        for draw in tell_all(conn, read).await? {
            cells.push(line(draw, geography, today));
        }
    }
    Ok(cells)
}

fn line(draw: Draw, geography: &Geography, today: NaiveDate) -> Vec<Out> {
    vec![
        Out::Day(draw.week_on),
        Out::text(geography.label_on(draw.commune_id, today)),
        Out::text(say(&draw.mass_union)),
        Out::text(say_state(&draw.state)),
        Out::of(draw.plan.as_deref().map(say_plan)),
        Out::Count(draw.lot_size.into()),
        Out::Count(draw.sample_size.into()),
        Out::Count(draw.failures_max.into()),
        Out::Count(draw.confirmed.into()),
        Out::Count(draw.failures.into()),
        Out::Count(draw.not_reachable.into()),
        Out::Count(draw.not_to_be_asked.into()),
        Out::Text(draw.commitment),
        Out::of(draw.seed),
        Out::text(draw.draw_id.to_string()),
    ]
}

fn say_state(state: &str) -> &str {
    match state {
        "committed" => "Đã cam kết, chưa rút",
        "drawn" => "Đang gọi lại",
        "passed" => "Đạt",
        "failed" => "Không đạt: còn ngờ",
        "released" => "Đã gỡ ngờ",
        "empty" => "Không có gì để kiểm",
        other => other,
    }
}

fn say_plan(plan: &str) -> &str {
    match plan {
        "light" => "Nhẹ",
        "standard" => "Thường",
        "strict" => "Chặt",
        "tight" => "Rất chặt",
        other => other,
    }
}
