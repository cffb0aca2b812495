//! What a revision changes, told by commune: nothing of it points at a person.

use mobile_contracts::leaderboard::BoardCountChange;

use super::rules::{Sum, changes};
use crate::geography::{Geography, Level};
use crate::leaderboard::closing::rules::Span;

/// By stage and commune, as the units were on the last day of the window.
pub fn tell(
    geography: &Geography,
    span: Span,
    before: &[Sum],
    after: &[Sum],
) -> Vec<BoardCountChange> {
    let commune = |village| {
        let above = geography.counted_in(village, Level::Commune, span.ends_on);
        above.unwrap_or(village)
    };
    let found = changes(before, after, commune).into_iter();
    found
        .map(|((stage, unit_id), change)| BoardCountChange {
            stage,
            unit_id,
            name: geography.name_on(unit_id, span.ends_on),
            count_before: change.before,
            count: change.after,
            confirmed_before: change.confirmed_before,
            confirmed: change.confirmed_after,
        })
        .collect()
}
