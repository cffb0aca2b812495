//! Holding, confirming and running out, as a model small enough to be tried in every order: two
//! people, two processes, one place, a Redis that forgets and that either process may lose sight of,
//! answers that are lost, transactions that commit late, processes that die.
//! `cargo test --package protocol` tries them all.
//!
//! The oracle drives the program itself, in the orders that a machine happens to make; this drives
//! the idea of it, in all of them. What is one step here is one step there:
//!
//! | here | there |
//! |---|---|
//! | `Hold`, for a process that sees Redis | one call of `api/src/booking/holds/hold.lua` |
//! | `Hold`, for one that does not | the statement of `holds/store.rs` that sets `hold_id` and `hold_until` |
//! | `Commit` | the transaction of `appointments/confirm.rs`: the key, `CLAIM_HELD`, the saved answer |
//! | `RunOut` | `app_now()` passes the token's end and, where PostgreSQL keeps the hold, `hold_until` |
//! | `Mirror` | `holds/mirror.lua` after a commit; it may come late or never |
//! | `Forget` | `FLUSHALL`, or a Redis that was started anew |
//!
//! Left out, because it only helps: the script is told which places PostgreSQL shows free, and a hold
//! is prolonged in Redis while it is confirmed. What holds without them holds with them.

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
