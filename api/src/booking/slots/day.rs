//! One office's day as it was when it was built.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use actix_web::web::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::booking::{DaySlots, Slot};
use mobile_contracts::ids::OfficeId;
use sha2::{Digest, Sha256};

use crate::booking::offices::OfficeEntry;
use crate::booking::slots::rules::SlotPlan;

/// One office's day.
#[derive(Clone)]
pub struct Day {
    pub built: Instant,
    pub office: Arc<OfficeEntry>,
    pub on: NaiveDate,
    pub slots: Vec<SlotState>,
    /// The answer and its ETag, made when first asked for.
    pub answer: OnceLock<(Bytes, String)>,
}

/// A slot and its places.
#[derive(Debug, Clone)]
pub struct SlotState {
    pub plan: SlotPlan,
    pub places: Vec<PlaceState>,
    /// It has rows.
    pub materialised: bool,
    /// How many people wait for it: so many of its free places are about to be offered to them.
    pub awaited: usize,
}

/// A place as it was when its day was built.
#[derive(Debug, Clone)]
pub struct PlaceState {
    pub place_no: i16,
    pub opens_at: Option<DateTime<Utc>>,
    pub for_unverified: bool,
    pub rev: i64,
    /// Taken or held in PostgreSQL.
    pub taken: bool,
    /// Held or newly booked as Redis knows.
    pub held: bool,
}

impl PlaceState {
    /// Whether it can be offered to somebody who waits.
    pub fn is_free(&self, now: DateTime<Utc>) -> bool {
        !self.taken && !self.held && self.is_open(now)
    }

    fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.opens_at.is_some_and(|opens_at| opens_at <= now)
    }
}

impl SlotState {
    /// Places to offer to a hold, in the order in which Redis shall take them: the lowest first, and
    /// for somebody who is vouched for those first that strangers cannot have. As many as people wait
    /// for are kept from everybody else.
    pub fn candidates(&self, vouched: bool, now: DateTime<Utc>) -> Vec<(i16, i64)> {
        let mut places: Vec<&PlaceState> = self
            .places
            .iter()
            .filter(|place| !place.taken && place.is_open(now))
            .filter(|place| vouched || place.for_unverified)
            .collect();
        places.sort_by_key(|place| (place.for_unverified, place.place_no));
        places.truncate(places.len().saturating_sub(self.awaited));
        places
            .iter()
            .map(|place| (place.place_no, place.rev))
            .collect()
    }

    fn tell(&self, office_id: OfficeId, now: DateTime<Utc>) -> Slot {
        let count = |test: &dyn Fn(&PlaceState) -> bool| {
            let found = self.places.iter().filter(|place| test(place)).count();
            u16::try_from(found).unwrap_or(u16::MAX)
        };
        let awaited = u16::try_from(self.awaited).unwrap_or(u16::MAX);
        let unawaited = |free: u16| free.saturating_sub(awaited);
        let free = |place: &PlaceState| place.is_free(now);
        Slot {
            office_id,
            starts_at: self.plan.starts_at,
            ends_at: self.plan.ends_at,
            closes_at: self.plan.closes_at,
            free: unawaited(count(&free)),
            free_unverified: unawaited(count(&|place| free(place) && place.for_unverified)),
            opening_later: count(&|place| {
                !place.taken && place.opens_at.is_some_and(|opens_at| opens_at > now)
            }),
        }
    }
}

impl Day {
    /// A day on which nothing can be booked.
    pub fn empty(office: Arc<OfficeEntry>, on: NaiveDate) -> Self {
        Self {
            built: Instant::now(),
            office,
            on,
            slots: Vec::new(),
            answer: OnceLock::new(),
        }
    }

    pub fn slot_at(&self, starts_at: DateTime<Utc>) -> Option<&SlotState> {
        self.slots
            .iter()
            .find(|slot| slot.plan.starts_at == starts_at)
    }

    /// The slot that starts then and those that follow it without a gap, few of them: no lunch and no
    /// night lies between.
    pub fn run_from(&self, starts_at: DateTime<Utc>, most: usize) -> &[SlotState] {
        let starts = |slot: &SlotState| slot.plan.starts_at == starts_at;
        let Some(from) = self.slots.iter().position(starts) else {
            return &[];
        };
        let following = &self.slots[from..];
        let meet = |pair: &[SlotState]| pair[0].plan.ends_at == pair[1].plan.starts_at;
        let met = following.windows(2).take_while(|pair| meet(pair)).count();
        &following[..=met.min(most.saturating_sub(1))]
    }

    /// When a party that takes this many places from a slot on is through, if it fits: each slot but
    /// the last gives all that is free, and none gives nothing.
    pub fn party_ends_at(
        &self,
        starts_at: DateTime<Utc>,
        places: usize,
        vouched: bool,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let mut seated = 0;
        for slot in self.run_from(starts_at, places) {
            let told = slot.tell(self.office.row.office_id, now);
            let free = if vouched {
                told.free
            } else {
                told.free_unverified
            };
            if free == 0 {
                return None;
            }
            seated += usize::from(free);
            if seated >= places {
                return Some(slot.plan.ends_at);
            }
        }
        None
    }

    /// The slots that can still be held.
    pub fn open_slots(&self, now: DateTime<Utc>) -> impl Iterator<Item = Slot> {
        let open = self.office.row.closed_at.is_none();
        self.slots
            .iter()
            .filter(move |slot| open && now < slot.plan.closes_at)
            .map(move |slot| slot.tell(self.office.row.office_id, now))
    }

    /// The answer of `list_slots` with its ETag; `now` only counts when it is first asked for.
    pub fn answer(&self, now: DateTime<Utc>) -> &(Bytes, String) {
        self.answer.get_or_init(|| {
            let day = DaySlots {
                office_id: self.office.row.office_id,
                on: self.on,
                place: self.office.place_on(self.on),
                note: self.office.timetable.plan_of(self.on).note,
                slots: self.open_slots(now).collect(),
            };
            let body = serde_json::to_vec(&day).unwrap_or_default();
            let tag = URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..12]);
            (body.into(), format!("\"{tag}\""))
        })
    }
}
