//! What the police have wrong of somebody (đúng, đủ, sạch, sống): reported where it is found, put right by the
//! police of the commune.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{AccountId, PersonId, UnitId};

/// Longest words of a report, in characters.
pub const DATA_REPORT_CHARS_MAX: usize = 300;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WrongData {
    WrongPhone,
    WrongName,
    WrongBirthDate,
    WrongSex,
    WrongAddress,
    MovedAway,
    Deceased,
    /// The police have nothing of them.
    Missing,
    Other,
}

impl WrongData {
    pub const ALL: [Self; 9] = [
        Self::WrongPhone,
        Self::WrongName,
        Self::WrongBirthDate,
        Self::WrongSex,
        Self::WrongAddress,
        Self::MovedAway,
        Self::Deceased,
        Self::Missing,
        Self::Other,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongPhone => "wrong_phone",
            Self::WrongName => "wrong_name",
            Self::WrongBirthDate => "wrong_birth_date",
            Self::WrongSex => "wrong_sex",
            Self::WrongAddress => "wrong_address",
            Self::MovedAway => "moved_away",
            Self::Deceased => "deceased",
            Self::Missing => "missing",
            Self::Other => "other",
        }
    }
}

/// Report that the police have something wrong of somebody who is recorded or expected within one's unit.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportWrongData {
    /// Made by the phone: the same report may be sent again.
    pub report_id: Uuid,
    pub recorded_person_id: PersonId,
    pub what: WrongData,
    /// What is right instead. Never an ID number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Số đang dùng khác số công an có"
    )]
    pub words: Option<String>,
}

impl std::fmt::Debug for ReportWrongData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReportWrongData({}, ***)", self.report_id)
    }
}

/// A report as lists show it: nobody's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DataReport {
    pub data_report_id: Uuid,
    pub village_id: UnitId,
    /// wrong_phone, wrong_name, wrong_birth_date, wrong_sex, wrong_address, moved_away, deceased, missing, other.
    #[schema(example = "wrong_phone")]
    pub what: String,
    /// open; forwarded: handed to those who keep the data; corrected; refused.
    #[schema(example = "open")]
    pub state: String,
    pub reported_by: AccountId,
    pub reported_at: DateTime<Utc>,
    /// Since when it stands so.
    pub changed_at: DateTime<Utc>,
}

/// A report with whom it is about and what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DataReportDetail {
    pub report: DataReport,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Thử")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_year: Option<i16>,
    /// The last four digits of the ID number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0001")]
    pub id_tail: Option<String>,
    /// The phone that the field knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What is right instead, as reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The first step first.
    pub history: Vec<DataReportStep>,
}

/// What was done about a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DataReportStep {
    #[schema(example = "refused")]
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub taken_by: AccountId,
    pub taken_at: DateTime<Utc>,
}

/// How a report is to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DataReportState {
    /// Again: what was done about it is undone.
    Open,
    Forwarded,
    Corrected,
    Refused,
}

impl DataReportState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Forwarded => "forwarded",
            Self::Corrected => "corrected",
            Self::Refused => "refused",
        }
    }
}

/// Take the reports of one's unit away, with names. The reason is kept for two years.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportDataReports {
    /// A village or a commune; one's own unit if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<UnitId>,
    /// Only these: open, forwarded, corrected or refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "open", max_length = 20)]
    pub state: Option<String>,
    /// csv or xlsx.
    #[schema(example = "csv", max_length = 10)]
    pub format: String,
    /// What it is for. No names.
    #[schema(
        example = "Làm sạch dữ liệu dân cư tháng 12",
        min_length = 5,
        max_length = 200
    )]
    pub reason: String,
}

/// Do something about a report.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepDataReport {
    #[schema(example = "forwarded")]
    pub state: DataReportState,
    /// Why; needed to refuse, and to open again. No names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200, example = "Đã chuyển đội QLHC")]
    pub reason: Option<String>,
}
