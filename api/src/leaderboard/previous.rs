//! With which window ranks are compared.
//!
//! The rule. A week that goes on, with the week before to the same weekday; a month, with the month before to the
//! same day, or to its end where it is shorter, and a whole month with a whole one; the days of a reporting period,
//! with the period that its unit had before; a campaign and any other days, with as many just before. The standing
//! since the start is compared with that of a week earlier.

use diesel::QueryResult;

use super::rules::Window;
use crate::db::Conn;
use crate::reporting::periods::store::days_before;

/// The window before these days, where they are those of a reporting period whose unit had one before.
///
/// # Errors
/// When the database cannot.
pub async fn of_period(conn: &mut Conn, window: Window) -> QueryResult<Option<Window>> {
    let Some(from) = window.from else {
        return Ok(None);
    };
    let before = days_before(conn, (from, window.to)).await?;
    Ok(before.map(|(from, to)| Window {
        from: Some(from),
        to,
    }))
}

/// The window before these days, however they were chosen.
///
/// # Errors
/// When the database cannot.
pub async fn of_days(conn: &mut Conn, window: Window) -> QueryResult<Window> {
    let before = of_period(conn, window).await?;
    Ok(before.unwrap_or_else(|| window.previous()))
}
