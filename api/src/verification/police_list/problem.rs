//! Why something about a list or a task cannot be done.

use crate::http::failure::problems;

problems! {
    /// Refusals about police lists.
    pub enum PoliceListProblem {
        PoliceListReplaced = 409 "police-list-replaced", "Danh sách này đã được thay bằng danh sách sau của tháng; nếu danh sách sau cũng sai, hãy rút danh sách đó.", "A later list of the month stands instead of this one; if that is wrong too, take that one back.";
        NotACommune = 409 "not-a-commune", "Danh sách của từng xã, phường: hãy chọn một xã, phường.", "A list is of one commune: name a commune or ward.";
    }
}
