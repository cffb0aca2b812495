//! Tables that one query asks together beside those that a foreign key joins, which `schema.rs` allows itself.
//!
//! Diesel wants each two named. All of them would cost every build minutes: a pair is eight implementations of a
//! trait, and the compiler compares each of those with all the others.

use super::schema::*;

macro_rules! together {
    ($($one:ident with $($other:ident),+;)+) => {
        $($(diesel::allow_tables_to_appear_in_same_query!($one, $other);)+)+
    };
}

together! {
    account with device, session, transfer, village_assignment;
    appointment with group_booking;
    call_back with fact, person;
    device with session, session_family;
    draw with fact, person;
    person with person_merge, roster;
    police_report with reconciliation_task;
    unit with unit_parent;
}
