//! What is kept of requests that are settled.

use crate::db::purge::Purge;

/// Settled requests: whom they were about they forgot when they were.
pub const SETTLED: Purge = Purge {
    due: "select count(*) as due, min(settled_at) as oldest_at from rights_request where settled_at < $1",
    purge: "delete from rights_request where rights_request_id in (
        select rights_request_id from rights_request where settled_at < $1
        order by settled_at limit $2 for update skip locked)",
};
