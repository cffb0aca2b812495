//! Whether the figures of a period hold together: general rules, never a list of known mistakes.
//!
//! [`rules`] looks at figures alone and gives findings; [`words`] says each in a sentence: what is wrong, where,
//! by how much, and what mends it. A finding may be overruled for a reason; with other figures it is another
//! finding. While one that is an error stands, the period cannot be closed.

pub mod figure;
pub mod percent;
pub mod routes;
pub mod rules;
pub mod store;
pub mod words;
