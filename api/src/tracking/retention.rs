//! What recording keeps of phones, and of what counts for nothing.

use crate::db::purge::Purge;

/// Phones that nobody uses any more, those that were lost only once they are known to be empty.
pub const DEVICES: Purge = Purge {
    due: "select count(*) as due, min(coalesce(reported_at, registered_at)) as oldest_at from device
        where coalesce(reported_at, registered_at) < $1 and (lost_at is null or wiped_at is not null)",
    purge: "delete from device where device_id in (
        select device_id from device
        where coalesce(reported_at, registered_at) < $1 and (lost_at is null or wiped_at is not null)
        order by coalesce(reported_at, registered_at) limit $2 for update skip locked)",
};

/// Words of operations that were held or refused; verdicts and hashes stay.
pub const QUARANTINE: Purge = Purge {
    due: "select count(*) as due, min(received_at) as oldest_at from operation
        where raw is not null and received_at < $1",
    purge: "update operation set raw = null where op_id in (
        select op_id from operation where raw is not null and received_at < $1
        order by received_at limit $2 for update skip locked)",
};
