//! What held records would count as. A provisional board tells it; nothing else does.

pub mod rules;
pub mod store;
