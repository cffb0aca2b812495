//! Which record counts: one per citizen and stage in the whole province, and the counts that come of it.

pub mod rules;
pub mod store;
