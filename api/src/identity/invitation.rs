//! Accounts in bulk: a CSV file in, one line of verdict per line out. All or nothing.

use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::identity::{InvitedAccounts, InvitedLine, MassUnion, Role};
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use serde::Deserialize;
use uuid::Uuid;

use super::permission::may_manage;
use super::store::NewAccount;
use super::{codes, rules, store};
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::csv::read_lines;
use crate::http::failure::Failure;
use crate::privacy::keys::Keys;

/// Most lines of one file.
pub const LINES_MAX: usize = 500;

/// Within what the inviter may invite.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    pub geography: &'a Geography,
    pub today: NaiveDate,
    pub role: Role,
    pub unit_id: UnitId,
}

/// One line as it was understood.
#[derive(Debug)]
pub struct Line {
    number: u32,
    verdict: Result<Invitation, String>,
}

#[derive(Debug)]
struct Invitation {
    phone: MobilePhone,
    name: PersonName,
    role: Role,
    mass_union: MassUnion,
    unit_id: UnitId,
}

const COLUMNS: [&str; 6] = [
    "phone",
    "name",
    "role",
    "mass_union",
    "unit_id",
    "unit_code",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    phone: String,
    name: String,
    role: String,
    mass_union: String,
    #[serde(default)]
    unit_id: Option<i32>,
    #[serde(default)]
    unit_code: Option<String>,
}

/// Reads a file, judging each line by itself and against the lines before it.
///
/// # Errors
/// 422 when the file is not UTF-8 CSV with the right header, or too long.
pub fn read(file: &[u8], scope: &Scope<'_>) -> Result<Vec<Line>, Failure> {
    let mut lines: Vec<Line> = Vec::new();
    let mut seen: Vec<(MobilePhone, u32)> = Vec::new();
    for (number, row) in read_lines::<Row>(file, &COLUMNS, &COLUMNS[..4], LINES_MAX)? {
        let verdict = row.and_then(|row| judge(row, scope));
        let verdict = verdict.and_then(|invitation| {
            match seen.iter().find(|(phone, _)| *phone == invitation.phone) {
                Some((_, earlier)) => Err(format!("Số điện thoại trùng với dòng {earlier}.")),
                None => {
                    seen.push((invitation.phone.clone(), number));
                    Ok(invitation)
                }
            }
        });
        lines.push(Line { number, verdict });
    }
    Ok(lines)
}

fn judge(row: Row, scope: &Scope<'_>) -> Result<Invitation, String> {
    let phone = MobilePhone::parse(&row.phone).map_err(|error| error.message().to_string())?;
    let name = PersonName::parse(&row.name).map_err(|error| error.message().to_string())?;
    let role = Role::parse(&row.role).ok_or_else(|| {
        format!(
            "Vai trò {:?} không có; dùng volunteer, lead, officer, reporter, commander hoặc admin.",
            row.role
        )
    })?;
    if !may_manage(scope.role, role) {
        return Err(format!("Bạn không được mời vai trò {}.", role.as_str()));
    }
    let mass_union = MassUnion::parse(&row.mass_union).ok_or_else(|| {
        format!(
            "Tổ chức {:?} không có; dùng youth, women hoặc none.",
            row.mass_union
        )
    })?;
    if matches!(role, Role::Volunteer | Role::Lead) && mass_union == MassUnion::None {
        return Err("Tình nguyện viên và trưởng nhóm phải thuộc youth hoặc women.".to_owned());
    }
    let unit_id = match (
        row.unit_id,
        row.unit_code.as_deref().filter(|code| !code.is_empty()),
    ) {
        (Some(id), _) => Some(UnitId(id)),
        (None, Some(code)) => scope.geography.by_code(code, scope.today),
        (None, None) => None,
    };
    let unit_id = unit_id
        .filter(|unit_id| scope.geography.covers(scope.unit_id, *unit_id, scope.today))
        .ok_or("Đơn vị không có hoặc không thuộc phạm vi của bạn.")?;
    Ok(Invitation {
        phone,
        name,
        role,
        mass_union,
        unit_id,
    })
}

/// Writes every invitation, or says what would be written.
///
/// # Errors
/// When the database cannot.
pub async fn invite(
    conn: &mut Conn,
    keys: &Keys,
    lines: &[Line],
    by: Option<AccountId>,
    now: DateTime<Utc>,
    dry_run: bool,
) -> Result<InvitedAccounts, Failure> {
    let mut judged = Vec::with_capacity(lines.len());
    for line in lines {
        let taken = match &line.verdict {
            Ok(invitation) => {
                let blind = store::phone_blind(keys, &invitation.phone);
                store::is_phone_taken(conn, &blind).await?
            }
            Err(_) => false,
        };
        judged.push(match &line.verdict {
            Ok(_) if taken => Err("Số điện thoại này đã có tài khoản.".to_owned()),
            Ok(invitation) => Ok(invitation),
            Err(message) => Err(message.clone()),
        });
    }
    let refused = judged.iter().filter(|verdict| verdict.is_err()).count() as u32;
    let writes = refused == 0 && !dry_run;
    let mut answer = InvitedAccounts {
        dry_run: !writes,
        lines: Vec::with_capacity(lines.len()),
        invited: judged.len() as u32 - refused,
        refused,
    };
    for (line, verdict) in lines.iter().zip(judged) {
        let mut told = InvitedLine {
            line: line.number,
            result: if verdict.is_ok() {
                "invited"
            } else {
                "refused"
            }
            .to_owned(),
            message: None,
            account_id: None,
            code: None,
        };
        match verdict {
            Ok(invitation) if writes => {
                let (account_id, code) = write(conn, keys, invitation, by, now).await?;
                told.account_id = Some(account_id);
                told.code = Some(code);
            }
            Ok(_) => {}
            Err(message) => told.message = Some(message),
        }
        answer.lines.push(told);
    }
    Ok(answer)
}

async fn write(
    conn: &mut Conn,
    keys: &Keys,
    invitation: &Invitation,
    by: Option<AccountId>,
    now: DateTime<Utc>,
) -> Result<(AccountId, String), Failure> {
    let account_id = AccountId(Uuid::now_v7());
    let new = NewAccount {
        account_id,
        phone: invitation.phone.clone(),
        name: invitation.name.clone(),
        role: invitation.role,
        mass_union: invitation.mass_union,
        unit_id: invitation.unit_id,
        password_hash: None,
        must_change_password: false,
        is_demo: false,
    };
    store::insert_account(conn, keys, &new).await?;
    let code = rules::new_code();
    let expires_at = now + rules::INVITATION_TTL;
    codes::set_one_time_code(conn, keys, account_id, &code, "invitation", by, expires_at).await?;
    Ok((account_id, code))
}
