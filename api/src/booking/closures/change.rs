//! One office changes, and the people booked there with it: one transaction, which a dry run takes
//! back. What is previewed is so what is done, by the same statements.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, OfficeId};
use mobile_contracts::opening::ChangedOffice;
use serde::Serialize;

use crate::app::App;
use crate::booking::appointments::settle::settle;
use crate::booking::closures::options::ChangeOptions;
use crate::booking::closures::rearrange::{Part, Promised, Scene, fit_office, tell};
use crate::booking::holds::mirror::{Changes, mirror_all};
use crate::booking::offices::lengths::unfilled_ends;
use crate::booking::offices::load::load_offices;
use crate::booking::offices::store::{lock_office, raise_hours_rev};
use crate::db::{self, Conn, Raced};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::idempotency::{self, IdempotencyKey, Press, SavedAnswer};
use crate::identity::Caller;
use crate::privacy::audit;

/// Why a transaction is taken back.
pub enum Halt<T> {
    /// It was only a rehearsal, and this is what it found.
    Rehearsed(Box<T>),
    Failed(Failure),
}

impl<T, E: Into<Failure>> From<E> for Halt<T> {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl<T> Raced for Halt<T> {
    fn raced(&self) -> bool {
        matches!(self, Self::Failed(failure) if failure.raced())
    }
}

/// Runs work, gives what it found, and takes everything back.
///
/// # Errors
/// Whatever the work fails with.
pub async fn rehearse<T>(
    app: &App,
    work: impl AsyncFn(&mut Conn) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut conn = app.pool.get().await?;
    let rehearsed: Result<(), Halt<T>> = db::transaction(&mut conn, async |conn: &mut Conn| {
        Err(Halt::Rehearsed(Box::new(work(conn).await?)))
    })
    .await;
    match rehearsed {
        Err(Halt::Rehearsed(found)) => Ok(*found),
        Err(Halt::Failed(failure)) => Err(failure),
        Ok(()) => Err(Failure::internal("a rehearsal was kept")),
    }
}

/// A change of one office.
pub struct Asked<'a, B> {
    pub office_id: OfficeId,
    /// As the audit trail calls it.
    pub action: &'static str,
    pub body: &'a B,
    pub options: &'a ChangeOptions,
    pub key: Option<IdempotencyKey>,
}

/// Changes an office by `write`, with the people booked there, and answers.
///
/// # Errors
/// 409 when people would lose their places and are not to be moved, or when the preview is stale.
pub async fn change_office<P, B: Serialize>(
    app: &App,
    caller: &Caller<P>,
    asked: &Asked<'_, B>,
    write: impl AsyncFn(&mut Conn) -> Result<(), Failure>,
) -> Result<HttpResponse, Failure> {
    asked.options.check()?;
    if asked.options.dry_run {
        let work = async |conn: &mut Conn| {
            let (told, _) = change(app, conn, caller.account_id, asked, &write).await?;
            Ok(told)
        };
        return Ok(HttpResponse::Ok().json(rehearse(app, work).await?));
    }
    let key = asked.key.ok_or_else(idempotency::missing)?;
    let request = serde_json::to_vec(&(asked.action, asked.office_id, asked.body, asked.options));
    let (request, actor) = (request.unwrap_or_default(), caller.actor());
    let press = Press {
        actor: &actor,
        key,
        request: &request,
    };
    let outcome = settle(app, press, async |conn| {
        let (told, changes) = change(app, conn, caller.account_id, asked, &write).await?;
        let answer = SavedAnswer::new(StatusCode::OK, told);
        Ok((answer, changes))
    })
    .await?;
    mirror_all(app, &outcome.changes).await;
    app.availability.forget_office(asked.office_id);
    Ok(outcome.answer.answer(outcome.replayed))
}

async fn change<B: Serialize>(
    app: &App,
    conn: &mut Conn,
    actor_id: AccountId,
    asked: &Asked<'_, B>,
    write: &impl AsyncFn(&mut Conn) -> Result<(), Failure>,
) -> Result<(ChangedOffice, Changes), Failure> {
    let id = asked.office_id;
    lock_office(conn, id)
        .await?
        .ok_or(CommonProblem::NotFound)?;
    let before = load_offices(conn).await?;
    write(conn).await?;
    raise_hours_rev(conn, id).await?;
    let offices = load_offices(conn).await?;
    let (Some(before), Some(after)) = (before.all.get(&id), offices.all.get(&id)) else {
        return Err(CommonProblem::NotFound.into());
    };
    let geography = app.geography(conn).await?;
    let scene = Scene {
        app,
        geography: &geography,
        reach: asked.options.reach,
        actor_id,
        shut: &|_, _| false,
    };
    let mut fitted = fit_office(conn, &before.timetable, after).await?;
    let mut promised = Promised::new();
    fitted
        .rehearse(conn, &scene, &offices, &mut promised)
        .await?;
    let planned = tell(std::slice::from_ref(fitted.part()), false);
    let today = local_day(app.clock.now());
    let office = after.tell(&geography, today);
    let unfilled = unfilled_ends(&after.timetable.hours, &after.timetable.lengths, today);
    if asked.options.dry_run {
        let rearrangement = planned;
        return Ok((
            ChangedOffice {
                office,
                rearrangement,
                unfilled,
            },
            Vec::new(),
        ));
    }
    asked.options.judge(&planned)?;
    let part: Part = fitted.carry_out(conn, &scene, &offices).await?;
    let rearrangement = tell(std::slice::from_ref(&part), true);
    let detail = serde_json::json!({
        "asked": asked.body,
        "moved": rearrangement.moved,
        "conflicts": rearrangement.conflicts,
    });
    let object = format!("office:{id}");
    audit::record(conn, Some(actor_id), asked.action, &object, detail).await?;
    Ok((
        ChangedOffice {
            office,
            rearrangement,
            unfilled,
        },
        part.changes,
    ))
}
