//! What taking a table away may be refused for.

use crate::http::failure::problems;

problems! {
    /// Refusals about exports.
    pub enum ExportProblem {
        ExportTooLarge = 422 "export-too-large", "Bảng này có hơn 50.000 dòng: chọn ít ngày hơn, hoặc từng xã, từng thôn.", "This table has more than 50,000 rows: choose fewer days, or one commune or village at a time.";
    }
}
