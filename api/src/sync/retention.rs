//! What is kept of rows that are gone.

use crate::db::purge::Purge;

/// Tombstones for which no phone may ask any more.
pub const TOMBSTONES: Purge = Purge {
    due: "select count(*) as due, min(gone_at) as oldest_at from pull_position where gone_at < $1",
    purge: "delete from pull_position where (collection, row_key) in (
        select collection, row_key from pull_position where gone_at < $1
        order by gone_at limit $2 for update skip locked)",
};
