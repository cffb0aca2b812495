//! Phones that are known by a key of their own: how they fare, for the lead, and what becomes of a lost
//! one. Whoever finds it is signed out and sees nothing; what still comes from it is held, for work that
//! was done is not lost; and by its key it learns, without a session, that it shall forget everything.

pub mod problem;
pub mod routes;
pub mod store;
pub mod table;
