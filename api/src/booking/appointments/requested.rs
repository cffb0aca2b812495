//! An appointment that a volunteer asked for without a network: there was no hold, so the nearest free
//! place is taken when the request arrives.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use uuid::Uuid;

use super::claims::{Claim, claim_places};
use super::store::NewAppointment;
use super::write::write_appointments;
use crate::app::App;
use crate::booking::holds::mirror::Changes;
use crate::booking::offices::OfficeEntry;
use crate::booking::slots::routes::planned;
use crate::booking::slots::search::{Search, find_nearest};
use crate::booking::slots::store::materialise;
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::identity::rules::{new_code, normalise_code};

/// Slots that are tried before the answer waits for the next contact.
const TRIES: usize = 5;

/// A transaction that was paused longer than this does not commit.
const DEADLINE: TimeDelta = TimeDelta::seconds(10);

/// What was asked for.
#[derive(Debug)]
pub struct Wish<'a> {
    pub service_code: &'a str,
    /// None: the nearest to the village.
    pub office_id: Option<OfficeId>,
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub village_id: UnitId,
    pub helper_id: AccountId,
    pub citizen_blind: &'a [u8],
    pub id_tail: &'a str,
    pub birth_year: i16,
    pub name: &'a PersonName,
    pub phone: Option<&'a MobilePhone>,
    pub consent: &'a str,
}

/// A slot that suits.
#[derive(Debug, Clone)]
pub struct Suiting {
    office: Arc<OfficeEntry>,
    starts_at: DateTime<Utc>,
}

/// What suits a wish.
#[derive(Debug)]
pub enum Found {
    /// Free slots, the best first.
    Slots(Vec<Suiting>),
    NoSuchOffice,
    /// Nobody does it, or not there.
    NoSuchService,
}

/// Looks for slots that suit a wish, in memory.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_suiting(app: &App, wish: &Wish<'_>) -> Result<Found, Failure> {
    let today = local_day(app.clock.now());
    let horizon = today + TimeDelta::days(app.config.booking.horizon_days.into());
    let (from, last) = (wish.from.max(today), wish.until.min(horizon));
    let offices = app.availability.offices(app).await?;
    let does = |office: &OfficeEntry| office.service(wish.service_code).is_some();
    match wish.office_id {
        None if !offices.all.values().any(|office| does(office)) => Ok(Found::NoSuchService),
        None => nearest(app, wish, from, last).await.map(Found::Slots),
        Some(id) => match offices.all.get(&id) {
            None => Ok(Found::NoSuchOffice),
            Some(office) if office.row.closed_at.is_some() => Ok(Found::NoSuchOffice),
            Some(office) if !does(office) => Ok(Found::NoSuchService),
            Some(office) => earliest(app, office, from, last).await.map(Found::Slots),
        },
    }
}

/// At the offices nearest to the village.
async fn nearest(
    app: &App,
    wish: &Wish<'_>,
    from: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<Suiting>, Failure> {
    let geography = app.geography(&mut *app.pool.get().await?).await?;
    let search = Search {
        commune: geography.parent_on(wish.village_id, local_day(app.clock.now())),
        service_code: Some(wish.service_code),
        from,
        wanted: TRIES,
        for_strangers: false,
        party: 1,
    };
    let mut suiting = Vec::new();
    for near in find_nearest(app, search).await? {
        if local_day(near.starts_at) <= last {
            suiting.push(Suiting {
                office: app.availability.office(app, near.office_id).await?,
                starts_at: near.starts_at,
            });
        }
    }
    Ok(suiting)
}

/// At the office that was named.
async fn earliest(
    app: &App,
    office: &Arc<OfficeEntry>,
    from: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<Suiting>, Failure> {
    let now = app.clock.now();
    let mut suiting = Vec::new();
    let mut on = from;
    while on <= last && suiting.len() < TRIES {
        let day = app.availability.day(app, office, on).await?;
        let free = day.open_slots(now).filter(|slot| slot.free > 0);
        suiting.extend(free.take(TRIES).map(|slot| Suiting {
            office: office.clone(),
            starts_at: slot.starts_at,
        }));
        on = on + Days::new(1);
    }
    suiting.truncate(TRIES);
    Ok(suiting)
}

/// Books one person into a slot that suits, in the caller's transaction.
///
/// # Errors
/// `SlotFull` when somebody was faster, `AlreadyBooked`.
pub async fn book(
    app: &App,
    conn: &mut Conn,
    suiting: &Suiting,
    wish: &Wish<'_>,
) -> Result<(AppointmentId, Changes), Failure> {
    let started = app.clock.now();
    let office_id = suiting.office.row.office_id;
    let (plan, is_materialised) = planned(app, &suiting.office, suiting.starts_at).await?;
    if !is_materialised {
        materialise(conn, &suiting.office, &plan).await?;
    }
    let claim = Claim {
        office_id,
        starts_at: suiting.starts_at,
        place_nos: Vec::new(),
        // Nobody holds anything under this number.
        hold_id: Uuid::now_v7(),
        vouched: true,
        until: plan.closes_at.min(started + DEADLINE),
        at_desk: false,
    };
    let appointment_id = AppointmentId(Uuid::now_v7());
    let changes = claim_places(conn, &claim, &[appointment_id]).await?;
    let place_no = changes.first().map_or(0, |change| change.place_no);
    let code = normalise_code(&new_code());
    let new = NewAppointment {
        appointment_id,
        party_id: Uuid::now_v7(),
        office_id,
        starts_at: suiting.starts_at,
        place_no,
        service_code: wish.service_code,
        citizen_blind: wish.citizen_blind,
        id_tail: wish.id_tail,
        birth_year: wish.birth_year,
        name: wish.name,
        phone: wish.phone,
        phone_is_proxys: false,
        village_id: Some(wish.village_id),
        outside_province: false,
        consent: wish.consent,
        helper_id: Some(wish.helper_id),
        proxy: None,
        guardian_name: None,
        verified: true,
        keep_by: None,
        code: &code,
    };
    write_appointments(app, conn, Some(wish.helper_id), started, &[new]).await?;
    let changes = changes.into_iter().map(|change| (office_id, change));
    Ok((appointment_id, changes.collect()))
}
