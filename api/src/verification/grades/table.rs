//! Grades, as a table to take away.

use chrono::NaiveDate;
use mobile_contracts::grade::Grade;
use mobile_contracts::ids::UnitId;

use super::routes::told_of;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;

pub const HEADERS: &[&str] = &[
    "Đơn vị",
    "Loại",
    "Số công dân trả lời",
    "Xác nhận đúng",
    "Tỷ lệ xác nhận %",
    "Khoảng tin cậy từ %",
    "Khoảng tin cậy đến %",
    "Lô còn ngờ",
    "Vì sao",
];

/// The grade of a unit and of each commune within it.
///
/// # Errors
/// When the database cannot.
pub async fn rows(
    conn: &mut Conn,
    geography: &Geography,
    unit_id: UnitId,
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let percent = |share: Option<f64>| Out::percent(share.map(|share| share * 100.0));
    let cells = |grade: Grade| {
        vec![
            Out::text(geography.label_on(grade.unit_id, today)),
            Out::Text(grade.grade),
            Out::Count(grade.answered.into()),
            Out::Count(grade.confirmed.into()),
            percent(grade.confirmed_share),
            percent(grade.share_from),
            percent(grade.share_to),
            Out::Count(grade.lots_in_doubt.into()),
            Out::Text(grade.reason),
        ]
    };
    let grades = told_of(conn, geography, unit_id, today).await?;
    Ok(grades.into_iter().map(cells).collect())
}
