//! Signing in, and who somebody is. Enumerations that answers carry are open lists of words: a phone
//! that meets a new one shows it as it is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{AccountId, UnitId};

/// What somebody is here to do. Citizens need no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Tình nguyện viên: records installs and activations, books for others.
    Volunteer,
    /// Bí thư đoàn xã, chủ tịch hội phụ nữ xã: runs a commune's volunteers.
    Lead,
    /// Cán bộ tiếp nhận: runs the desk of an office.
    Officer,
    /// Sở, ban, ngành: enters the month's figures.
    Reporter,
    /// Tổ công tác: reads boards, doubts numbers, issues reports.
    Commander,
    /// Quản trị viên: units, accounts, offices.
    Admin,
}

impl Role {
    pub const ALL: [Self; 6] = [
        Self::Volunteer,
        Self::Lead,
        Self::Officer,
        Self::Reporter,
        Self::Commander,
        Self::Admin,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Volunteer => "volunteer",
            Self::Lead => "lead",
            Self::Officer => "officer",
            Self::Reporter => "reporter",
            Self::Commander => "commander",
            Self::Admin => "admin",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// The mass organisation that somebody works for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MassUnion {
    /// Đoàn Thanh niên.
    Youth,
    /// Hội Liên hiệp Phụ nữ.
    Women,
    /// Neither.
    None,
}

impl MassUnion {
    pub const ALL: [Self; 3] = [Self::Youth, Self::Women, Self::None];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Youth => "youth",
            Self::Women => "women",
            Self::None => "none",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|mass_union| mass_union.as_str() == word)
    }
}

/// Signs in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The phone number of the account, in any usual spelling.
    #[schema(example = "0912 000 001", max_length = 30)]
    pub phone: String,
    #[schema(example = "mot-cau-de-nho", min_length = 1, max_length = 512)]
    pub password: String,
    /// What the last sign-in on this device gave out, so that strangers who guess at this account
    /// slow down only themselves.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub device_token: Option<String>,
}

/// Asks for a new pair of tokens.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshSession {
    #[schema(max_length = 100)]
    pub refresh_token: String,
    /// Of a sign-in whose phone registered its key with `proves_refreshes`: that the phone asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<RefreshProof>,
}

/// The phone's word that it is the one who refreshes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshProof {
    /// Seconds since 1970 as the server counts them, within five minutes: by `server_time` of
    /// `GET /meta`, not by a clock that may be wrong.
    #[schema(minimum = 0, maximum = 99_999_999_999_i64, example = 1_800_000_000)]
    pub signed_at: i64,
    /// By the device's key, over `to06/session/refresh/v1`, the SHA-256 of the refresh token in
    /// base64url, and `signed_at`, a line each.
    #[schema(max_length = 90)]
    pub signature: String,
}

/// A pair of tokens, told once. The server keeps only hashes of them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Goes into `Authorization: Bearer …` until `access_until`.
    pub access_token: String,
    pub access_until: DateTime<Utc>,
    /// Exchanged once for the next pair. If that answer is lost, it may be asked again.
    pub refresh_token: String,
    pub refresh_until: DateTime<Utc>,
    /// Keep it on this device and send it with the next sign-in. Absent on a refresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
    /// The password was given by somebody else: until it is changed nothing else is allowed.
    pub must_change_password: bool,
    pub account_id: AccountId,
}

/// What a page may know of its browser's session; the tokens lie in cookies that it cannot read.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BrowserSession {
    /// Renew before this.
    pub access_until: DateTime<Utc>,
    pub refresh_until: DateTime<Utc>,
    /// The password was given by somebody else: until it is changed nothing else is allowed.
    pub must_change_password: bool,
    pub account_id: AccountId,
}

/// Who is signed in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Me {
    pub account_id: AccountId,
    #[schema(example = "Nguyễn Thị Hà")]
    pub name: String,
    /// One of: volunteer, lead, officer, reporter, commander, admin.
    #[schema(example = "volunteer")]
    pub role: String,
    /// One of: youth, women, none.
    #[schema(example = "women")]
    pub mass_union: String,
    pub unit_id: UnitId,
    #[schema(example = "Thôn 1, Xã Bác Ái Tây")]
    pub unit_label: String,
    pub must_change_password: bool,
    /// What this account may do, within its unit.
    #[schema(example = json!(["record_work", "read_boards"]))]
    pub permissions: Vec<String>,
}

/// Replaces one's own password.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    #[schema(max_length = 512)]
    pub current_password: String,
    /// 8 to 128 characters, any; the commonest passwords and one's own phone number are refused.
    #[schema(example = "mot-cau-de-nho", min_length = 8, max_length = 128)]
    pub new_password: String,
}

/// Sets a password with a one-time code, from an invitation or from a lead.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPasswordByCode {
    #[schema(example = "0912 000 001", max_length = 30)]
    pub phone: String,
    #[schema(example = "K7QM-2XRT", max_length = 20)]
    pub code: String,
    #[schema(example = "mot-cau-de-nho", min_length = 8, max_length = 128)]
    pub new_password: String,
}

/// A code that sets a new password once. Told to its owner in person, never sent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OneTimeCode {
    #[schema(example = "K7QM-2XRT")]
    pub code: String,
    pub expires_at: DateTime<Utc>,
}

/// An account as those who manage it see it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Account {
    pub account_id: AccountId,
    #[schema(example = "Nguyễn Thị Hà")]
    pub name: String,
    /// All but the last three digits are hidden.
    #[schema(example = "•••• ••• 001")]
    pub phone_masked: String,
    #[schema(example = "volunteer")]
    pub role: String,
    #[schema(example = "women")]
    pub mass_union: String,
    pub unit_id: UnitId,
    #[schema(example = "Thôn 1, Xã Bác Ái Tây")]
    pub unit_label: String,
    /// invited, active or disabled.
    #[schema(example = "active")]
    pub state: String,
}

/// Changes what an account may do, or stops it. Fields left out stay as they are.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateAccount {
    #[serde(default)]
    pub role: Option<Role>,
    #[serde(default)]
    pub mass_union: Option<MassUnion>,
    #[serde(default)]
    pub unit_id: Option<UnitId>,
    /// True ends every session of the account at once; false lets it sign in again.
    #[serde(default)]
    pub disabled: Option<bool>,
}

/// What became, or would become, of each line of an invitation file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct InvitedAccounts {
    /// True: nothing was written.
    pub dry_run: bool,
    pub lines: Vec<InvitedLine>,
    /// Lines that are, or would be, invited.
    pub invited: u32,
    /// Lines with a mistake. With any, nothing at all is written.
    pub refused: u32,
}

/// One line of an invitation file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct InvitedLine {
    /// Line number in the file; the header is line 1.
    #[schema(example = 2)]
    pub line: u32,
    /// invited or refused.
    #[schema(example = "invited")]
    pub result: String,
    /// What is wrong with it, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// The code to hand over; only when something was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl UpdateAccount {
    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.role.is_none()
            && self.mass_union.is_none()
            && self.unit_id.is_none()
            && self.disabled.is_none()
    }
}
