//! HTTP that belongs to no feature. Knows no feature exists.

pub mod client;
pub mod csv;
pub mod document;
pub mod etag;
pub mod events;
pub mod extract;
pub mod failure;
pub mod fallback;
pub mod html;
pub mod idempotency;
pub mod limit;
pub mod observe;
pub mod page;
pub mod strict;
pub mod table;
