//! Booking: offices, slots, holds, appointments.

mod appointments;
mod desk;
mod groups;
mod offices;
mod slots;

pub use appointments::*;
pub use desk::*;
pub use groups::*;
pub use offices::*;
pub use slots::*;
