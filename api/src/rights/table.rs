//! The register of what people ask about their data, as a table to take away. Like its list it names nobody.

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::UnitId;
use mobile_contracts::rights::RightsRequest;

use super::decide::tell;
use super::store;
use crate::booking::calendar::store::load_calendar;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;

pub const HEADERS: &[&str] = &[
    "Ngày nhận",
    "Đơn vị",
    "Yêu cầu",
    "Trạng thái",
    "Chứng minh bằng",
    "Hạn xác nhận",
    "Ngày xác nhận",
    "Hạn trả lời",
    "Số ngày làm việc còn lại",
    "Ngày gia hạn",
    "Ngày giải quyết",
    "Khi giải quyết đã xem",
    "Căn cứ từ chối",
    "Mã yêu cầu",
];

/// Requests of a unit: the open ones, the most overdue first, then those that were settled on these days, the
/// newest first.
///
/// # Errors
/// When the database cannot.
pub async fn rows(
    conn: &mut Conn,
    geography: &Geography,
    unit_id: UnitId,
    settled_on: (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let units = geography.all_answered_for(unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let mut rows = store::list_open(conn, &units, None, limit).await?;
    rows.extend(store::list_settled_on(conn, &units, settled_on, limit).await?);
    let calendar = load_calendar(conn).await?;
    let cells = |request: RightsRequest| {
        vec![
            Out::Day(local_day(request.received_at)),
            Out::text(geography.label_on(request.unit_id, today)),
            Out::text(say_kind(&request.kind)),
            Out::text(say_state(&request.state)),
            Out::text(say_shown(&request.shown_by)),
            Out::Day(request.acknowledge_by),
            Out::day(request.acknowledged_at.map(local_day)),
            Out::Day(request.due_on),
            Out::count(request.days_left),
            Out::day(request.extended_at.map(local_day)),
            Out::day(request.settled_at.map(local_day)),
            Out::of(request.identity_shown.as_deref().map(say_identity)),
            Out::of(request.ground.as_deref().map(say_ground)),
            Out::text(request.rights_request_id.to_string()),
        ]
    };
    let told = rows.into_iter().map(|row| tell(&calendar, today, row));
    Ok(told.map(cells).collect())
}

fn say_kind(kind: &str) -> &str {
    match kind {
        "access" => "Xem, lấy bản sao",
        "correct" => "Sửa dữ liệu",
        "erase" => "Xóa dữ liệu",
        "withdraw" => "Rút lại sự đồng ý",
        "restrict" => "Hạn chế xử lý",
        "object" => "Phản đối xử lý",
        other => other,
    }
}

fn say_state(state: &str) -> &str {
    match state {
        "received" => "Mới nhận",
        "acknowledged" => "Đã xác nhận",
        "extended" => "Đã gia hạn",
        "done" => "Đã làm",
        "refused" => "Từ chối",
        "withdrawn" => "Người dân rút",
        other => other,
    }
}

fn say_shown(shown_by: &str) -> &str {
    match shown_by {
        "card" => "Đã đưa thẻ",
        "code" => "Mã trên phiếu hẹn",
        "staff" => "Người phụ trách nhận ra",
        other => other,
    }
}

fn say_identity(shown: &str) -> &str {
    match shown {
        "card" => "Đã xem thẻ Căn cước",
        "vouched" => "Trưởng thôn xác nhận",
        other => other,
    }
}

fn say_ground(ground: &str) -> &str {
    match ground {
        "identity_not_shown" => "Không chứng minh được là ai",
        "law_requires_keeping" => "Luật buộc phải giữ",
        "rights_of_others" => "Quyền của người khác",
        "security" => "An ninh, trật tự",
        "not_kept_here" => "Không giữ ở đây",
        "excessive" => "Yêu cầu quá mức, lặp lại",
        other => other,
    }
}
