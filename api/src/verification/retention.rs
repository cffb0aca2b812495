//! What is kept of words about signals, lots and tasks.

use crate::db::purge::Purge;

/// Why a lot was cleared, a task changed and a list of the police taken back; what was done stays.
pub const REASONS: Purge = Purge {
    due: "select count(*) as due, min(taken_at) as oldest_at from (
        select taken_at from lot_action where reason <> '***' and taken_at < $1
        union all select taken_at from reconciliation_step where note <> '***' and taken_at < $1
        union all select ended_at from police_list where reason <> '***' and ended_at < $1) old",
    purge: "with a as (update lot_action set reason = '***' where action_id in (
            select action_id from lot_action where reason <> '***' and taken_at < $1
            order by taken_at limit $2 for update skip locked) returning 1),
        b as (update reconciliation_step set note = '***' where step_id in (
            select step_id from reconciliation_step where note <> '***' and taken_at < $1
            order by taken_at limit $2 for update skip locked) returning 1),
        c as (update police_list set reason = '***' where police_list_id in (
            select police_list_id from police_list where reason <> '***' and ended_at < $1
            order by ended_at limit $2 for update skip locked) returning 1)
        select 1 from a union all select 1 from b union all select 1 from c",
};

/// How something odd was explained; what it was settled as stays.
pub const SIGNAL_NOTES: Purge = Purge {
    due: "select count(*) as due, min(answered_at) as oldest_at from signal_answer
        where octet_length(note) > 0 and answered_at < $1",
    purge: "update signal_answer set note = '' where answer_id in (
        select answer_id from signal_answer where octet_length(note) > 0 and answered_at < $1
        order by answered_at limit $2 for update skip locked)",
};
