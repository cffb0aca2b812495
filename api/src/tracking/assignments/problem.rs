//! Why work cannot be assigned or handed over.

use diesel::result::Error;

use crate::db::constraint;
use crate::http::failure::{Failure, problems};

problems! {
    /// Refusals about who works what.
    pub enum AssignmentProblem {
        TooManyVillages = 409 "too-many-villages", "Mỗi tình nguyện viên phụ trách tối đa 20 thôn, khu phố cùng lúc. Hãy giao bớt cho người khác.", "A volunteer works at most 20 villages at a time. Give some of them to somebody else.";
        VillageOutsideVolunteer = 409 "village-outside-volunteer", "Có thôn, khu phố ngoài địa bàn của tình nguyện viên này, nên họ không ghi nhận ở đó được. Hãy đổi đơn vị của tài khoản trước.", "A village lies outside this volunteer's unit, so that they could not record there. Change the account's unit first.";
        VolunteerCannotTake = 409 "volunteer-cannot-take", "Chỉ giao việc cho tình nguyện viên đang hoạt động.", "Work is given to volunteers only who are not stopped.";
        AssignmentEnded = 409 "assignment-ended", "Phân công này đã kết thúc.", "This assignment is over.";
        AssignmentRaced = 409 "assignment-raced", "Vừa có người khác thay đổi phân công này. Hãy tải lại rồi làm lại.", "Somebody else has just changed this assignment. Load it again, and try again.";
        CaredForElsewhere = 409 "cared-for-elsewhere", "Người này đang do tình nguyện viên ngoài phạm vi của bạn phụ trách.", "A volunteer whom you do not lead cares for this person.";
        VillageNotTheirs = 409 "village-not-theirs", "Có thôn, khu phố mà người chuyển giao không phụ trách. Hãy tải lại danh sách.", "A village is not worked by the one whose work is handed over. Load the list again.";
        NothingToTransfer = 409 "nothing-to-transfer", "Người này không phụ trách thôn, khu phố hay người nào.", "This volunteer works no village and cares for nobody.";
        TransferUndone = 409 "transfer-undone", "Lần chuyển giao này đã được hoàn tác.", "This transfer was undone already.";
        TransferTooOld = 409 "transfer-too-old", "Chỉ hoàn tác được trong một ngày. Hãy chuyển giao ngược lại.", "A transfer can be undone for a day. Hand the work back instead.";
        TransferOvertaken = 409 "transfer-overtaken", "Sau lần chuyển giao này đã có thôn hoặc người được giao tiếp cho người khác. Hãy chuyển giao ngược lại.", "Some of it has gone on to somebody else since. Hand the work back instead.";
    }
}

/// What a write of assignments was refused for.
pub fn refused(error: Error) -> Failure {
    match constraint::name(&error) {
        Some("village_assignment_place_no_range") => AssignmentProblem::TooManyVillages.into(),
        Some(
            "village_assignment_once"
            | "village_assignment_place_once"
            | "village_assignment_span"
            | "person_assignment_span"
            | "person_assignment_one_at_a_time",
        ) => AssignmentProblem::AssignmentRaced.into(),
        Some("transfer_undone_within_a_day") => AssignmentProblem::TransferTooOld.into(),
        _ => error.into(),
    }
}
