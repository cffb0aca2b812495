//! Lists of the police and what is to be reconciled, as tables to take away. Counts only: nobody of a list is kept.

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::UnitId;
use mobile_contracts::police_list::{PoliceList, PoliceReport};

use super::lists;
use super::store::{self, TaskRow};
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;
use crate::tracking::exports::rules::say;

pub const LISTS: &[&str] = &[
    "Xã, phường",
    "Tháng bắt đầu",
    "Bước",
    "Trong danh sách",
    "Ta đếm được",
    "Khớp",
    "Ta đếm ở xã khác",
    "Chỉ có trong danh sách",
    "Chỉ có ở ta",
    "Ta không có số định danh",
    "Lệch quá 10 %",
    "Ngày nhập",
    "Trạng thái",
    "Ngày hết hiệu lực",
    "Lý do rút lại",
    "Mã danh sách",
];

pub const TASKS: &[&str] = &[
    "Xã, phường",
    "Tháng bắt đầu",
    "Bước",
    "Trong danh sách",
    "Ta đếm được",
    "Khớp",
    "Ta đếm ở xã khác",
    "Chỉ có trong danh sách",
    "Chỉ có ở ta",
    "Ta không có số định danh",
    "Lệch quá 10 %",
    "Ngày mở",
    "Trạng thái",
    "Đã có người tìm hiểu",
    "Hạn",
    "Mã việc",
];

/// Lists that were imported within a unit, the newest first, those that stand no more too.
///
/// # Errors
/// When the database cannot.
pub async fn imported(
    conn: &mut Conn,
    geography: &Geography,
    unit_id: UnitId,
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let communes = geography.all_answered_for(unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let rows = lists::list_lists(conn, &communes, None, limit).await?;
    let cells = |list: PoliceList| {
        let mut cells = compared(&list.report, geography, today);
        cells.extend([
            Out::Day(local_day(list.imported_at)),
            Out::text(say_standing(&list.state)),
            Out::day(list.ended_at.map(local_day)),
            Out::of(list.reason),
            Out::text(list.police_list_id.to_string()),
        ]);
        cells
    };
    Ok(rows.into_iter().map(PoliceList::from).map(cells).collect())
}

/// Communes within a unit whose numbers lay apart from the police's, the newest first.
///
/// # Errors
/// When the database cannot.
pub async fn tasks(
    conn: &mut Conn,
    geography: &Geography,
    unit_id: UnitId,
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let communes = geography.all_answered_for(unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let rows = store::list_tasks(conn, &communes, None, limit).await?;
    let cells = |task: TaskRow| {
        let mut cells = compared(&PoliceReport::from(task.report), geography, today);
        cells.extend([
            Out::Day(local_day(task.opened_at)),
            Out::text(say_state(&task.state)),
            Out::of(task.owner_id.map(|_| "x")),
            Out::Day(task.due_on),
            Out::text(task.task_id.to_string()),
        ]);
        cells
    };
    Ok(rows.into_iter().map(cells).collect())
}

/// What both tables begin with.
fn compared(report: &PoliceReport, geography: &Geography, today: NaiveDate) -> Vec<Out> {
    let mut cells = vec![
        Out::text(geography.label_on(report.commune_id, today)),
        Out::Day(report.month),
        Out::text(say(&report.stage)),
    ];
    let counts = [
        report.theirs,
        report.ours,
        report.matched,
        report.elsewhere,
        report.only_theirs,
        report.only_ours,
        report.without_number,
    ];
    cells.extend(counts.map(|count| Out::Count(count.into())));
    cells.push(Out::of(report.is_apart.then_some("x")));
    cells
}

fn say_standing(state: &str) -> &str {
    match state {
        "stands" => "Có hiệu lực",
        "replaced" => "Đã có danh sách thay",
        "undone" => "Đã rút lại",
        other => other,
    }
}

fn say_state(state: &str) -> &str {
    match state {
        "open" => "Mới",
        "in_progress" => "Đang tìm hiểu",
        "explained" => "Đã giải thích",
        "corrected" => "Đã sửa",
        "agrees" => "Danh sách sau đã khớp",
        "withdrawn" => "Danh sách đã được rút",
        other => other,
    }
}
