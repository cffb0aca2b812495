//! Random checks of recorded work: drawn by a seed that was promised before anybody could know what it would
//! draw, made by somebody of another union or another commune, and told as counts.
//!
//! The draw, so that anybody can redo it: the frame is every record of the lot that counts and that nobody
//! else has confirmed, by `op_id`. Order it by SHA-256(seed bytes ‖ 16 bytes of `op_id`), as bytes; the first
//! `sample_size` are checked, and each that nobody could reach is followed by the next. The seed was promised
//! as `commitment` = SHA-256(seed bytes) before the week was over.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{AccountId, OperationId, UnitId};

/// A plan of sampling with what it lets through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SamplingPlan {
    /// light, standard, strict or tight. More may come.
    #[schema(example = "standard")]
    pub plan: String,
    /// Records that are checked.
    #[schema(value_type = i32, minimum = 1, maximum = 1_000)]
    pub sample_size: u32,
    /// The lot passes with so many failures at most.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000)]
    pub failures_max: u32,
    /// When it is used, in Vietnamese.
    pub used_when: String,
    /// How often lots of different quality pass.
    pub passes: Vec<PassChance>,
}

/// How often a lot passes of which so many records are wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PassChance {
    /// Wrong records in a hundred.
    #[schema(value_type = i32, minimum = 0, maximum = 100)]
    pub wrong_percent: u32,
    /// From 0 to 1: of a plan for a large lot, of a draw for its own.
    pub chance: f64,
}

/// The check of one union's work in one commune in one week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Draw {
    pub draw_id: Uuid,
    /// youth or women.
    #[schema(example = "youth")]
    pub mass_union: String,
    pub commune_id: UnitId,
    /// The Monday of the week in which the records came, in Vietnam.
    pub week_on: NaiveDate,
    /// SHA-256 of the seed, in hexadecimal digits. Told before the week is over.
    pub commitment: String,
    pub committed_at: DateTime<Utc>,
    /// The seed, in hexadecimal digits, once the week is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// committed, drawn, passed, failed: its records are in doubt until somebody has released them, released,
    /// undecided: too few could be reached to say anything, empty: there was nothing to check.
    #[schema(example = "drawn")]
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "standard")]
    pub plan: Option<String>,
    /// Records in the lot.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub lot_size: u32,
    /// Records that are checked.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000)]
    pub sample_size: u32,
    /// The lot passes with so many failures at most: of a small lot fewer than of a large one.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000)]
    pub failures_max: u32,
    /// How often a lot of this size passes of different quality; nothing until it is drawn.
    #[serde(default)]
    pub passes: Vec<PassChance>,
    #[schema(value_type = i32, minimum = 0, maximum = 1_000)]
    pub confirmed: u32,
    /// Not confirmed, or never met us.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000)]
    pub failures: u32,
    #[schema(value_type = i32, minimum = 0, maximum = 1_000)]
    pub not_reachable: u32,
    /// Who had their data erased or its use restricted meanwhile: followed by the next, as who cannot be reached.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 1_000)]
    pub not_to_be_asked: u32,
}

/// A record of a lot's frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FrameRecord {
    pub op_id: OperationId,
    /// Its place in the order that the seed gives, from 1; absent until the seed is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 1_000_000)]
    pub position: Option<u32>,
    /// Whether it is checked.
    pub is_drawn: bool,
}

/// Somebody who checks records of a lot, without what they were told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verifier {
    pub account_id: AccountId,
    /// Absent: the account is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Checks that they have told.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000)]
    pub told: u32,
    /// Checks that they have not told yet.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000)]
    pub open: u32,
    /// Those of them that are past their day.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000)]
    pub late: u32,
    /// The last day of the one that is due first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
}

/// Give to others what somebody was to check and has not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PassOverVerifier {
    pub account_id: AccountId,
}

/// What was given to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PassedOver {
    /// Checks that somebody else has now; the seed picked whom. What nobody else may check stays.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000)]
    pub given: u32,
}

/// What is done about a lot that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LotAction {
    /// Those who recorded are shown how.
    Retrain,
    /// Its records are gone through one by one; wrong ones are taken back.
    Recount,
    /// Its records are in doubt no more.
    Release,
}

impl LotAction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retrain => "retrain",
            Self::Recount => "recount",
            Self::Release => "release",
        }
    }
}

/// Act on a lot that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnLot {
    pub action: LotAction,
    /// What was done, and what was found. No names.
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Đã rà lại sổ, hủy ba bản ghi sai"
    )]
    pub reason: String,
}

/// A record that one is to check with the citizen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CallBack {
    pub call_back_id: Uuid,
    pub village_id: UnitId,
    /// What the citizen is asked about.
    #[schema(example = "level1_activated")]
    pub stage: String,
    /// The day on which it was done, in Vietnam.
    pub on_day: NaiveDate,
    /// call: by phone; revisit: through the village head, for there is no phone.
    #[schema(example = "call")]
    pub way: String,
    /// confirmed, not_confirmed, not_reachable, never_met or not_to_be_asked, once it was told. More may come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "confirmed")]
    pub result: Option<String>,
    /// Whether it is still to be done; not when the lot was decided by others.
    pub is_open: bool,
    /// The last day to tell it: afterwards it goes to somebody else, if anybody else may check it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// False: the citizen had their data erased or its use restricted, so that nobody asks them any more. Tell
    /// not_to_be_asked.
    #[serde(default = "yes")]
    pub may_be_asked: bool,
}

fn yes() -> bool {
    true
}

/// Whom to call. Shown to who is to check it, while it is to be done; written to the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CallBackContact {
    /// call or revisit.
    #[schema(example = "call")]
    pub way: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// In the international form. Absent: ask the village head to come along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "+84912345678")]
    pub phone: Option<String>,
    /// What to ask, and what never to ask, in Vietnamese.
    pub advice: String,
}

/// What a citizen has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallBackResult {
    /// It was done, as recorded.
    Confirmed,
    /// It was not done, or not to the end.
    NotConfirmed,
    /// Nobody answered, three times on two days.
    NotReachable,
    /// Nobody of ours ever came.
    NeverMet,
    /// They had their data erased, or its use restricted.
    NotToBeAsked,
}

impl CallBackResult {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::NotConfirmed => "not_confirmed",
            Self::NotReachable => "not_reachable",
            Self::NeverMet => "never_met",
            Self::NotToBeAsked => "not_to_be_asked",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Confirmed,
            Self::NotConfirmed,
            Self::NotReachable,
            Self::NeverMet,
            Self::NotToBeAsked,
        ]
        .into_iter()
        .find(|result| result.as_str() == word)
    }
}

/// Tell what a citizen has said. Once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TellCallBack {
    pub result: CallBackResult,
}
