//! A board as its reader may see it: exact where they work, in whole tens elsewhere. Pure.

use std::collections::HashMap;

use mobile_contracts::leaderboard::{BoardRow, Leaderboard};

use super::board::total;

/// The board for others, with the exact numbers of the reader's own units. Ranks stay those of the board
/// for others: everybody is compared by the same numbers.
pub fn with_own(others: &Leaderboard, own: Vec<BoardRow>) -> Leaderboard {
    let mut own: HashMap<_, BoardRow> = own.into_iter().map(|row| (row.unit_id, row)).collect();
    let rows: Vec<BoardRow> = others
        .rows
        .iter()
        .map(|row| match own.remove(&row.unit_id) {
            Some(exact) => BoardRow {
                rank: row.rank,
                tied: row.tied,
                class_rank: row.class_rank,
                league_rank: row.league_rank,
                rank_change: row.rank_change,
                ..exact
            },
            None => row.clone(),
        })
        .collect();
    Leaderboard {
        total: total(&rows),
        rows,
        ..others.without_rows()
    }
}
