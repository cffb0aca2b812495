//! Teams and who is in them, as a table to take away.

use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::{AccountId, UnitId};
use uuid::Uuid;

use super::store;
use crate::campaign::drives::reach::Reach;
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::http::table::Out;
use crate::identity;
use crate::privacy::keys::Keys;
use crate::tracking::exports::rules::say;

pub const HEADERS: &[&str] = &[
    "Đợt ra quân",
    "Đội",
    "Xã, phường",
    "Đoàn thể",
    "Số người",
    "Thành viên",
    "Mã đội",
];

/// The teams of a campaign within a unit that still go, as its board lists them.
///
/// # Errors
/// 404 for a campaign that the caller does not see; when the database cannot.
pub async fn rows<P>(
    conn: &mut Conn,
    keys: &Keys,
    reach: &Reach<'_, P>,
    campaign_id: Uuid,
    unit_id: UnitId,
) -> Result<Vec<Vec<Out>>, Failure> {
    let campaign = reach.find(conn, campaign_id).await?;
    let units = reach.geography.all_within(unit_id, reach.today);
    let limit = EXPORT_ROWS_MAX as i64 + 1;
    let teams = store::list_teams(conn, campaign_id, &units, None, limit).await?;
    let ids: Vec<Uuid> = teams.iter().map(|team| team.team_id).collect();
    let members = store::list_members(conn, &ids).await?;
    let people: Vec<AccountId> = members.values().flatten().copied().collect();
    let names = identity::names_of(conn, keys, &people).await?;
    let cells = teams.into_iter().map(|team| {
        let own = members.get(&team.team_id).map_or(&[][..], Vec::as_slice);
        let mut called: Vec<&str> = own
            .iter()
            .filter_map(|id| names.get(id).map(String::as_str))
            .collect();
        called.sort_unstable();
        vec![
            Out::text(&campaign.name),
            Out::Text(team.name),
            Out::text(reach.geography.label_on(team.unit_id, reach.today)),
            Out::text(say(&team.mass_union)),
            Out::Count(own.len() as i64),
            Out::text(called.join(", ")),
            Out::text(team.team_id.to_string()),
        ]
    });
    Ok(cells.collect())
}
