//! Who leads and who lags. Reads rollups only, a board costs the same however many records stand behind it; visits, which
//! are in none, only where somebody asks for [`reasons`]. Writes nothing but the boards of windows that are over, in
//! [`closing`].

pub mod aims;
pub mod apart;
pub mod asked;
pub mod basis;
pub mod board;
pub mod cache;
pub mod carried;
pub mod closing;
pub mod columns;
pub mod completion;
pub mod completions;
pub mod frame;
pub mod leagues;
pub mod merged;
pub mod page;
pub mod paged;
pub mod people;
pub mod period;
pub mod pieces;
pub mod previous;
pub mod problem;
pub mod quality;
pub mod reading;
pub mod reasons;
pub mod routes;
pub mod row;
pub mod rules;
pub mod store;
pub mod stream;
pub mod sums;
pub mod table;
pub mod ties;
pub mod trend;
pub mod union;
pub mod view;
pub mod viewers;
pub mod windows;
pub mod words;
