//! Every night all boards are counted anew from the records: what differs is kept, logged, told by readiness and to
//! administrators. Nothing is mended unasked; that is `verify-rollups --repair`.

pub mod night;
pub mod routes;
pub mod store;
