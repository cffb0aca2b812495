//! Lists of people who are expected in a village: imported whole from a spreadsheet, judged line by line.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{AccountId, UnitId};

/// Most people of one file.
pub const ROSTER_LINES_MAX: usize = 20_000;
/// Largest file, in bytes.
pub const ROSTER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A workbook of Excel (.xlsx).
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Workbook(pub Vec<u8>);

/// What became of a file, or would become. Nothing is half imported: with one line that is refused nothing is
/// written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportedRoster {
    /// True: nothing was written, because it was asked so or because a line is refused.
    pub dry_run: bool,
    /// The list, if it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roster_id: Option<Uuid>,
    /// The sheet of a workbook that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Danh sách")]
    pub sheet: Option<String>,
    /// How many other sheets were not read.
    #[schema(example = 0)]
    pub sheets_left_out: u32,
    /// Every column of the file, and what it was read as.
    pub columns: Vec<RosterColumn>,
    /// Lines with somebody who was not known.
    #[schema(example = 120)]
    pub new: u32,
    /// Lines with somebody who is known, and of whom the list says nothing else than what was known.
    #[schema(example = 30)]
    pub known: u32,
    /// Lines with somebody who is known, and of whom the list says something else.
    #[schema(example = 2)]
    pub changed: u32,
    /// Lines that repeat another line of the file: left out.
    #[schema(example = 1)]
    pub duplicate: u32,
    /// Lines with a mistake.
    #[schema(example = 0)]
    pub refused: u32,
    /// Of a dry run every line; else only those of which there is something to say.
    pub lines: Vec<RosterLine>,
}

/// One column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RosterColumn {
    /// As the file names it.
    #[schema(example = "Số CCCD")]
    pub header: String,
    /// name, family_name, given_name, birth, sex, id_number, phone, village, commune, group, smartphone,
    /// phone_agreed, number. Absent: nobody knows this column, and it was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "id_number")]
    pub read_as: Option<String>,
}

/// One line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RosterLine {
    /// Row number in the file.
    #[schema(example = 2)]
    pub line: u32,
    /// new, known, changed, duplicate or refused.
    #[schema(example = "new")]
    pub result: String,
    /// Whether a zero that a spreadsheet had lost was put back.
    #[serde(default)]
    pub repaired: bool,
    /// What there is to say, for people: why, and what mends it; what was repaired; what was left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Số định danh thiếu số 0 ở đầu (bảng tính đã bỏ): đã thêm lại.")]
    pub message: Option<String>,
}

/// A list that was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Roster {
    pub roster_id: Uuid,
    /// Within which unit its villages were looked for.
    pub unit_id: UnitId,
    #[schema(example = "Thanh niên sinh năm 2008, xã Bác Ái Tây")]
    pub name: String,
    /// The document that it comes from.
    #[schema(example = "Công văn 15/CAX ngày 05/01/2026 của Công an xã")]
    pub source: String,
    /// The date of that document.
    pub made_on: NaiveDate,
    /// How many people it names.
    #[schema(example = 152)]
    pub entries: u32,
    pub imported_by: AccountId,
    pub imported_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<DateTime<Utc>>,
}
