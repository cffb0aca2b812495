//! What may be refused about activities.

use crate::http::failure::problems;

problems! {
    /// Refusals about correcting activities.
    pub enum ActivityProblem {
        ActivityVoided = 409 "activity-voided", "Hoạt động này đã bị hủy; hãy hoàn tác việc hủy trước khi sửa.", "This activity is voided; undo that before you correct it.";
        CorrectionUndone = 409 "correction-undone", "Lần sửa này đã được hoàn tác.", "This correction was undone already.";
    }
}
