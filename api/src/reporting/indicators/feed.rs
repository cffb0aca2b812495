//! What tracking and booking know of a period, as values like any other.

use mobile_contracts::reporting::{EnteredValue, Span};

use super::rules::Catalogue;
use crate::booking::{ServedTotals, count_served};
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::reporting::periods::store::PeriodRow;
use crate::tracking::count_stages;

/// Where these figures say that they come from.
const SOURCE: &str = "Phần mềm Tổ 06";

/// Counts whatever the catalogue says that the program fills, in the units of the period's last day.
///
/// # Errors
/// When the database cannot.
pub async fn count(
    conn: &mut Conn,
    geography: &Geography,
    catalogue: &Catalogue,
    period: &PeriodRow,
) -> Result<Vec<EnteredValue>, Failure> {
    let units = geography.all_within(period.unit_id, period.ends_on);
    let mut values = Vec::new();
    for span in Span::ALL {
        let first = match span {
            Span::Cumulative => period.cumulative_from,
            Span::InPeriod => period.starts_on,
        };
        let days = (first, period.ends_on);
        let stages = count_stages(conn, &units, days).await?;
        let served = count_served(conn, &units, days).await?;
        for indicator in &catalogue.indicators {
            let Some(feed) = indicator.fed_by.as_deref() else {
                continue;
            };
            let (value, denominator) = figure(feed, &stages, served);
            values.push(EnteredValue {
                code: indicator.code.clone(),
                span,
                value: Some(value),
                at_least: false,
                denominator,
                stated_percent: None,
                stated_change: None,
                change_in: None,
                compared_with: None,
                source: SOURCE.to_owned(),
                seen_revision: None,
            });
        }
    }
    Ok(values)
}

fn figure(feed: &str, stages: &[(String, i64)], served: ServedTotals) -> (i64, Option<i64>) {
    match feed {
        "booking.served" => (served.served, None),
        "booking.same_day" => (served.same_day, Some(served.served)),
        other => {
            let stage = other.strip_prefix("tracking.").unwrap_or(other);
            let count = stages.iter().find(|(own, _)| own == stage);
            (count.map_or(0, |(_, count)| *count), None)
        }
    }
}
