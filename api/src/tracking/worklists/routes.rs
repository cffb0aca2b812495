//! What is left to do, over HTTP.

use std::fmt;
use std::str::FromStr;

use actix_web::{get, web};
use mobile_contracts::ids::{PersonId, UnitId};
use mobile_contracts::page::Page;
use mobile_contracts::worklist::{Assigned, WorklistCount, WorklistCounts, WorklistEntry};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::list::{Listed, sort, standing};
use super::rules::{Reached, Standing, Worklist};
use super::whose::Whose;
use crate::app::App;
use crate::http::extract::{Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::ReadWorklists;
use crate::privacy::audit;
use crate::privacy::keys::DecryptError;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(count_worklists).service(show_worklist);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WorklistUnit {
    /// A village, or a commune with all its villages; the caller's own unit if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// me: of what is assigned to the caller; all: of the whole unit. Left out together with the unit it is me for
    /// whoever has something assigned.
    #[param(inline)]
    assigned: Option<Assigned>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WorklistQuery {
    /// A village, or a commune with all its villages; the caller's own unit if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// me: of what is assigned to the caller; all: of the whole unit. Left out together with the unit it is me for
    /// whoever has something assigned.
    #[param(inline)]
    assigned: Option<Assigned>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Count what is left to do in a village or a commune, list by list.
#[utoipa::path(tag = "worklists", params(WorklistUnit), security(("session" = [])), responses(
    (status = OK, description = "How many people each list holds.", body = WorklistCounts)))]
#[get("/worklists")]
async fn count_worklists(
    app: web::Data<App>,
    caller: Caller<ReadWorklists>,
    asked: Query<WorklistUnit>,
) -> Result<web::Json<WorklistCounts>, Failure> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let whose = Whose::find(
        &mut conn,
        &caller,
        &geography,
        asked.unit_id,
        asked.assigned,
        now,
    )
    .await?;
    let rows = whose
        .list(&mut conn, &geography, Reached::Unfinished)
        .await?;
    let standings: Vec<Standing> = rows.iter().map(standing).collect();
    let lists = Worklist::ALL.map(|list| WorklistCount {
        worklist: list.as_str().to_owned(),
        title: list.title().to_owned(),
        people: standings
            .iter()
            .filter(|standing| standing.is_on(list))
            .count() as u32,
    });
    Ok(web::Json(WorklistCounts {
        unit_id: whose.unit_id,
        assigned: whose.assigned().as_str().to_owned(),
        on: whose.today,
        lists: lists.into(),
    }))
}

/// Show one list of a village or a commune: who is left, and what is to be done next.
///
/// Everybody of a village who has not activated level 2 is on at least one list, but for whom a report says that they
/// died or moved away, until it is refused. Lists whose clock runs begin with
/// what is due first; the others go by village and given name. Names are read for this, so that each page is
/// audited. A list follows from what was recorded: nobody is put on one or taken off by hand.
#[utoipa::path(tag = "worklists", security(("session" = [])),
    params(("worklist" = String, Path, description = "not_contacted, not_installed, not_activated, needs_level2, awaiting_approval, approved, promised, no_smartphone, born_2004, born_2008, officials or members.", example = "not_contacted"), WorklistQuery),
    responses((status = OK, description = "A page of people.", body = Page<WorklistEntry>)))]
#[get("/worklists/{worklist}")]
async fn show_worklist(
    app: web::Data<App>,
    caller: Caller<ReadWorklists>,
    path: Path<String>,
    asked: Query<WorklistQuery>,
) -> Result<web::Json<Page<WorklistEntry>>, Failure> {
    let list = Worklist::parse(&path.0).ok_or(CommonProblem::NotFound)?;
    let query = PageQuery::read(&app.keys, "worklist", asked.cursor.as_deref(), asked.limit)?;
    let after: Option<Spot> = query.after()?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let whose = Whose::find(
        &mut conn,
        &caller,
        &geography,
        asked.unit_id,
        asked.assigned,
        now,
    )
    .await?;
    let rows = whose.list(&mut conn, &geography, list.reached()).await?;
    let (villages, today) = (&whose.villages, whose.today);
    let sorted = sort(&app.keys, list, rows, villages, today).map_err(Failure::internal)?;
    let from = after.map_or(0, |spot| spot.in_list(&sorted));
    let rows = sorted.into_iter().enumerate().skip(from);
    let rows: Vec<(usize, Listed)> = rows.take(query.rows() as usize).collect();
    let page = page(&app.keys, &query, rows, |(at, listed)| {
        Spot(*at, listed.person_id())
    });
    let items: Result<Vec<WorklistEntry>, DecryptError> = page
        .items
        .into_iter()
        .map(|(_, listed)| listed.tell(&app.keys, today))
        .collect();
    let items = items.map_err(Failure::internal)?;
    let (actor, object) = (Some(caller.account_id), format!("unit:{}", whose.unit_id));
    let assigned = whose.assigned().as_str();
    let detail = json!({ "worklist": list.as_str(), "assigned": assigned, "people": items.len() });
    audit::record(&mut conn, actor, "tracking.read_worklist", &object, detail).await?;
    Ok(web::Json(Page {
        items,
        next_cursor: page.next_cursor,
    }))
}

/// Where a page ended. A list moves while it is worked through: who was last is looked for, and their place
/// holds only if they are gone. A name has no place in an address.
#[derive(Debug, Clone, Copy)]
struct Spot(usize, PersonId);

impl Spot {
    fn in_list(self, people: &[Listed]) -> usize {
        let last = people.iter().position(|one| one.person_id() == self.1);
        last.map_or(self.0, |at| at + 1)
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0, self.1)
    }
}

impl FromStr for Spot {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, person) = text.split_once('/').ok_or(())?;
        let person: Uuid = person.parse().map_err(|_| ())?;
        Ok(Self(at.parse().map_err(|_| ())?, PersonId(person)))
    }
}
