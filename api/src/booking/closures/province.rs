//! Every office within a unit closes: one transaction an office. What was interrupted goes on where it
//! stopped when the same request comes again.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, Utc};
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::ids::OfficeId;
use mobile_contracts::opening::{CloseOffices, ClosedOffices, ExceptionKind, Rearrangement};
use uuid::Uuid;

use crate::app::App;
use crate::booking::calendar::rules::{check_coming, check_minutes};
use crate::booking::calendar::store::{NewException, has_begun, insert_exception};
use crate::booking::closures::change::rehearse;
use crate::booking::closures::options::{ChangeOptions, OnConflict};
use crate::booking::closures::rearrange::{Part, Promised, Scene, fit_office, tell};
use crate::booking::holds::mirror::mirror_all;
use crate::booking::offices::load::load_offices;
use crate::booking::offices::rules::check_text;
use crate::booking::offices::store::{lock_office, raise_hours_rev};
use crate::booking::problem::BookingProblem;
use crate::booking::slots::rules::minute_of_day;
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::extract::{Json, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::idempotency::{self, IdempotencyKey, OptionalKey, Press, SavedAnswer};
use crate::identity::Caller;
use crate::identity::permission::CloseOffices as MayClose;
use crate::privacy::audit;
use crate::privacy::keys::Keys;

/// A closure with everything checked.
struct Closure<'a> {
    app: &'a App,
    geography: &'a Geography,
    caller: &'a Caller<MayClose>,
    body: &'a CloseOffices,
    options: &'a ChangeOptions,
    office_ids: Vec<OfficeId>,
    /// Each office is closed once under it.
    closure_id: Uuid,
}

/// Close every office within a unit on some days, or in some hours of them.
///
/// Everybody is moved, or listed as a conflict, and told once. Offices close one after the other: sent
/// again under its key, a request that was interrupted closes the rest.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = CloseOffices,
    params(ChangeOptions,
        ("Idempotency-Key" = Option<Uuid>, Header, description = "A new UUID for each press of the button; needed unless it is a dry run.")),
    responses((status = OK, description = "Done, or what would be.", body = ClosedOffices), BookingProblem))]
#[post("/closures")]
pub async fn close_offices(
    app: web::Data<App>,
    caller: Caller<MayClose>,
    options: Query<ChangeOptions>,
    OptionalKey(key): OptionalKey,
    body: Json<CloseOffices>,
) -> Result<HttpResponse, Failure> {
    let geography = app.fresh_geography().await?;
    let today = local_day(app.clock.now());
    caller.require_unit(&geography, body.unit_id, today)?;
    options.check()?;
    let mut faults = Vec::new();
    check_text("/reason", &body.reason, 1..=300, &mut faults);
    check_text("/note", &body.note, 0..=300, &mut faults);
    check_coming(body.from_on, body.to_on, today, &mut faults);
    check_minutes(body.from_min, body.to_min, &mut faults);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let offices = app.availability.offices(&app).await?;
    let within = offices.all.values().filter(|office| {
        office.row.closed_at.is_none() && geography.covers(body.unit_id, office.row.unit_id, today)
    });
    let actor = caller.actor();
    let closure_id = match key.filter(|_| !options.dry_run) {
        Some(key) => closure_id(&app.keys, &actor, key, &body),
        None => Uuid::new_v4(),
    };
    let closure = Closure {
        app: &app,
        geography: &geography,
        caller: &caller,
        body: &body,
        options: &options,
        office_ids: within.map(|office| office.row.office_id).collect(),
        closure_id,
    };
    if options.dry_run {
        return Ok(HttpResponse::Ok().json(closure.tell(closure.preview().await?)));
    }
    closure.run(key.ok_or_else(idempotency::missing)?).await
}

/// The same request of the same sender is the same closure.
fn closure_id(keys: &Keys, actor: &str, key: IdempotencyKey, body: &CloseOffices) -> Uuid {
    let body = serde_json::to_vec(body).unwrap_or_default();
    let mac = keys.lasting_mac("closure/v1", &[actor.as_bytes(), key.0.as_bytes(), &body]);
    let mut id = [0; 16];
    id.copy_from_slice(&mac[..16]);
    Uuid::from_bytes(id)
}

impl Closure<'_> {
    async fn run(&self, key: IdempotencyKey) -> Result<HttpResponse, Failure> {
        let request = serde_json::to_vec(&(self.body, self.options)).unwrap_or_default();
        let actor = self.caller.actor();
        let mut conn = self.app.pool.get().await?;
        let press = Press {
            actor: &actor,
            key,
            request: &request,
        };
        let known = idempotency::find(&mut conn, &self.app.keys, press).await?;
        if let Some(answer) = known {
            return Ok(answer.answer(true));
        }
        let has_begun = has_begun(&mut conn, self.closure_id).await?;
        drop(conn);
        // One that was interrupted was judged before it began.
        if !has_begun {
            self.options.judge(&self.preview().await?)?;
        }
        let mut parts = Vec::new();
        for office_id in &self.office_ids {
            let part = self.close(*office_id).await?;
            mirror_all(self.app, &part.changes).await;
            self.app.availability.forget_office(*office_id);
            parts.push(part);
        }
        let mut conn = self.app.pool.get().await?;
        let told = self.tell(tell(&parts, true));
        let pressed = db::transaction::<_, Failure>(&mut conn, async |conn: &mut Conn| {
            idempotency::once(conn, &self.app.keys, press, async |_| {
                Ok((SavedAnswer::new(StatusCode::OK, &told), ()))
            })
            .await
        })
        .await?;
        Ok(pressed.answer())
    }

    /// What would become of everybody: each office in a transaction that is taken back, none sending
    /// its people to what another has promised.
    async fn preview(&self) -> Result<Rearrangement, Failure> {
        let mut promised = Promised::new();
        let mut parts = Vec::new();
        for office_id in &self.office_ids {
            let (part, more) = rehearse(self.app, async |conn: &mut Conn| {
                let mut more = promised.clone();
                let part = self.close_one(conn, *office_id, Some(&mut more)).await?;
                Ok((part, more))
            })
            .await?;
            promised = more;
            parts.push(part);
        }
        Ok(tell(&parts, false))
    }

    /// Closes one office, unless this closure has.
    async fn close(&self, office_id: OfficeId) -> Result<Part, Failure> {
        let mut conn = self.app.pool.get().await?;
        db::transaction::<_, Failure>(&mut conn, async |conn: &mut Conn| {
            self.close_one(conn, office_id, None).await
        })
        .await
    }

    async fn close_one(
        &self,
        conn: &mut Conn,
        id: OfficeId,
        rehearsal: Option<&mut Promised>,
    ) -> Result<Part, Failure> {
        lock_office(conn, id)
            .await?
            .ok_or(CommonProblem::NotFound)?;
        let before = load_offices(conn).await?;
        if insert_exception(conn, &self.exception(id)).await?.is_none() {
            return Ok(Part::default());
        }
        raise_hours_rev(conn, id).await?;
        let offices = load_offices(conn).await?;
        let (Some(before), Some(after)) = (before.all.get(&id), offices.all.get(&id)) else {
            return Err(CommonProblem::NotFound.into());
        };
        let mut fitted = fit_office(conn, &before.timetable, after).await?;
        let shut = |office_id, starts_at| self.shuts(office_id, starts_at);
        let scene = Scene {
            app: self.app,
            geography: self.geography,
            reach: self.options.reach,
            actor_id: self.caller.account_id,
            shut: &shut,
        };
        if let Some(promised) = rehearsal {
            fitted.rehearse(conn, &scene, &offices, promised).await?;
            return Ok(fitted.into_part());
        }
        if self.options.on_conflict == OnConflict::Refuse && !fitted.is_harmless() {
            return Err(BookingProblem::HoursInUse.into());
        }
        let part = fitted.carry_out(conn, &scene, &offices).await?;
        let (actor, object) = (Some(self.caller.account_id), format!("office:{id}"));
        let detail = serde_json::json!({ "asked": self.body, "losing": part.people.len() });
        audit::record(conn, actor, "booking.close_offices", &object, detail).await?;
        Ok(part)
    }

    /// Whether a slot falls into the closure.
    fn shuts(&self, office_id: OfficeId, starts_at: DateTime<Utc>) -> bool {
        let days = local_day_bounds(self.body.from_on).start..local_day_bounds(self.body.to_on).end;
        let minutes = self.body.from_min.unwrap_or(0)..self.body.to_min.unwrap_or(1440);
        days.contains(&starts_at)
            && minutes.contains(&minute_of_day(starts_at))
            && self.office_ids.binary_search(&office_id).is_ok()
    }

    fn exception(&self, office_id: OfficeId) -> NewException<'_> {
        NewException {
            office_id,
            kind: ExceptionKind::Closed,
            from_on: self.body.from_on,
            to_on: self.body.to_on,
            from_min: self.body.from_min.unwrap_or(0),
            to_min: self.body.to_min.unwrap_or(1440),
            capacity: None,
            sessions: &[],
            place: None,
            reason: self.body.reason.trim(),
            note: self.body.note.trim(),
            closure_id: Some(self.closure_id),
            set_by: Some(self.caller.account_id),
        }
    }

    fn tell(&self, rearrangement: Rearrangement) -> ClosedOffices {
        ClosedOffices {
            office_ids: self.office_ids.clone(),
            rearrangement,
        }
    }
}
