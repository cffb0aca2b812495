//! Why two persons cannot be made one, or two again.

use crate::http::failure::problems;

problems! {
    /// Refusals about merging persons.
    pub enum MergeProblem {
        TwoNumbers = 409 "persons-have-two-numbers", "Hai người này có số định danh khác nhau nên không thể là một.", "These two have different ID numbers, so that they cannot be one.";
        AlreadyOne = 409 "persons-already-one", "Hai hồ sơ này đã là một người. Hãy tải lại danh sách.", "These two are one person already. Load the list again.";
        MergeUndone = 409 "merge-undone", "Lần gộp này đã được tách lại. Hãy tải lại danh sách.", "This merge was undone already. Load the list again.";
    }
}
