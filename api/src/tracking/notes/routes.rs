//! Notes, over HTTP.

use std::fmt;
use std::str::FromStr;

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{OperationId, PersonId, UnitId};
use mobile_contracts::note::FieldNote;
use mobile_contracts::page::Page;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::store::{self, NoteRow, Of};
use crate::app::App;
use crate::db::Conn;
use crate::http::extract::{Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::page::{PageQuery, Paging, page};
use crate::identity::Caller;
use crate::identity::permission::ReadWorklists;
use crate::privacy::audit;
use crate::privacy::keys::{DecryptError, Keys, Place};
use crate::tracking::persons::store::{find_person, list_members};
use crate::tracking::worklists::whose::villages_of;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_notes).service(list_person_notes);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NoteFilter {
    /// A village, or a commune with all its villages; the caller's own unit if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// Where the page before ended.
    #[param(max_length = 300)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy)]
struct Spot(DateTime<Utc>, OperationId);

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0.timestamp_micros(), self.1)
    }
}

impl FromStr for Spot {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, op_id) = text.split_once('/').ok_or(())?;
        let at = at.parse().ok().and_then(DateTime::from_timestamp_micros);
        let op_id = op_id.parse().map_err(|_| ())?;
        Ok(Self(at.ok_or(())?, op_id))
    }
}

/// List what was noted in a village or a commune, the newest first, without what was taken back.
///
/// People write names into notes, so that each page is audited.
#[utoipa::path(tag = "worklists", security(("session" = [])), params(NoteFilter), responses(
    (status = OK, description = "A page of notes.", body = Page<FieldNote>)))]
#[get("/notes")]
async fn list_notes(
    app: web::Data<App>,
    caller: Caller<ReadWorklists>,
    filter: Query<NoteFilter>,
) -> Result<web::Json<Page<FieldNote>>, Failure> {
    let query = PageQuery::read(&app.keys, "notes", filter.cursor.as_deref(), filter.limit)?;
    let today = local_day(app.clock.now());
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let unit_id = filter.unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, unit_id, today)?;
    let villages = villages_of(&caller, &geography, filter.unit_id, today)?;
    let object = format!("unit:{unit_id}");
    tell(
        &app,
        &mut conn,
        &caller,
        Of::Villages(&villages),
        &query,
        &object,
    )
    .await
}

/// List what was noted of a person of one's unit, or of who is one with them, the newest first.
///
/// It names a citizen, so that each page is audited.
#[utoipa::path(tag = "persons", security(("session" = [])),
    params(("recorded_person_id" = PersonId, Path, description = "Which person."), Paging),
    responses((status = OK, description = "A page of notes.", body = Page<FieldNote>)))]
#[get("/persons/{recorded_person_id}/notes")]
async fn list_person_notes(
    app: web::Data<App>,
    caller: Caller<ReadWorklists>,
    path: Path<PersonId>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<FieldNote>>, Failure> {
    let query = paging.of(&app.keys, "person-notes")?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let found = find_person(&mut conn, path.0).await?;
    let (village, head) = found.ok_or(CommonProblem::NotFound)?;
    caller.require_answerable(&geography, village, local_day(app.clock.now()))?;
    let members: Vec<PersonId> = list_members(&mut conn, &[head])
        .await?
        .into_keys()
        .collect();
    let object = format!("person:{}", path.0);
    tell(
        &app,
        &mut conn,
        &caller,
        Of::Persons(&members),
        &query,
        &object,
    )
    .await
}

async fn tell(
    app: &App,
    conn: &mut Conn,
    caller: &Caller<ReadWorklists>,
    of: Of<'_>,
    query: &PageQuery,
    object: &str,
) -> Result<web::Json<Page<FieldNote>>, Failure> {
    let before = query.after::<Spot>()?.map(|Spot(at, op_id)| (at, op_id));
    let rows = store::list_notes(conn, of, before, query.rows()).await?;
    let page = page(&app.keys, query, rows, |row| {
        Spot(row.effective_at, row.op_id)
    });
    let detail = json!({ "notes": page.items.len() });
    let actor = Some(caller.account_id);
    audit::record(conn, actor, "tracking.read_notes", object, detail).await?;
    let items: Result<_, DecryptError> = page
        .items
        .into_iter()
        .map(|row| read(&app.keys, row))
        .collect();
    Ok(web::Json(Page {
        items: items.map_err(Failure::internal)?,
        next_cursor: page.next_cursor,
    }))
}

fn read(keys: &Keys, row: NoteRow) -> Result<FieldNote, DecryptError> {
    let place = Place {
        column: "note.text",
        row: row.op_id.0.as_bytes(),
    };
    Ok(FieldNote {
        text: keys.decrypt(&place, &row.text)?,
        op_id: row.op_id,
        village_id: row.village_id,
        person_id: row.person_id,
        written_by: row.author_id,
        written_at: row.effective_at,
    })
}
