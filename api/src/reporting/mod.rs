//! The monthly report: what is counted for it, whether it holds together, and the papers that come of it.
//!
//! [`indicators`] is the catalogue with every value that was entered, [`catalogue`] how it is edited; [`periods`] are the days of which a unit
//! reports, closed once they are told; [`registers`] keep what no figure says: directives, difficulties,
//! proposals, tasks. A percentage is computed by one rule, in [`rules`], and never typed in. [`departments`] say whose
//! figures somebody enters.
//!
//! [`checker`] finds what does not hold together before a period is closed.
//!
//! [`report`] composes what it says from all of these, prints it, and keeps what was issued.
//!
//! [`brief`] tells a day of a unit in the evening.
//!
//! What volunteers and desks recorded comes through named functions of tracking and booking; nothing is
//! written there.

pub mod brief;
pub mod catalogue;
pub mod checker;
pub mod departments;
pub mod indicators;
pub mod periods;
pub mod problem;
pub mod registers;
pub mod report;
pub mod rules;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts every room of the feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(periods::routes::routes)
        .configure(indicators::routes::routes)
        .configure(catalogue::routes::routes)
        .configure(departments::routes::routes)
        .configure(checker::routes::routes)
        .configure(registers::routes::routes)
        .configure(report::routes::routes)
        .configure(brief::routes::routes);
}
