//! What is kept of signing in.

use crate::db::purge::Purge;

/// Sign-ins that are over, with their tokens.
pub const SESSIONS: Purge = Purge {
    due: "select count(*) as due, min(coalesce(ended_at, ends_at)) as oldest_at from session_family
        where coalesce(ended_at, ends_at) < $1",
    purge: "with old as (
            select family_id from session_family where coalesce(ended_at, ends_at) < $1
            order by coalesce(ended_at, ends_at) limit $2 for update skip locked
        ),
        gone as (delete from session using old where session.family_id = old.family_id)
        delete from session_family using old where session_family.family_id = old.family_id",
};

/// Failures of signing in that slow nobody down any more.
pub const SIGN_IN_BRAKES: Purge = Purge {
    due: "select count(*) as due, min(last_failure_at) as oldest_at from sign_in_brake
        where last_failure_at < $1 and next_try_at < $1",
    purge: "delete from sign_in_brake where (phone_blind, device) in (
        select phone_blind, device from sign_in_brake
        where last_failure_at < $1 and next_try_at < $1
        order by last_failure_at limit $2 for update skip locked)",
};

/// Phones from which somebody signed in once.
pub const KNOWN_DEVICES: Purge = Purge {
    due: "select count(*) as due, min(seen_at) as oldest_at from known_device where seen_at < $1",
    purge: "delete from known_device where device_hash in (
        select device_hash from known_device where seen_at < $1
        order by seen_at limit $2 for update skip locked)",
};

/// Codes that nobody used in time.
pub const ONE_TIME_CODES: Purge = Purge {
    due: "select count(*) as due, min(expires_at) as oldest_at from one_time_code where expires_at < $1",
    purge: "delete from one_time_code where account_id in (
        select account_id from one_time_code where expires_at < $1
        order by expires_at limit $2 for update skip locked)",
};

/// Who was stopped long ago: the account stays, for its records are somebody's, and nobody's name. Whoever has a
/// new account may have the phone, so that its hash goes too.
pub const STOPPED_ACCOUNTS: Purge = Purge {
    due: "select count(*) as due, min(disabled_at) as oldest_at from account
        where disabled_at < $1 and octet_length(phone) > 0",
    purge: "update account
        set name = '', phone = '', phone_blind = sha256(account_id::text::bytea), password_hash = null
        where account_id in (
            select account_id from account where disabled_at < $1 and octet_length(phone) > 0
            order by disabled_at limit $2 for update skip locked)",
};
