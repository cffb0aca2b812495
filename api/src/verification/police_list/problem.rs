//! Why something about a list or a task cannot be done.

use crate::http::failure::problems;

problems! {
    /// Refusals about police lists.
    pub enum PoliceListProblem {
        NotACommune = 409 "not-a-commune", "Danh sách của từng xã, phường: hãy chọn một xã, phường.", "A list is of one commune: name a commune or ward.";
    }
}
