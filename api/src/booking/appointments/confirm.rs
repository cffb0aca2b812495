//! From a hold to an appointment: one transaction, under a key that gives the same answer again.

use chrono::{DateTime, TimeDelta, Utc};
use mobile_contracts::booking::BookedParty;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, AppointmentId};
use mobile_contracts::person_name::PersonName;
use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::booking::appointments::claims::Claim;
use crate::booking::appointments::notices::tell_owner;
use crate::booking::appointments::party::Checked;
use crate::booking::appointments::settle::{Outcome, settle};
use crate::booking::appointments::write::{Party, Seat, write_party};
use crate::booking::appointments::{claims, store};
use crate::booking::holds::mirror::{Changes, mirror_all};
use crate::booking::holds::token::HoldToken;
use crate::booking::limits;
use crate::booking::offices::OfficeEntry;
use crate::booking::problem::BookingProblem;
use crate::booking::slots::rules::SlotPlan;
use crate::booking::slots::store::materialise;
use crate::booking::waitlist;
use crate::db::Conn;
use crate::http::failure::{Failure, Language};
use crate::http::idempotency::{IdempotencyKey, Press, SavedAnswer};
use crate::http::observe::RequestId;
use crate::notice::Kind;

/// A request that was paused longer than this does not commit.
const DEADLINE: TimeDelta = TimeDelta::seconds(10);

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
    /// The slots of the token in order of time, each with whether it has rows.
    pub slots: Vec<(SlotPlan, bool)>,
    pub token: HoldToken,
    pub service_code: &'a str,
    pub visitors: Vec<Checked>,
    pub proxy: Option<(PersonName, String)>,
    pub asker: Asker,
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
    let press = Press {
        actor: &actor,
        key,
        request,
    };
    let started = app.clock.now();
    let booked = settle(app, press, async |conn| {
        let (booked, changes) = book_party(app, conn, asked, started).await?;
        let answer = SavedAnswer::new(actix_web::http::StatusCode::CREATED, booked);
        Ok((answer, changes))
    })
    .await;
    let outcome = match booked {
        // Nothing of the work is left. The refusal is kept in a transaction of its own: whoever
        // succeeds pays no savepoint, and a twin that got in between answers for both.
        Err(refusal) if matches!(refusal.status().as_u16(), 409 | 410 | 422) => {
            settle(app, press, async |conn| {
                let answer = refuse(app, conn, asked, &refusal, started).await?;
                Ok((answer, Vec::new()))
            })
            .await?
        }
        outcome => outcome?,
    };
    mirror_all(app, &outcome.changes).await;
    Ok(outcome)
}

async fn book_party(
    app: &App,
    conn: &mut Conn,
    asked: &Confirmation<'_>,
    started: DateTime<Utc>,
) -> Result<(BookedParty, Changes), Failure> {
    let (token, office_id) = (&asked.token, asked.office.row.office_id);
    let blinds: Vec<Vec<u8>> = asked.visitors.iter().map(|one| one.blind.clone()).collect();
    if !token.vouched && limits::store::is_cycling(conn, &blinds).await? {
        return Err(BookingProblem::CancelledOften.into());
    }
    if token.offered {
        waitlist::store::take_offer(conn, token.hold_id).await?;
    }
    // In order of time, like every lock on slots.
    for (plan, _) in asked.slots.iter().filter(|(_, materialised)| !materialised) {
        materialise(conn, asked.office, plan).await?;
    }
    let ids: Vec<AppointmentId> = asked
        .visitors
        .iter()
        .map(|_| AppointmentId(Uuid::now_v7()))
        .collect();
    let claims: Vec<Claim> = token
        .slots()
        .map(|(starts_at, place_nos)| Claim {
            office_id,
            starts_at,
            place_nos,
            hold_id: token.hold_id,
            vouched: token.vouched,
            until: token.ends_at.min(token.starts_at()).min(started + DEADLINE),
            at_desk: false,
        })
        .collect();
    let changes = claims::claim_party(conn, &claims, &ids).await?;
    let party_id = Uuid::now_v7();
    let party = Party {
        office_id,
        service_code: asked.service_code,
        helper_id: asked.asker.helper_id,
        proxy: asked
            .proxy
            .as_ref()
            .map(|(name, relation)| (name, relation.as_str())),
        verified: token.vouched,
        now: started,
    };
    let seats: Vec<Seat<'_>> = asked
        .visitors
        .iter()
        .enumerate()
        .map(|(at, visitor)| Seat {
            appointment_id: ids[at],
            party_id,
            visitor,
            starts_at: changes[at].starts_at,
            place_no: changes[at].place_no,
        })
        .collect();
    let booked = write_party(app, conn, &party, &seats).await?;
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
            tell_owner(conn, &app.keys, Kind::SecondTry, row, day).await?;
        }
    }
    Ok(answer)
}
