//! Answering: a place is taken and the request is answered in one transaction, so that a lost answer or
//! two phones at once book nothing twice.

use std::collections::BTreeSet;

use chrono::Days;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, OperationId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;

use super::store::{self, Answer, OpenRequest};
use crate::app::App;
use crate::booking::appointments::requested::{Found, Suiting, Wish, book, find_suiting};
use crate::booking::holds::mirror::mirror_all;
use crate::booking::problem::BookingProblem;
use crate::db;
use crate::http::failure::Failure;
use crate::privacy::keys::{Keys, Place};
use crate::tracking::batch::store::touch_operations;

/// How long a request without a last day waits for a place.
const WAITS_DAYS: u16 = 30;

/// Overdue requests that are listed at once.
const LAPSED_AT_ONCE: i64 = 100;

/// Answers what this author asked for. What cannot be answered now stays open: a contact is never
/// refused because of it.
pub async fn answer_requests(app: &App, author: AccountId) {
    let open = match app.pool.get().await {
        Ok(mut conn) => store::take_open(&mut conn, author).await,
        Err(error) => return tracing::warn!(%error, "requests wait for the next contact"),
    };
    let open = open.unwrap_or_else(|error| {
        tracing::warn!(%error, "requests wait for the next contact");
        Vec::new()
    });
    for op_id in open {
        if let Err(error) = answer_one(app, op_id).await {
            tracing::warn!(?error, %op_id, "a request waits for the next contact");
        }
    }
}

/// Ends what nobody can be given any more. Its author may have been stopped, or gone: a request does not wait for
/// them to come back.
///
/// # Errors
/// When the database cannot; what was ended until then stays so.
pub async fn lapse_overdue(app: &App) -> Result<(), Failure> {
    loop {
        let today = local_day(app.clock.now());
        let mut conn = app.pool.get().await?;
        let overdue =
            store::list_overdue(&mut conn, today, WAITS_DAYS.into(), LAPSED_AT_ONCE).await?;
        drop(conn);
        if overdue.is_empty() {
            return Ok(());
        }
        for op_id in overdue {
            settle(app, op_id, Answer::Lapsed).await?;
        }
    }
}

async fn answer_one(app: &App, op_id: OperationId) -> Result<(), Failure> {
    let found = store::find_open(&mut *app.pool.get().await?, op_id).await?;
    let Some(request) = found else {
        return Ok(());
    };
    let name = open_field(
        &app.keys,
        &request,
        "appointment_request.name",
        &request.name,
    )?;
    let name = PersonName::parse(&name.unwrap_or_default()).map_err(Failure::internal)?;
    let phone = open_field(
        &app.keys,
        &request,
        "appointment_request.phone",
        &request.phone,
    )?;
    let phone = phone.and_then(|phone| MobilePhone::parse(&phone).ok());
    let today = local_day(app.clock.now());
    let asked_on = local_day(request.effective_at);
    let wish = Wish {
        service_code: &request.service_code,
        office_id: request.office_id,
        from: request.not_before.unwrap_or(today),
        until: request
            .not_after
            .unwrap_or(asked_on + Days::new(WAITS_DAYS.into())),
        village_id: request.village_id,
        helper_id: request.author_id,
        citizen_blind: request.subject_blind.as_deref().unwrap_or_default(),
        id_tail: request.id_tail.as_deref().unwrap_or_default(),
        birth_year: request.birth_year.unwrap_or_default(),
        name: &name,
        phone: phone.as_ref(),
        consent: &request.consent,
    };
    let suiting = match find_suiting(app, &wish).await? {
        Found::Slots(suiting) => suiting,
        Found::NoSuchOffice => return settle(app, op_id, Answer::Refused("OFFICE_UNKNOWN")).await,
        Found::NoSuchService => {
            return settle(app, op_id, Answer::Refused("SERVICE_UNKNOWN")).await;
        }
    };
    for slot in &suiting {
        match book_one(app, op_id, slot, &wish).await {
            Err(refusal) if is_taken(&refusal) => {}
            Err(refusal) if refusal.kind() == BookingProblem::AlreadyBooked.kind() => {
                return settle(app, op_id, Answer::Refused("ALREADY_BOOKED")).await;
            }
            outcome => return outcome,
        }
    }
    if wish.until < today {
        return settle(app, op_id, Answer::Lapsed).await;
    }
    Ok(())
}

/// Somebody was faster: another slot may do.
fn is_taken(refusal: &Failure) -> bool {
    [BookingProblem::SlotFull, BookingProblem::HoldEnded]
        .iter()
        .any(|problem| problem.kind() == refusal.kind())
}

async fn book_one(
    app: &App,
    op_id: OperationId,
    slot: &Suiting,
    wish: &Wish<'_>,
) -> Result<(), Failure> {
    let mut conn = app.pool.get().await?;
    let changes = db::transaction::<_, Failure>(&mut conn, async |conn| {
        if !store::lock_open(conn, op_id).await? {
            return Ok(Vec::new());
        }
        let (appointment_id, changes) = book(app, conn, slot, wish).await?;
        store::set_answer(conn, op_id, Answer::Booked(appointment_id)).await?;
        touch_operations(conn, &BTreeSet::from([op_id])).await?;
        Ok(changes)
    })
    .await?;
    drop(conn);
    mirror_all(app, &changes).await;
    Ok(())
}

async fn settle(app: &App, op_id: OperationId, answer: Answer) -> Result<(), Failure> {
    let mut conn = app.pool.get().await?;
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        if store::lock_open(conn, op_id).await? {
            store::set_answer(conn, op_id, answer).await?;
            touch_operations(conn, &BTreeSet::from([op_id])).await?;
        }
        Ok(())
    })
    .await
}

fn open_field(
    keys: &Keys,
    request: &OpenRequest,
    column: &'static str,
    stored: &Option<Vec<u8>>,
) -> Result<Option<String>, Failure> {
    let place = Place {
        column,
        row: request.op_id.0.as_bytes(),
    };
    let opened = stored.as_deref().map(|stored| keys.decrypt(&place, stored));
    opened.transpose().map_err(Failure::internal)
}
