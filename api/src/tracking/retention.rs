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
    // What nobody can approve any more counts on no board either.
    purge: "with old as materialized (
            select op_id from operation where raw is not null and received_at < $1
            order by received_at limit $2 for update skip locked),
        forgotten as (delete from held_record where op_id in (select op_id from old))
        update operation set raw = null where op_id in (select op_id from old)",
};

/// Lines of old lists, and how many a list named stays with the list. Whoever was met is known by their own words;
/// where they told no name, the list's is the only one that they have, and goes with them.
macro_rules! old_lines {
    () => {
        " from roster r join roster_entry e on e.roster_id = r.roster_id
        join person p on p.person_id = e.person_id
        where r.imported_at < $1 and (p.consent_method = 'list' or p.name is not null)"
    };
}

/// See `old_lines!`. The program may not change a line, so that it cannot lock one either: two purges wait for each
/// other here.
pub const ROSTER_ENTRIES: Purge = Purge {
    due: concat!(
        "select count(*) as due, min(r.imported_at) as oldest_at",
        old_lines!()
    ),
    purge: concat!(
        "delete from roster_entry where (roster_id, person_id) in (select e.roster_id, e.person_id",
        old_lines!(),
        " order by r.imported_at, e.roster_id, e.line limit $2)"
    ),
};

/// Whom only lists named, whom nobody has met, and of whom nothing else speaks any more.
macro_rules! unmet {
    () => {
        " from person p
        where p.consent_method = 'list' and p.created_at < $1
            and not exists (select from roster_entry e where e.person_id = p.person_id)
            and not exists (select from fact f where f.person_id = p.person_id)
            and not exists (select from credit c where c.person_id = p.person_id)
            and not exists (select from visit v where v.person_id = p.person_id)
            and not exists (select from note n where n.person_id = p.person_id)
            and not exists (select from person_field w where w.person_id = p.person_id)
            and not exists (select from consent c where c.person_id = p.person_id)
            and not exists (select from appointment_request a where a.person_id = p.person_id)
            and not exists (select from data_report d where d.person_id = p.person_id)
            and not exists (select from person_assignment a where a.person_id = p.person_id)
            and not exists (select from rights_request q where q.person_id = p.person_id)
            and not exists (select from person m where m.canonical_id = p.person_id)
            and not exists (select from person_merge m where p.person_id in (m.merged_id, m.kept_id))
            and not exists (select from person_distinction d where p.person_id in (d.one_id, d.other_id))"
    };
}

/// See `unmet!`: deleted, as when their list is undone.
pub const UNMET_PEOPLE: Purge = Purge {
    due: concat!(
        "select count(*) as due, min(p.created_at) as oldest_at",
        unmet!()
    ),
    purge: concat!(
        "delete from person where person_id in (select p.person_id",
        unmet!(),
        " order by p.created_at limit $2 for update of p skip locked)"
    ),
};

/// Free words of notes; that there was one stays.
pub const NOTES: Purge = Purge {
    due: "select count(*) as due, min(effective_at) as oldest_at from note
        where octet_length(text) > 0 and effective_at < $1",
    purge: "update note set text = '' where op_id in (
        select op_id from note where octet_length(text) > 0 and effective_at < $1
        order by effective_at limit $2 for update skip locked)",
};

/// Why something was taken back, put right or decided; who did it, when and what came of it stays.
pub const REASONS: Purge = Purge {
    due: "select count(*) as due, min(at) as oldest_at from (
        select effective_at as at from void where reason <> '***' and effective_at < $1
        union all select undone_at from void_undo where reason <> '***' and undone_at < $1
        union all select decided_at from review where reason <> '***' and decided_at < $1
        union all select corrected_at from record_correction where reason <> '***' and corrected_at < $1
        union all select corrected_at from activity_correction where reason <> '***' and corrected_at < $1
        union all select taken_at from data_report_step where reason <> '***' and taken_at < $1) old",
    purge: "with a as (update void set reason = '***' where op_id in (
            select op_id from void where reason <> '***' and effective_at < $1
            order by effective_at limit $2 for update skip locked) returning 1),
        b as (update void_undo set reason = '***' where void_op_id in (
            select void_op_id from void_undo where reason <> '***' and undone_at < $1
            order by undone_at limit $2 for update skip locked) returning 1),
        c as (update review set reason = '***' where op_id in (
            select op_id from review where reason <> '***' and decided_at < $1
            order by decided_at limit $2 for update skip locked) returning 1),
        d as (update record_correction set reason = '***' where op_id in (
            select op_id from record_correction where reason <> '***' and corrected_at < $1
            order by corrected_at limit $2 for update skip locked) returning 1),
        e as (update activity_correction set reason = '***' where correction_id in (
            select correction_id from activity_correction where reason <> '***' and corrected_at < $1
            order by corrected_at limit $2 for update skip locked) returning 1),
        f as (update data_report_step set reason = '***' where step_id in (
            select step_id from data_report_step where reason <> '***' and taken_at < $1
            order by taken_at limit $2 for update skip locked) returning 1)
        select 1 from a union all select 1 from b union all select 1 from c
        union all select 1 from d union all select 1 from e union all select 1 from f",
};

/// Why tables were taken away; who took which stays in the audit trail.
pub const EXPORT_REASONS: Purge = Purge {
    due: "select count(*) as due, min(kept_at) as oldest_at from export_reason where kept_at < $1",
    purge: "delete from export_reason where export_id in (
        select export_id from export_reason where kept_at < $1
        order by kept_at limit $2 for update skip locked)",
};

/// What reporters wrote of data that the police have put right, or will not. What it was, where and what became of
/// it stays.
pub const DATA_REPORT_WORDS: Purge = Purge {
    due: "select count(*) as due, min(changed_at) as oldest_at from data_report
        where words is not null and state in ('corrected', 'refused') and changed_at < $1",
    purge: "update data_report set words = null where report_id in (
        select report_id from data_report
        where words is not null and state in ('corrected', 'refused') and changed_at < $1
        order by changed_at limit $2 for update skip locked)",
};

/// Free words of outreach activities; every number of them stays.
pub const ACTIVITY_TEXTS: Purge = Purge {
    due: "select count(*) as due, min(effective_at) as oldest_at from activity
        where text is not null and effective_at < $1",
    purge: "update activity set text = null where op_id in (
        select op_id from activity where text is not null and effective_at < $1
        order by effective_at limit $2 for update skip locked)",
};

/// Villages that were somebody's long ago.
pub const VILLAGE_ASSIGNMENTS: Purge = Purge {
    due:
        "select count(*) as due, min(least(until_at, ended_at)) as oldest_at from village_assignment
        where least(until_at, ended_at) < $1",
    purge: "delete from village_assignment where assignment_id in (
        select assignment_id from village_assignment where least(until_at, ended_at) < $1
        order by least(until_at, ended_at) limit $2 for update skip locked)",
};

/// People for whom somebody cared long ago.
pub const PERSON_ASSIGNMENTS: Purge = Purge {
    due: "select count(*) as due, min(ended_at) as oldest_at from person_assignment where ended_at < $1",
    purge: "delete from person_assignment where assignment_id in (
        select assignment_id from person_assignment where ended_at < $1
        order by ended_at limit $2 for update skip locked)",
};

/// Transfers of which nothing is left: what came or went by one and is kept keeps it too.
macro_rules! transfers {
    () => {
        " from transfer t
        where t.made_at < $1
            and not exists (select from village_assignment a where a.begun_in = t.transfer_id)
            and not exists (select from village_assignment a where a.ended_in = t.transfer_id)
            and not exists (select from person_assignment a where a.begun_in = t.transfer_id)
            and not exists (select from person_assignment a where a.ended_in = t.transfer_id)"
    };
}

/// See `transfers!`.
pub const TRANSFERS: Purge = Purge {
    due: concat!(
        "select count(*) as due, min(t.made_at) as oldest_at",
        transfers!()
    ),
    purge: concat!(
        "delete from transfer where transfer_id in (select t.transfer_id",
        transfers!(),
        " order by t.made_at limit $2 for update of t skip locked)"
    ),
};

/// Names and phones of requests that were answered or taken back; what became of them stays.
pub const REQUEST_NAMES: Purge = Purge {
    due: "select count(*) as due, min(effective_at) as oldest_at from appointment_request
        where (name is not null or phone is not null)
            and (state <> 'open' or voided_by is not null) and effective_at < $1",
    purge: "update appointment_request set name = null, phone = null where op_id in (
        select op_id from appointment_request
        where (name is not null or phone is not null)
            and (state <> 'open' or voided_by is not null) and effective_at < $1
        order by effective_at limit $2 for update skip locked)",
};
