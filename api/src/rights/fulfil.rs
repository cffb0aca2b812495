//! Doing what was asked for, in the transaction that says so.

use mobile_contracts::ids::{AccountId, OfficeId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use mobile_contracts::rights::{PersonCorrection, RightsDecision, RightsKind, SettleRightsRequest};

use super::named;
use super::problem::RightsProblem;
use super::rules;
use super::store::{self, RequestRow};
use crate::app::App;
use crate::booking;
use crate::booking::citizen::AtTheDesk;
use crate::booking::holds::mirror::Change;
use crate::db::Conn;
use crate::http::failure::{CommonProblem, Failure, FieldError, Language};
use crate::http::idempotency::{self, SavedAnswer};
use crate::http::observe::RequestId;
use crate::notice;
use crate::privacy::free_text::Named;
use crate::tracking::citizen::{self, Correction, Leaves, Locked};

/// What was done beside the words.
#[derive(Debug, Default)]
pub struct Done {
    /// Operations that were emptied.
    pub operations: usize,
    pub cancelled: u32,
    pub freed: Vec<(OfficeId, Change)>,
}

/// What is wrong with a settlement.
///
/// # Errors
/// 422 with every fault.
pub fn check(body: &SettleRightsRequest, row: &RequestRow) -> Result<(), Failure> {
    let mut faults = rules::check_settlement(body, row.kind());
    faults.extend(rules::check_identity(body, &row.shown_by));
    if let Some(correction) = &body.correction {
        read(correction, &mut faults);
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}

/// Does what was asked for, if it is to be done. A copy is read by its own operation.
///
/// # Errors
/// [`RightsProblem::PersonAtDesk`], [`RightsProblem::NobodyToCorrect`].
pub async fn fulfil(
    app: &App,
    conn: &mut Conn,
    row: &RequestRow,
    body: &SettleRightsRequest,
    by: AccountId,
) -> Result<Done, Failure> {
    if body.decision != RightsDecision::Done {
        return Ok(Done::default());
    }
    match row.kind() {
        RightsKind::Erase => erase(app, conn, row, Leaves::Counted, by).await,
        RightsKind::Withdraw | RightsKind::Object => {
            erase(app, conn, row, Leaves::Anonymous, by).await
        }
        RightsKind::Correct => match &body.correction {
            Some(correction) => correct(app, conn, row, correction, by).await,
            None => Ok(Done::default()),
        },
        RightsKind::Restrict => {
            restrict(conn, row).await?;
            Ok(Done::default())
        }
        RightsKind::Access => Ok(Done::default()),
    }
}

/// Restricts whoever asks: as the person they are here, or else by their number, as the person they may become.
async fn restrict(conn: &mut Conn, row: &RequestRow) -> Result<(), Failure> {
    let (locked, blinds) = lock(conn, row).await?;
    match locked {
        Some(locked) => {
            citizen::set_restricted(conn, &locked, true).await?;
        }
        None => {
            for blind in &blinds {
                let id = row.rights_request_id;
                citizen::restrict_number(conn, blind, id, row.unit_id).await?;
            }
        }
    }
    Ok(())
}

/// Lifts a restriction that was done: they are worked with again, or may be recorded as anybody.
///
/// # Errors
/// [`RightsProblem::NotRestricted`].
pub async fn lift(conn: &mut Conn, row: &RequestRow) -> Result<(), Failure> {
    let is_done = row.kind() == RightsKind::Restrict && row.state == "done";
    if !is_done {
        return Err(RightsProblem::NotRestricted.into());
    }
    // A settled request knows no number any more; what it restricted does.
    let of_number = citizen::free_number(conn, row.rights_request_id).await?;
    let mut is_lifted = of_number.is_some();
    let of = RequestRow {
        subject_blind: of_number,
        ..row.clone()
    };
    if let (Some(locked), _) = lock(conn, &of).await? {
        citizen::forget_numbers(conn, &locked.blinds).await?;
        is_lifted |= citizen::set_restricted(conn, &locked, false).await?;
    }
    match is_lifted {
        true => Ok(()),
        false => Err(RightsProblem::NotRestricted.into()),
    }
}

/// The person of a request under lock, and all their ID numbers: the one that was shown too, if recording
/// does not know it.
async fn lock(
    conn: &mut Conn,
    row: &RequestRow,
) -> Result<(Option<Locked>, Vec<Vec<u8>>), Failure> {
    // Somebody may have been recorded since they asked.
    let by_number = match &row.subject_blind {
        Some(blind) => citizen::find(conn, citizen::By::Number(blind)).await?,
        None => None,
    };
    let person_id = by_number.map(|found| found.person_id).or(row.person_id);
    let locked = match person_id {
        Some(person_id) => citizen::lock(conn, person_id).await?,
        None => None,
    };
    let mut blinds: Vec<Vec<u8>> = row.subject_blind.iter().cloned().collect();
    if let Some(locked) = &locked {
        blinds.extend(locked.blinds.iter().cloned());
    }
    blinds.sort();
    blinds.dedup();
    Ok((locked, blinds))
}

/// Erases somebody from every table: persons first, then what they booked, then what they were told and
/// answered, and what people wrote of them last, which is looked for by the names that were found until
/// then.
async fn erase(
    app: &App,
    conn: &mut Conn,
    row: &RequestRow,
    leaves: Leaves,
    by: AccountId,
) -> Result<Done, Failure> {
    let (locked, blinds) = lock(conn, row).await?;
    let booked = match &locked {
        Some(locked) => citizen::end_requests(conn, locked).await?,
        None => Vec::new(),
    };
    let kept = booking::citizen::erase_person(app, conn, &blinds, &booked, by).await?;
    let kept = kept.map_err(|AtTheDesk| RightsProblem::PersonAtDesk)?;
    notice::forget(conn, &kept.ids).await?;
    let mut words = kept.words;
    let mut told: Vec<String> = kept.ids.iter().map(ToString::to_string).collect();
    let mut operations = 0;
    if let Some(locked) = &locked {
        words.extend(citizen::words_of(conn, &app.keys, locked).await?);
        told.extend(locked.persons.iter().map(ToString::to_string));
        operations = citizen::erase_person(conn, &app.keys, locked, &words, leaves).await?;
    }
    citizen::forget_numbers(conn, &blinds).await?;
    named::forget(conn, &app.keys, &Named::new(&words)).await?;
    words.sort();
    words.dedup();
    // A name of one word is every other sentence.
    words.retain(|word| word.contains(' ') || word.starts_with('+'));
    told.extend(words);
    let gone = Failure::from(CommonProblem::NotFound);
    let gone = SavedAnswer::refusal(&gone, Language::Vietnamese, RequestId(uuid::Uuid::nil()));
    idempotency::replace_about(conn, &told, &gone).await?;
    let persons = locked.map_or_else(Vec::new, |locked| locked.persons);
    store::end_others(conn, &persons, &blinds, row.rights_request_id).await?;
    Ok(Done {
        operations,
        cancelled: kept.cancelled,
        freed: kept.freed,
    })
}

async fn correct(
    app: &App,
    conn: &mut Conn,
    row: &RequestRow,
    correction: &PersonCorrection,
    by: AccountId,
) -> Result<Done, Failure> {
    let words = read(correction, &mut Vec::new());
    let (locked, blinds) = lock(conn, row).await?;
    let booked = booking::citizen::list_booked(conn, &blinds, &[]).await?;
    if locked.is_none() && booked.is_empty() {
        return Err(RightsProblem::NobodyToCorrect.into());
    }
    if let Some(locked) = &locked {
        citizen::correct(conn, &app.keys, locked, &words, by, app.clock.now()).await?;
    }
    let name = words.name.as_ref().map(PersonName::expose);
    let phone = words.phone.as_ref().map(MobilePhone::e164);
    booking::citizen::correct(conn, &app.keys, &blinds, name, phone.as_deref()).await?;
    Ok(Done::default())
}

/// The words of a correction, and what is wrong with them.
fn read(correction: &PersonCorrection, faults: &mut Vec<FieldError>) -> Correction {
    let mut fault = |field: &str, code: &'static str, vi: String, en: String| {
        faults.push(FieldError::new(
            format!("/correction/{field}"),
            code,
            vi,
            en,
        ));
    };
    let name = correction.name.as_deref().map(PersonName::parse);
    if let Some(Err(why)) = &name {
        fault(
            "name",
            why.code(),
            why.message().into(),
            why.message_en().into(),
        );
    }
    let phone = correction.phone.as_deref().map(MobilePhone::parse);
    if let Some(Err(why)) = &phone {
        fault("phone", why.code(), why.message(), why.message_en());
    }
    let birth_year = correction.birth_year;
    if birth_year.is_some_and(|year| !(1900..=2100).contains(&year)) {
        let (vi, en) = ("Năm sinh từ 1900 đến 2100.", "A year from 1900 to 2100.");
        fault("birth_year", "RANGE", vi.into(), en.into());
    }
    let sex = correction.sex.as_deref().map(|sex| match sex {
        "male" => Some("male"),
        "female" => Some("female"),
        _ => None,
    });
    if sex == Some(None) {
        let (vi, en) = ("Giới tính là male hoặc female.", "Sex is male or female.");
        fault("sex", "ONE_OF", vi.into(), en.into());
    }
    Correction {
        name: name.and_then(Result::ok),
        phone: phone.and_then(Result::ok),
        birth_year,
        sex: sex.flatten(),
    }
}
