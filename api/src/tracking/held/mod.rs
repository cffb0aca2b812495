//! What held records would count as, which a provisional board tells; and what was not understood, read again.

pub mod again;
pub mod rules;
pub mod store;
