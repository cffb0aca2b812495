//! What geography may refuse.

use crate::http::failure::problems;

problems! {
    /// Refusals about units.
    pub enum GeographyProblem {
        UnitNotFound = 404 "unit-not-found", "Không có đơn vị này vào ngày đó.", "There is no such unit on that day.";
    }
}
