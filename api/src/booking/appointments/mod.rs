//! Appointments: from a hold to a place, from one slot to another, and back to free.

pub mod calendar_file;
pub mod change;
pub mod claims;
pub mod confirm;
pub mod in_person;
pub mod notices;
pub mod own;
pub mod party;
pub mod requested;
pub mod restore;
pub mod routes;
pub mod rules;
pub mod secret;
pub mod settle;
pub mod store;
pub mod write;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts what citizens and helpers do with appointments.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::confirm_hold)
        .service(own::show_appointment)
        .service(own::cancel_appointment)
        .service(own::keep_appointment)
        .service(own::move_appointment)
        .service(restore::restore_appointment)
        .service(calendar_file::export_calendar);
}
