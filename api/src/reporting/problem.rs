//! What reporting may refuse.

use crate::http::failure::problems;

problems! {
    /// Refusals about periods, values and reports.
    pub enum ReportingProblem {
        PeriodOverlaps = 409 "period-overlaps", "Đơn vị này đã có kỳ báo cáo mang tên tháng đó, hoặc có kỳ trùng ngày.", "This unit has a period named after that month, or one that shares days with it.";
        PeriodClosed = 409 "period-closed", "Kỳ báo cáo đã chốt: chỉ người ký báo cáo được sửa, kèm lý do; bản sửa được đánh số.", "The period is closed: only those who issue the report may correct it, for a reason; a correction is numbered.";
        PeriodOpen = 409 "period-open", "Kỳ báo cáo chưa chốt: hãy chốt số liệu rồi mới phát hành.", "The period is still open: close it before its report is issued.";
        PeriodHasErrors = 409 "period-has-errors", "Số liệu còn lỗi chưa sửa: xem danh sách rà soát, sửa số hoặc nêu lý do giữ nguyên rồi mới chốt.", "Figures do not hold together: mend what the findings list, or overrule it for a reason, before closing.";
        RevisionPassed = 409 "revision-passed", "Trong lúc bạn sửa, người khác đã ghi bản mới: hãy xem bản mới rồi ghi lại.", "Somebody else wrote a newer revision meanwhile: look at that one, then write again.";
        NotYourFigures = 403 "not-your-figures", "Số liệu này do cơ quan khác chịu trách nhiệm: tài khoản của bạn chỉ nhập số của cơ quan mình.", "Another department answers for these figures: your account enters only those of its own.";
        FindingGone = 409 "finding-gone", "Không còn phát hiện này: số liệu đã đổi. Hãy xem lại danh sách rà soát.", "There is no such finding any more: figures have changed. Look at the findings again.";
        IndicatorChanged = 409 "indicator-changed", "Chỉ tiêu này vừa được sửa, hoặc mã đã có: hãy xem lại bản hiện hành rồi sửa.", "This indicator was changed in the meantime, or its code is taken: look at it as it stands, and write again.";
        IndicatorHasValues = 409 "indicator-has-values", "Chỉ tiêu đã có số liệu thì không đổi cách đo: hãy thôi dùng chỉ tiêu này và thêm chỉ tiêu mới.", "What has figures is measured as it was: retire this indicator and add another.";
        OwnerOverlaps = 409 "owner-overlaps", "Từ ngày đó, hoặc sau đó, chỉ tiêu đã có cơ quan chịu trách nhiệm.", "From that day, or a later one, somebody answers for it already.";
        DirectiveKnown = 409 "directive-known", "Văn bản số này, ngày này đã có trong sổ.", "A directive of this number and day stands in the register already.";
        DirectiveIssued = 409 "directive-issued", "Văn bản đã ban hành thì không đổi trạng thái; nếu ghi nhầm, hãy sửa lại cho đúng hoặc bỏ khỏi sổ, kèm lý do.", "A directive that was issued stays issued; if it was written down wrongly, correct it or take it out of the register, for a reason.";
        EntryWithdrawn = 409 "entry-withdrawn", "Mục này đã bỏ khỏi sổ: hãy đưa lại vào sổ rồi mới sửa.", "This entry was taken out of the register: put it back before it is changed.";
    }
}
