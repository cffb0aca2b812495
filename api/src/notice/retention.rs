//! What is kept of what people were told.

use crate::db::purge::Purge;

/// Notices that were sent, given up or needed no more.
pub const SETTLED: Purge = Purge {
    due: "select count(*) as due, min(settled_at) as oldest_at from notice where settled_at < $1",
    purge: "delete from notice where notice_id in (
        select notice_id from notice where settled_at < $1
        order by settled_at limit $2 for update skip locked)",
};
