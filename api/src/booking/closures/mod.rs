//! Changes of when offices are open, and of how many people they serve: previewed, then done, with
//! everybody who is booked there.
//!
//! A change is written, the slots that have rows are fitted to it, and whoever loses a place is moved
//! to the nearest equal slot or listed as a conflict: in one transaction an office, so that in every
//! committed state each person has one place or is on the list.

pub mod change;
pub mod conflicts;
pub mod options;
pub mod province;
pub mod rearrange;
pub mod routes;
pub mod rules;
pub mod seat;
pub mod slot_length;
pub mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts what officers change, and the list of those without a place.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(routes::routes)
        .configure(slot_length::routes)
        .service(province::close_offices)
        .service(conflicts::list_conflicts)
        .service(conflicts::resolve_conflict);
}
