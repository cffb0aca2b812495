//! What may be refused about reports of wrong data.

use crate::http::failure::problems;

problems! {
    /// Refusals about reports of wrong data.
    pub enum DataReportProblem {
        ReportIdReused = 409 "data-report-id-reused", "Mã này đã dùng cho một báo cáo khác; hãy tạo mã mới.", "This id stands for another report; make a new one.";
        StepNotPossible = 409 "data-report-step-not-possible", "Báo cáo đang ở trạng thái không cho phép bước này; hãy xem lại.", "A report that stands like this does not take this step; look at it again.";
    }
}
