//! What people ask about their own data (Law 91/2025/QH15, Decree 356/2025): received, acknowledged, done or
//! refused, each by its day in the working calendar.
//!
//! [`receive`] takes a request from whoever stands there with a card, or from the person with the code of an
//! appointment, whom [`pages`] lets ask without scripts; it says to nobody whether anything is kept. [`decide`] is for who answers for the place.
//! [`copy`] and [`fulfil`] do what was asked for by asking every feature that keeps something of people: each
//! reads and empties its own tables, in one transaction. [`named`] asks them for words about others in which somebody
//! is named.

pub mod copy;
pub mod decide;
pub mod fulfil;
pub mod named;
pub mod pages;
pub mod problem;
pub mod receive;
pub mod retention;
pub mod rules;
pub mod store;
pub mod table;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts everything.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(receive::routes)
        .configure(decide::routes)
        .configure(copy::routes);
}
