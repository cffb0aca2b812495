//! Booking: offices, slots with numbered places, holds, appointments, the queue of the day.
//!
//! Two laws stand in the tables: a place has one live appointment, a citizen one per service. Redis
//! only decides who is asked first. So a hold is one call of a script, a confirmation one
//! transaction, and a Redis that is emptied, stopped or gone costs a hold at most.

pub mod appointments;
pub mod calendar;
pub mod card;
pub mod citizen;
pub mod closures;
pub mod desk;
pub mod groups;
pub mod holds;
pub mod limits;
pub mod notices;
pub mod offices;
pub mod pages;
pub mod problem;
pub mod queue;
pub mod retention;
pub mod slips;
pub mod slots;
pub mod sweeper;
pub mod totals;
pub mod waitlist;

use utoipa_actix_web::service_config::ServiceConfig;

pub use notices::{NoticeFacts, NoticeReason, notice_facts};
pub use offices::own_office;
pub use queue::display::Displays;
pub use slots::availability::Availability;
pub use totals::{ServedTotals, count_served};

/// Mounts every room of the feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(offices::routes::routes)
        .configure(slots::routes::routes)
        .configure(holds::routes::routes)
        .configure(appointments::routes)
        .configure(waitlist::routes::routes)
        .configure(limits::routes::routes)
        .configure(card::routes)
        .configure(groups::routes::routes)
        .configure(slips::routes)
        .configure(desk::routes)
        .configure(queue::routes)
        .configure(offices::manage::routes)
        .configure(calendar::routes)
        .configure(closures::routes)
        .service(offices::routes::show_office);
}
