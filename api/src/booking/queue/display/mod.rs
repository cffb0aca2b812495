//! The second screen: numbers and desks, nobody's name.
//!
//! What changes is a row of `display_event`, read by position like the pull of phones: a row of a
//! transaction that still runs is never skipped, so a screen that gives its last position resumes at
//! any process and misses nothing. Each process with screens asks once a second for all of them
//! ([`hub`]); the stream ([`stream`]), the plain answer ([`board`]) and the page ([`screen`]) stand on
//! it. A change may tell what a board already shows: a number stands at one desk, however often it is
//! told.

pub mod board;
pub mod hub;
pub mod screen;
pub mod store;
pub mod stream;

pub use hub::Displays;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(board::show_display)
        .service(stream::stream_display);
}
