//! Mobilising members: the Youth Union and the Women's Union were told to win every member of theirs, so that 100 %
//! must be measurable. How many members there are somebody counts and names the document; who has an account, has
//! signed in and has recorded something follows from what is kept anyway.

pub mod counts;
pub mod routes;
pub mod rules;
pub mod store;
pub mod table;
