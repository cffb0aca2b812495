//! Boards of windows that are over, kept.
//!
//! A day and an ISO week close when three whole days have passed since, a month on the 5th. What is kept are the
//! counts of the villages and the targets of that day, of which every board of the window is built: any level,
//! stage, union and class, and beside them the tens that were completed, for those who work elsewhere. A fact that
//! arrives later moves the live counts and no closed board, until a commander issues them as a numbered revision.
//!
//! A reporting period is another thing: a unit's own days, closed when its people say so. A board over such days
//! is kept too, once that unit has closed the period and the three days have passed.
//!
//! A night closes 40 windows at most, the oldest first, each committed by itself; the next night goes on. How many are
//! left is in its line of the log and in `/health/ready`.

pub mod changes;
pub mod citizen;
pub mod contents;
pub mod counted;
pub mod keep;
pub mod reached;
pub mod read;
pub mod routes;
pub mod rules;
pub mod store;
pub mod tens;
