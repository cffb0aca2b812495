//! The list of possible twins.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

use actix_web::{get, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::fold::fold;
use mobile_contracts::ids::{PersonId, UnitId};
use mobile_contracts::page::Page;
use mobile_contracts::person::{PersonTwin, PersonTwins};
use mobile_contracts::tracking::Stage;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::rules::{Candidate, Pair, twins};
use super::store::{self, PersonRow};
use crate::app::App;
use crate::db::Conn;
use crate::http::extract::Query;
use crate::http::failure::Failure;
use crate::http::page::{Paging, seal};
use crate::identity::Caller;
use crate::identity::permission::CorrectWork;
use crate::privacy::audit;
use crate::privacy::keys::{DecryptError, Keys, Place};
use crate::tracking::credit;
use crate::tracking::persons::store::list_members;
use crate::tracking::rosters::import::row_of;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_person_twins);
}

const LIST: &str = "person-twins";

/// Villages that one page opens at most: names are read for a purpose, and answers come soon.
const VILLAGES_AT_ONCE: usize = 10;

/// Where a page ended: after a pair of a village, or before all of it.
#[derive(Debug, Clone, Copy)]
struct Spot(UnitId, Option<Pair>);

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some((one, other)) => write!(f, "{}/{one}/{other}", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}

impl FromStr for Spot {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('/');
        let village = parts.next().and_then(|part| part.parse().ok());
        let mut id = || parts.next()?.parse::<Uuid>().ok().map(PersonId);
        let pair = id().zip(id());
        Ok(Self(village.ok_or(())?, pair))
    }
}

/// A person whose name is read.
struct Read {
    row: PersonRow,
    name: String,
    phone: Option<String>,
}

/// List persons of one's unit who may be one, village by village.
///
/// Their names are alike but for marks and one letter, their years of birth do not contradict each other,
/// and one of them at least has no ID number. Whom nobody has named has the name of the newest list: somebody of a
/// list may have been recorded by their card. Names are read for this, so that every village that is
/// opened is audited. A page may be short, or empty, and others still follow.
#[utoipa::path(tag = "persons", params(Paging), security(("session" = [])), responses(
    (status = OK, description = "A page of pairs.", body = Page<PersonTwins>)))]
#[get("/persons/twins")]
async fn list_person_twins(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<PersonTwins>>, Failure> {
    let query = paging.of(&app.keys, LIST)?;
    let from = query.after::<Spot>()?;
    let limit = query.limit();
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let units = geography.all_answered_for(caller.unit_id, local_day(app.clock.now()));
    let rows = VILLAGES_AT_ONCE as i64 + 1;
    let villages = store::list_villages(&mut conn, &units, from.map(|spot| spot.0), rows).await?;
    let mut items = Vec::new();
    for village in villages.iter().take(VILLAGES_AT_ONCE) {
        let object = format!("village:{village}");
        let actor = Some(caller.account_id);
        audit::record(&mut conn, actor, "tracking.read_twins", &object, ()).await?;
        let (people, pairs) = open(&app, &mut conn, *village).await?;
        let after = from
            .filter(|spot| spot.0 == *village)
            .and_then(|spot| spot.1);
        let room = limit - items.len();
        let mut pairs = pairs
            .into_iter()
            .filter(|pair| after.is_none_or(|after| *pair > after));
        let page: Vec<Pair> = pairs.by_ref().take(room).collect();
        items.extend(tell(&mut conn, *village, &people, &page).await?);
        if let Some(last) = page.last().filter(|_| pairs.next().is_some()) {
            let spot = Spot(*village, Some(*last));
            return Ok(ended(&app.keys, items, Some(spot)));
        }
        // A full page, even if nothing may follow: whether it does costs another village.
        if let Some(next) = following(&villages, *village).filter(|_| items.len() >= limit) {
            return Ok(ended(&app.keys, items, Some(Spot(next, None))));
        }
    }
    let rest = villages.get(VILLAGES_AT_ONCE).map(|next| Spot(*next, None));
    Ok(ended(&app.keys, items, rest))
}

fn following(villages: &[UnitId], village: UnitId) -> Option<UnitId> {
    villages.iter().copied().find(|next| *next > village)
}

fn ended(keys: &Keys, items: Vec<PersonTwins>, at: Option<Spot>) -> web::Json<Page<PersonTwins>> {
    let next_cursor = at.map(|spot| seal(keys, LIST, &spot.to_string()));
    web::Json(Page { items, next_cursor })
}

/// Reads the names of a village and compares them, off the async threads.
async fn open(
    app: &App,
    conn: &mut Conn,
    village: UnitId,
) -> Result<(HashMap<PersonId, Read>, BTreeSet<Pair>), Failure> {
    let rows = store::list_persons(conn, village).await?;
    let ids: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
    let distinct = store::list_distinct(conn, &ids).await?;
    let keys = app.keys.clone();
    let compare = move || -> Result<_, DecryptError> {
        let people: Vec<Read> = rows
            .into_iter()
            .map(|row| read(&keys, row))
            .collect::<Result<_, _>>()?;
        let candidates: Vec<Candidate> = people.iter().map(candidate).collect();
        let pairs = twins(&candidates, &distinct);
        let people = people.into_iter().map(|one| (one.row.person_id, one));
        Ok((people.collect(), pairs))
    };
    let compared = tokio::task::spawn_blocking(compare).await;
    compared
        .map_err(Failure::internal)?
        .map_err(Failure::internal)
}

fn read(keys: &Keys, row: PersonRow) -> Result<Read, DecryptError> {
    let own = row.person_id.0.as_bytes();
    let line = row.roster_id.zip(row.line).map(|(id, at)| row_of(id, at));
    let open = |said: &Option<Vec<u8>>, of_person, in_list: &Option<Vec<u8>>, of_list| {
        let (column, row, value) = match (said, in_list, &line) {
            (Some(said), ..) => (of_person, &own[..], said),
            (None, Some(in_list), Some(line)) => (of_list, &line[..], in_list),
            _ => return Ok(None),
        };
        keys.decrypt(&Place { column, row }, value).map(Some)
    };
    let name = open(
        &row.name,
        "person.name",
        &row.listed_name,
        "roster_entry.name",
    )?;
    let phone = open(
        &row.phone,
        "person.phone",
        &row.listed_phone,
        "roster_entry.phone",
    )?;
    Ok(Read {
        name: name.unwrap_or_default(),
        phone,
        row,
    })
}

fn candidate(one: &Read) -> Candidate {
    Candidate {
        person_id: one.row.person_id,
        has_number: one.row.has_number,
        birth_year: one.row.birth_year,
        named_by: one.row.roster_id.filter(|_| one.row.name.is_none()),
        folded: fold(&one.name),
    }
}

async fn tell(
    conn: &mut Conn,
    village_id: UnitId,
    people: &HashMap<PersonId, Read>,
    pairs: &[Pair],
) -> Result<Vec<PersonTwins>, Failure> {
    let heads: BTreeSet<PersonId> = pairs.iter().flat_map(|(one, two)| [*one, *two]).collect();
    let heads: Vec<PersonId> = heads.into_iter().collect();
    let members = list_members(conn, &heads).await?;
    let mut stages: BTreeMap<PersonId, Vec<Stage>> = BTreeMap::new();
    for (person, stage) in credit::store::list_live_facts(conn, &members)
        .await?
        .into_keys()
    {
        stages.entry(person).or_default().push(stage);
    }
    let told = |id: &PersonId| {
        let one = people.get(id)?;
        let stages = stages.get(id).into_iter().flatten();
        Some(PersonTwin {
            person_id: *id,
            name: one.name.clone(),
            birth_year: one.row.birth_year,
            sex: one.row.sex.clone(),
            id_tail: one.row.id_tail.clone(),
            stages: stages.map(|stage| stage.as_str().to_owned()).collect(),
            first_recorded_at: one.row.created_at,
        })
    };
    let phone = |id: &PersonId| people.get(id)?.phone.as_ref();
    let twins = pairs.iter().filter_map(|(one, other)| {
        Some(PersonTwins {
            village_id,
            same_phone: phone(one)
                .zip(phone(other))
                .map(|(one, other)| one == other),
            one: told(one)?,
            other: told(other)?,
        })
    });
    Ok(twins.collect())
}
