//! Campaigns and how far they are, as tables to take away.

use chrono::NaiveDate;
use mobile_contracts::drive::CampaignProgress;
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::UnitId;
use uuid::Uuid;

use super::progress::count_targets;
use super::reach::Reach;
use super::routes::{seen_from, told};
use super::store;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::http::table::Out;
use crate::tracking::exports::rules::say;

pub const CAMPAIGNS: &[&str] = &[
    "Đợt ra quân",
    "Đơn vị",
    "Từ ngày",
    "Đến ngày",
    "Trạng thái",
    "Lý do đóng",
    "Căn cứ",
    "Mã đợt",
];

pub const PROGRESS: &[&str] = &[
    "Đợt ra quân",
    "Đơn vị",
    "Lực lượng",
    "Bước",
    "Chỉ tiêu",
    "Đã đạt",
    "Đã xác nhận",
    "Tỷ lệ %",
    "Căn cứ",
    "Ngày văn bản",
];

/// Campaigns of a unit, of those within it and of those above it, as its board lists them.
///
/// # Errors
/// When the database cannot.
pub async fn campaigns(
    conn: &mut Conn,
    geography: &Geography,
    unit_id: UnitId,
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let units = seen_from(geography, unit_id, today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let rows = store::list_campaigns(conn, &units, None, None, limit).await?;
    let cells = rows.into_iter().map(|row| {
        let campaign = told(row, today);
        vec![
            Out::Text(campaign.name),
            Out::text(geography.label_on(campaign.unit_id, today)),
            Out::Day(campaign.starts_on),
            Out::Day(campaign.ends_on),
            Out::text(say_state(&campaign.state)),
            Out::of(campaign.close_reason),
            Out::Text(campaign.source),
            Out::text(campaign.campaign_id.to_string()),
        ]
    });
    Ok(cells.collect())
}

fn say_state(state: &str) -> &str {
    match state {
        "planned" => "Sắp tới",
        "running" => "Đang chạy",
        "over" => "Đã hết ngày",
        "closed" => "Đã đóng",
        other => other,
    }
}

/// How far each target of a campaign within a unit is.
///
/// # Errors
/// 404 for a campaign that the caller does not see; when the database cannot.
pub async fn progress<P>(
    conn: &mut Conn,
    reach: &Reach<'_, P>,
    campaign_id: Uuid,
    unit_id: UnitId,
) -> Result<Vec<Vec<Out>>, Failure> {
    let campaign = reach.find(conn, campaign_id).await?;
    let units = reach.geography.all_within(unit_id, reach.today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let targets = store::list_targets(conn, campaign_id, &units, 0, limit).await?;
    let counted = count_targets(conn, reach.geography, &campaign, targets, reach.today).await?;
    let cells = counted.into_iter().map(|one| {
        let CampaignProgress {
            target,
            count,
            confirmed,
            rate_percent,
        } = one;
        vec![
            Out::text(&campaign.name),
            Out::text(reach.geography.label_on(target.unit_id, reach.today)),
            Out::text(say(&target.mass_union)),
            Out::text(say(&target.stage)),
            Out::Count(target.people.into()),
            Out::Count(count),
            Out::Count(confirmed),
            Out::percent(Some(rate_percent)),
            Out::Text(target.source),
            Out::Day(target.made_on),
        ]
    });
    Ok(cells.collect())
}
