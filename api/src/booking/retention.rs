//! What booking keeps of people after their visit, and until when it is counted only.

use crate::db::purge::Purge;

/// Whoever came, did not come or cancelled: the appointment stays, and says no more of whom.
pub const APPOINTMENT_NAMES: Purge = Purge {
    due: "select count(*) as due, min(starts_at) as oldest_at from appointment
        where emptied_at is null and starts_at < $1 and status in ('served', 'no_show', 'cancelled')",
    purge: "update appointment
        set citizen_blind = uuid_send(appointment_id), id_tail = '', birth_year = 0, name = '', phone = null,
            phone_is_proxys = false, proxy_name = null, proxy_relation = null, guardian_name = null,
            code = upper(substr(md5(appointment_id::text || random()::text), 1, 8)),
            secret_version = secret_version + 1, keep_by = null, emptied_at = app_now()
        where appointment_id in (
            select appointment_id from appointment
            where emptied_at is null and starts_at < $1 and status in ('served', 'no_show', 'cancelled')
            order by starts_at limit $2 for update skip locked)",
};

/// Whoever showed a card at a desk: the ticket stays, and says no more of whom.
pub const TICKET_NAMES: Purge = Purge {
    due: "select count(*) as due, min(arrived_at) as oldest_at from ticket
        where citizen_blind is not null and on_day < ($1 at time zone 'Asia/Ho_Chi_Minh')::date
            and state in ('served', 'no_show', 'left')",
    purge: "with old as (
            select ticket_id from ticket
            where citizen_blind is not null and on_day < ($1 at time zone 'Asia/Ho_Chi_Minh')::date
                and state in ('served', 'no_show', 'left')
            order by on_day limit $2 for update skip locked
        ),
        gone as (delete from ticket_person using old where ticket_person.ticket_id = old.ticket_id)
        update ticket set citizen_blind = null from old where ticket.ticket_id = old.ticket_id",
};

/// Entries that wait for nothing any more.
pub const WAITLIST: Purge = Purge {
    due: "select count(*) as due, min(changed_at) as oldest_at from waitlist_entry
        where state in ('taken', 'left', 'ended') and changed_at < $1",
    purge: "delete from waitlist_entry where entry_id in (
        select entry_id from waitlist_entry
        where state in ('taken', 'left', 'ended') and changed_at < $1
        order by changed_at limit $2 for update skip locked)",
};

/// Who held a place while Redis was away. The place is free since the hold ended: nothing changes for
/// anybody, so its revision stays.
pub const HOLDS: Purge = Purge {
    due: "select count(*) as due, min(hold_until) as oldest_at from place where hold_until < $1",
    purge: "update place
        set hold_id = null, hold_until = null, hold_party = null, hold_person = null, hold_device = null
        where (office_id, starts_at, place_no) in (
            select office_id, starts_at, place_no from place
            where hold_until < $1 order by hold_until limit $2 for update skip locked)",
};

/// For whom a limit was lifted, and why.
pub const LIMIT_LIFTS: Purge = Purge {
    due: "select count(*) as due, min(until) as oldest_at from limit_lift where until < $1",
    purge: "delete from limit_lift where lift_id in (
        select lift_id from limit_lift where until < $1 order by until limit $2 for update skip locked)",
};
