//! The queue of a desk: the door gives out tickets, desks call them in one order, and what becomes of
//! them moves their appointments and the citizens' stages along.
//!
//! [`rules`] says who is next and [`machine`] what may be done with a ticket; [`estimate`] tells the
//! wait. [`door`] and [`walk_in`] let in, [`calls`], [`acts`] and [`finish`] run the desk,
//! [`overview`] shows it, [`display`] shows numbers to everybody. [`sheet`] prints the day for an
//! office that loses power and [`afterwards`] takes in what was written on it; [`sweep`] ends days and
//! [`statistics`] counts them.

pub mod acts;
pub mod afterwards;
pub mod booked;
pub mod calls;
pub mod display;
pub mod door;
pub mod estimate;
pub mod figures;
pub mod finish;
pub mod machine;
pub mod overview;
pub mod person;
pub mod pin;
pub mod problem;
pub mod rules;
pub mod scene;
pub mod sheet;
#[cfg(test)]
mod simulation;
pub mod statistics;
pub mod store;
pub mod sweep;
pub mod tell;
pub mod walk_in;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts what desks and waiting people ask.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(door::routes)
        .configure(calls::routes)
        .configure(overview::routes)
        .configure(sheet::routes)
        .configure(afterwards::routes)
        .configure(statistics::routes)
        .configure(display::routes);
}
