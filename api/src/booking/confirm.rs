//! From a hold to an appointment, and from one slot to another: one transaction each, under a key
//! that gives the same answer again.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use mobile_contracts::booking::{BookedAppointment, BookedParty, ConfirmHold, Visitor};
use mobile_contracts::calendar::local_day;
use mobile_contracts::citizen_id::CitizenId;
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use serde_json::json;
use uuid::Uuid;

use super::mirror::{self, Change};
use super::offices::OfficeEntry;
use super::problem::BookingProblem;
use super::rules::{self, SlotPlan};
use super::store::{self, AppointmentRow, Claim, NewAppointment};
use super::token::{HoldToken, people_hash, secret};
use crate::app::App;
use crate::db::{self, Conn};
use crate::geography::{Geography, Level};
use crate::http::failure::{Failure, FieldError, Language};
use crate::http::idempotency::{self, IdempotencyKey, SavedAnswer};
use crate::http::observe::RequestId;
use crate::identity::rules::{new_code, normalise_code};
use crate::notice::{self, NewNotice};
use crate::privacy::audit;
use crate::privacy::keys::{Blind, Keys};

/// A request that was paused longer than this does not commit.
const DEADLINE: TimeDelta = TimeDelta::seconds(10);

/// A visitor whose every field is valid.
pub struct Checked {
    pub blind: Vec<u8>,
    pub id: CitizenId,
    pub name: PersonName,
    pub phone: Option<MobilePhone>,
    pub village_id: Option<UnitId>,
    pub outside_province: bool,
    pub consent: &'static str,
    pub guardian_name: Option<PersonName>,
}

/// The keyed hash of a typed ID number.
///
/// # Errors
/// The fault, at this pointer.
pub fn blind_of(keys: &Keys, typed: &str, now: DateTime<Utc>) -> Result<Vec<u8>, FieldErrorParts> {
    let id = CitizenId::parse(typed, local_day(now))
        .map_err(|why| (why.code(), why.message(), why.message_en()))?;
    Ok(keys.blind(Blind::CitizenId, id.expose()))
}

/// Code, Vietnamese and English of a fault whose place its caller knows.
pub type FieldErrorParts = (&'static str, String, String);

/// The visitors, and who books for them with the relation.
pub type CheckedParty = (Vec<Checked>, Option<(PersonName, String)>);

/// Checks every visitor and the proxy; all faults at once.
///
/// # Errors
/// 422 with each.
pub fn check_party(
    keys: &Keys,
    geography: &Geography,
    body: &ConfirmHold,
    now: DateTime<Utc>,
) -> Result<CheckedParty, Failure> {
    let mut faults = Vec::new();
    let mut checked = Vec::new();
    for (at, visitor) in body.visitors.iter().enumerate() {
        if let Some(one) = check_visitor(keys, geography, visitor, now, at, &mut faults) {
            checked.push(one);
        }
    }
    let mut proxy = None;
    if let Some(named) = &body.proxy {
        let relation = named.relation.trim();
        if relation.is_empty() || relation.chars().count() > 50 {
            faults.push(FieldError::new(
                "/proxy/relation",
                "LENGTH",
                "Ghi quan hệ với công dân, tối đa 50 ký tự.",
                "Say the relation, at most 50 characters.",
            ));
        }
        proxy = read_name("/proxy/name".to_owned(), &named.name, &mut faults)
            .map(|name| (name, relation.to_owned()));
    }
    if faults.is_empty() {
        Ok((checked, proxy))
    } else {
        Err(Failure::invalid(faults))
    }
}

fn read_name(pointer: String, typed: &str, faults: &mut Vec<FieldError>) -> Option<PersonName> {
    PersonName::parse(typed)
        .map_err(|why| {
            let fault = FieldError::new(pointer, why.code(), why.message(), why.message_en());
            faults.push(fault);
        })
        .ok()
}

fn check_visitor(
    keys: &Keys,
    geography: &Geography,
    visitor: &Visitor,
    now: DateTime<Utc>,
    at: usize,
    faults: &mut Vec<FieldError>,
) -> Option<Checked> {
    let today = local_day(now);
    let pointer = |name: &str| format!("/visitors/{at}/{name}");
    let id = CitizenId::parse(&visitor.id_number, today)
        .map_err(|why| {
            faults.push(FieldError::new(
                pointer("id_number"),
                why.code(),
                why.message(),
                why.message_en(),
            ));
        })
        .ok();
    let name = read_name(pointer("name"), &visitor.name, faults);
    let phone = visitor.phone.as_deref().and_then(|typed| {
        MobilePhone::parse(typed)
            .map_err(|why| {
                let (vi, en) = (why.message(), why.message_en());
                faults.push(FieldError::new(pointer("phone"), why.code(), vi, en));
            })
            .ok()
    });
    let guardian_name = visitor
        .guardian_name
        .as_deref()
        .and_then(|typed| read_name(pointer("guardian_name"), typed, faults));
    if let Some(id) = &id {
        check_age(id, visitor, today, &pointer, faults);
    }
    if let Some(village_id) = visitor.village_id {
        let is_village = geography
            .unit(village_id)
            .is_some_and(|unit| unit.level == Level::Village && unit.is_valid_on(today));
        if !is_village || visitor.outside_province {
            faults.push(FieldError::new(
                pointer("village_id"),
                "VILLAGE",
                "Chọn một thôn, khu phố đang có, hoặc chọn ngoài tỉnh.",
                "Name a village of today, or outside the province.",
            ));
        }
    }
    let (id, name) = (id?, name?);
    Some(Checked {
        blind: keys.blind(Blind::CitizenId, id.expose()),
        id,
        name,
        phone,
        village_id: visitor.village_id,
        outside_province: visitor.outside_province,
        consent: visitor.consent.as_str(),
        guardian_name,
    })
}

fn check_age(
    id: &CitizenId,
    visitor: &Visitor,
    today: chrono::NaiveDate,
    pointer: &impl Fn(&str) -> String,
    faults: &mut Vec<FieldError>,
) {
    if let Some(born) = visitor.birth_on
        && born.year() != id.birth_year()
    {
        faults.push(FieldError::new(
            pointer("birth_on"),
            "DISAGREES",
            "Năm sinh không khớp với số định danh.",
            "The year of birth disagrees with the ID number.",
        ));
        return;
    }
    match rules::is_child(id.birth_year(), visitor.birth_on, today) {
        Some(true) if visitor.guardian_name.is_none() => faults.push(FieldError::new(
            pointer("guardian_name"),
            "GUARDIAN",
            "Người dưới 14 tuổi cần có cha, mẹ hoặc người giám hộ đi cùng; ghi họ tên người đó.",
            "A child under 14 comes with a guardian: name them.",
        )),
        None => faults.push(FieldError::new(
            pointer("birth_on"),
            "BIRTH_DATE",
            "Ghi ngày sinh: công dân có thể chưa đủ 14 tuổi.",
            "Give the date of birth: this person may be under 14.",
        )),
        _ => {}
    }
}

/// Who asks, and how they read.
#[derive(Clone)]
pub struct Asker {
    pub helper_id: Option<AccountId>,
    pub language: Language,
    pub request_id: RequestId,
}

/// A confirmation with everything checked that needs no transaction.
pub struct Confirmation<'a> {
    pub office: &'a OfficeEntry,
    pub plan: SlotPlan,
    pub materialised: bool,
    pub token: HoldToken,
    pub service_code: &'a str,
    pub visitors: Vec<Checked>,
    pub proxy: Option<(PersonName, String)>,
    pub asker: Asker,
}

/// Whether these are the people of the hold.
pub fn is_party(keys: &Keys, token: &HoldToken, visitors: &[Checked]) -> bool {
    let blinds: Vec<Vec<u8>> = visitors.iter().map(|one| one.blind.clone()).collect();
    people_hash(keys, &blinds) == token.people && visitors.len() == token.place_nos.len()
}

/// An answer, and what became of places on the way to it.
pub struct Outcome {
    pub answer: SavedAnswer,
    pub replayed: bool,
    pub changes: Vec<(OfficeId, Change)>,
}

impl Outcome {
    /// What was answered before.
    pub fn replayed(answer: SavedAnswer) -> Self {
        Self {
            answer,
            replayed: true,
            changes: Vec::new(),
        }
    }

    /// What was done now, and the places that it changed.
    pub fn fresh(answer: SavedAnswer, changes: Vec<(OfficeId, Change)>) -> Self {
        Self {
            answer,
            replayed: false,
            changes,
        }
    }
}

/// Runs work that carries its own idempotency key; when the answer of COMMIT is lost, once more on a
/// fresh connection, where the key tells what became of the first.
///
/// # Errors
/// 503 when it is still not known: the same key settles it later.
pub async fn settle(
    app: &App,
    work: impl AsyncFn(&mut Conn) -> Result<Outcome, Failure>,
) -> Result<Outcome, Failure> {
    let mut last = None;
    for _ in 0..2 {
        let mut conn = app.pool.get().await?;
        match db::transaction(&mut conn, async |conn: &mut Conn| work(conn).await).await {
            Err(failure) if is_connection_lost(&failure) => last = Some(failure),
            outcome => return outcome,
        }
    }
    let cause = last.map_or_else(String::new, |failure| format!("{failure:?}"));
    Err(Failure::unavailable(cause))
}

/// Whether nobody knows if it was committed.
fn is_connection_lost(failure: &Failure) -> bool {
    use diesel::result::{DatabaseErrorKind, Error};
    let cause = failure.cause().and_then(|cause| cause.downcast_ref());
    match cause {
        Some(Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)) => true,
        Some(Error::BrokenTransactionManager | Error::RollbackErrorOnCommit { .. }) => true,
        Some(Error::DatabaseError(_, info)) => {
            let words = info.message();
            words.contains("connection closed") || words.contains("terminating connection")
        }
        _ => false,
    }
}

/// Books a party, or says again what was said under this key.
///
/// # Errors
/// What may be repeated later: 5xx. Refusals that stand are answers.
pub async fn confirm(
    app: &App,
    key: IdempotencyKey,
    request: &[u8],
    asked: &Confirmation<'_>,
) -> Result<Outcome, Failure> {
    let actor = asked.token.actor();
    let started = app.clock.now();
    let booked = settle(app, async |conn| {
        if let idempotency::Claim::Replay(answer) =
            idempotency::claim(conn, &app.keys, &actor, key, request).await?
        {
            return Ok(Outcome::replayed(answer));
        }
        let (booked, changes) = book_party(app, conn, asked, started).await?;
        let answer = SavedAnswer::new(actix_web::http::StatusCode::CREATED, booked);
        idempotency::save(conn, &actor, key, &answer).await?;
        Ok(Outcome::fresh(answer, changes))
    })
    .await;
    let outcome = match booked {
        // Nothing of the work is left. The refusal is kept in a transaction of its own: whoever
        // succeeds pays no savepoint, and a twin that got in between answers for both.
        Err(refusal) if matches!(refusal.status().as_u16(), 409 | 410 | 422) => {
            settle(app, async |conn| {
                if let idempotency::Claim::Replay(answer) =
                    idempotency::claim(conn, &app.keys, &actor, key, request).await?
                {
                    return Ok(Outcome::replayed(answer));
                }
                let answer = refuse(app, conn, asked, &refusal, started).await?;
                idempotency::save(conn, &actor, key, &answer).await?;
                Ok(Outcome::fresh(answer, Vec::new()))
            })
            .await?
        }
        outcome => outcome?,
    };
    mirror_all(app, &outcome.changes).await;
    Ok(outcome)
}

/// Tells Redis what was committed, each office's in one call.
pub async fn mirror_all(app: &App, changes: &[(OfficeId, Change)]) {
    let mut offices: Vec<OfficeId> = changes.iter().map(|(office_id, _)| *office_id).collect();
    offices.sort_unstable();
    offices.dedup();
    for office_id in offices {
        let own = changes.iter().filter(|(id, _)| *id == office_id);
        let own: Vec<Change> = own.map(|(_, change)| change.clone()).collect();
        mirror::mirror(app, office_id, &own).await;
    }
}

async fn book_party(
    app: &App,
    conn: &mut Conn,
    asked: &Confirmation<'_>,
    started: DateTime<Utc>,
) -> Result<(BookedParty, Vec<(OfficeId, Change)>), Failure> {
    let (token, office_id) = (&asked.token, asked.office.row.office_id);
    if !asked.materialised {
        store::materialise(conn, asked.office, &asked.plan).await?;
    }
    let ids: Vec<AppointmentId> = asked
        .visitors
        .iter()
        .map(|_| AppointmentId(Uuid::now_v7()))
        .collect();
    let claim = Claim {
        office_id,
        starts_at: token.starts_at,
        place_nos: token.place_nos.clone(),
        hold_id: token.hold_id,
        vouched: token.vouched,
        until: token.ends_at.min(token.starts_at).min(started + DEADLINE),
        at_desk: false,
    };
    let changes = store::claim_places(conn, &claim, &ids).await?;
    let party_id = Uuid::now_v7();
    let codes: Vec<String> = ids.iter().map(|_| normalise_code(&new_code())).collect();
    let mut new: Vec<NewAppointment<'_>> = Vec::with_capacity(ids.len());
    for (at, visitor) in asked.visitors.iter().enumerate() {
        new.push(NewAppointment {
            appointment_id: ids[at],
            party_id,
            office_id,
            starts_at: token.starts_at,
            place_no: changes[at].place_no,
            service_code: asked.service_code,
            citizen_blind: &visitor.blind,
            id_tail: visitor.id.tail(),
            birth_year: i16::try_from(visitor.id.birth_year()).unwrap_or(0),
            name: &visitor.name,
            phone: visitor.phone.as_ref(),
            village_id: visitor.village_id,
            outside_province: visitor.outside_province,
            consent: visitor.consent,
            helper_id: asked.asker.helper_id,
            proxy: asked
                .proxy
                .as_ref()
                .map(|(name, relation)| (name, relation.as_str())),
            guardian_name: visitor.guardian_name.as_ref(),
            verified: token.vouched,
            code: &codes[at],
        });
    }
    store::insert_appointments(conn, &app.keys, &new).await?;
    for one in &new {
        let detail = json!({ "office_id": office_id, "verified": one.verified });
        let object = format!("appointment:{}", one.appointment_id);
        audit::record(
            conn,
            asked.asker.helper_id,
            "booking.confirm",
            &object,
            detail,
        )
        .await?;
        tell(
            conn,
            &app.keys,
            "booking.confirmed",
            one.appointment_id,
            1,
            one.phone,
            one.starts_at,
        )
        .await?;
    }
    let booked = new
        .iter()
        .map(|one| BookedAppointment {
            appointment_id: one.appointment_id,
            office_id,
            starts_at: one.starts_at,
            place_no: one.place_no,
            service_code: one.service_code.to_owned(),
            verified: one.verified,
            code: spell_code(one.code),
            secret_version: 1,
            secret: None,
        })
        .collect();
    let changes = changes
        .into_iter()
        .map(|change| (office_id, change))
        .collect();
    Ok((
        BookedParty {
            party_id,
            appointments: booked,
        },
        changes,
    ))
}

/// `K7QM-2XRT` of a stored code.
pub fn spell_code(code: &str) -> String {
    match code.split_at_checked(4) {
        Some((left, right)) => format!("{left}-{right}"),
        None => code.to_owned(),
    }
}

/// Tells the owner of an appointment, once per change, if there is a phone.
async fn tell(
    conn: &mut Conn,
    keys: &Keys,
    kind: &'static str,
    id: AppointmentId,
    version: impl std::fmt::Display,
    phone: Option<&MobilePhone>,
    starts_at: DateTime<Utc>,
) -> Result<(), Failure> {
    let new = NewNotice {
        dedupe_key: format!("{kind}:{id}:{version}"),
        kind,
        phone,
        params: json!({ "appointment_id": id, "starts_at": starts_at }),
        not_after: starts_at,
    };
    Ok(notice::enqueue(conn, keys, new).await?)
}

/// [`tell`] of a row.
///
/// # Errors
/// When the database cannot, or the row's key is not configured.
pub async fn tell_owner(
    conn: &mut Conn,
    keys: &Keys,
    kind: &'static str,
    row: &AppointmentRow,
    version: impl std::fmt::Display,
    starts_at: DateTime<Utc>,
) -> Result<(), Failure> {
    let phone = row.phone(keys)?;
    tell(
        conn,
        keys,
        kind,
        row.appointment_id,
        version,
        phone.as_ref(),
        starts_at,
    )
    .await
}

/// A refusal that stands becomes the answer of the key, with what helps: other slots, or which person
/// has an appointment already. What may pass goes on as it is.
async fn refuse(
    app: &App,
    conn: &mut Conn,
    asked: &Confirmation<'_>,
    refusal: &Failure,
    now: DateTime<Utc>,
) -> Result<SavedAnswer, Failure> {
    let mut answer = SavedAnswer::refusal(refusal, asked.asker.language, asked.asker.request_id);
    if refusal.kind() == BookingProblem::AlreadyBooked.kind() {
        let blinds: Vec<Vec<u8>> = asked.visitors.iter().map(|one| one.blind.clone()).collect();
        let live = store::list_live(conn, &blinds, asked.service_code).await?;
        let who: Vec<usize> = blinds
            .iter()
            .enumerate()
            .filter(|(at, blind)| {
                blinds[..*at].contains(blind) || live.iter().any(|row| row.citizen_blind == **blind)
            })
            .map(|(at, _)| at)
            .collect();
        answer.body["visitors"] = json!(who);
        for row in &live {
            // At most once a day: somebody tries to book in this person's name.
            let day = local_day(now);
            tell_owner(
                conn,
                &app.keys,
                "booking.second_try",
                row,
                day,
                row.starts_at,
            )
            .await?;
        }
    }
    Ok(answer)
}

/// Puts the secrets into a saved answer: they are derived, never stored.
pub fn with_secrets(keys: &Keys, mut answer: SavedAnswer) -> SavedAnswer {
    let Ok(mut party) = serde_json::from_value::<BookedParty>(answer.body.clone()) else {
        return answer;
    };
    for one in &mut party.appointments {
        one.secret = Some(secret(keys, one.appointment_id, one.secret_version));
    }
    answer.body = serde_json::to_value(party).unwrap_or(answer.body);
    answer
}

/// A move to a slot that is held.
pub struct Move<'a> {
    pub office: &'a OfficeEntry,
    pub plan: SlotPlan,
    pub materialised: bool,
    pub claim: Claim,
    pub actor_id: Option<AccountId>,
}

/// Frees the old place and claims the new one, or leaves everything as it was. Run it in a
/// transaction, and roll back on an error.
///
/// # Errors
/// [`BookingProblem::NotMovable`], [`BookingProblem::SlotFull`], [`BookingProblem::HoldEnded`].
pub async fn move_appointment(
    app: &App,
    conn: &mut Conn,
    id: AppointmentId,
    to: &Move<'_>,
) -> Result<(AppointmentRow, Vec<(OfficeId, Change)>), Failure> {
    let row = store::lock_appointment(conn, id)
        .await?
        .ok_or(BookingProblem::AppointmentNotFound)?;
    if !matches!(row.status.as_str(), "booked" | "conflict") {
        return Err(BookingProblem::NotMovable.into());
    }
    if !to.materialised {
        store::materialise(conn, to.office, &to.plan).await?;
    }
    let mut changes = Vec::new();
    if let Some(freed) = store::free_place(conn, &row).await? {
        changes.push((row.office_id, freed));
    }
    let claimed = store::claim_places(conn, &to.claim, &[id]).await?;
    let place_no = claimed[0].place_no;
    store::set_moved(conn, id, to.claim.office_id, to.claim.starts_at, place_no).await?;
    changes.extend(
        claimed
            .into_iter()
            .map(|change| (to.claim.office_id, change)),
    );
    let object = format!("appointment:{id}");
    let detail =
        json!({ "from": row.starts_at, "to": to.claim.starts_at, "office_id": to.claim.office_id });
    audit::record(conn, to.actor_id, "booking.move", &object, detail).await?;
    let rev = changes.last().map_or(0, |(_, change)| change.rev);
    let version = format!("{}.{place_no}.{rev}", to.claim.starts_at.timestamp());
    tell_owner(
        conn,
        &app.keys,
        "booking.moved",
        &row,
        version,
        to.claim.starts_at,
    )
    .await?;
    let moved = AppointmentRow {
        office_id: to.claim.office_id,
        starts_at: to.claim.starts_at,
        place_no: Some(place_no),
        status: "booked".to_owned(),
        ..row
    };
    Ok((moved, changes))
}

/// Cancels; cancelling again changes nothing. Run it in a transaction.
///
/// # Errors
/// [`BookingProblem::NotMovable`] once the person has come.
pub async fn cancel_appointment(
    app: &App,
    conn: &mut Conn,
    id: AppointmentId,
    actor_id: Option<AccountId>,
    action: &str,
) -> Result<(AppointmentRow, Vec<(OfficeId, Change)>), Failure> {
    let mut row = store::lock_appointment(conn, id)
        .await?
        .ok_or(BookingProblem::AppointmentNotFound)?;
    match row.status.as_str() {
        "cancelled" => return Ok((row, Vec::new())),
        "booked" | "conflict" => {}
        _ => return Err(BookingProblem::NotMovable.into()),
    }
    let freed = store::free_place(conn, &row).await?;
    store::set_cancelled(conn, id).await?;
    audit::record(conn, actor_id, action, &format!("appointment:{id}"), ()).await?;
    tell_owner(conn, &app.keys, "booking.cancelled", &row, 1, row.starts_at).await?;
    row.status = "cancelled".to_owned();
    let changes = freed.into_iter().map(|change| (row.office_id, change));
    let changes = changes.collect();
    Ok((row, changes))
}
