//! What is kept of how many members there were.

use crate::db::purge::Purge;

/// Counts of members that a newer one of the same unit and union has taken the place of. The newest always stays.
pub const MEMBER_COUNTS: Purge = Purge {
    due: "select count(*) as due, min(m.set_at) as oldest_at from membership m
        where m.set_at < $1 and exists (
            select from membership n
            where (n.unit_id, n.mass_union) = (m.unit_id, m.mass_union) and n.counted_on > m.counted_on)",
    purge: "delete from membership where (unit_id, mass_union, counted_on) in (
        select m.unit_id, m.mass_union, m.counted_on from membership m
        where m.set_at < $1 and exists (
            select from membership n
            where (n.unit_id, n.mass_union) = (m.unit_id, m.mass_union) and n.counted_on > m.counted_on)
        order by m.set_at limit $2 for update of m skip locked)",
};
