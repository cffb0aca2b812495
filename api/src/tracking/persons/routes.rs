//! Everything that was said of a person, for who answers for the place.

use std::fmt;
use std::str::FromStr;

use actix_web::{get, web};
use chrono::DateTime;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{OperationId, PersonId};
use mobile_contracts::page::Page;
use mobile_contracts::person::PersonWord;
use utoipa_actix_web::service_config::ServiceConfig;

use super::fields;
use super::rules::{Field, Word, shown};
use super::store::{self, WordRow};
use crate::app::App;
use crate::http::extract::{Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::page::{Paging, page};
use crate::identity::Caller;
use crate::identity::permission::CorrectWork;
use crate::privacy::audit;
use crate::privacy::keys::Keys;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_person_words);
}

/// Where a page of a history ends.
#[derive(Debug, Clone, Copy)]
struct Place(Word, Field);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(word, field) = self;
        let at = word.effective_at.timestamp_micros();
        write!(f, "{at}/{}/{}", word.op_id, field.as_str())
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('/');
        let at = parts.next().and_then(|at| at.parse().ok()).ok_or(())?;
        let op_id: OperationId = parts.next().and_then(|id| id.parse().ok()).ok_or(())?;
        let field = parts.next().and_then(Field::parse).ok_or(())?;
        let effective_at = DateTime::from_timestamp_micros(at).ok_or(())?;
        let word = Word {
            effective_at,
            op_id,
        };
        Ok(Self(word, field))
    }
}

/// Show everything that was said of a person of one's unit, or of who is one with them, by whom and when,
/// what was said last first.
///
/// It names a citizen, so that it is audited.
#[utoipa::path(tag = "persons", security(("session" = [])),
    params(("recorded_person_id" = PersonId, Path, description = "Which person."), Paging),
    responses((status = OK, description = "A page of the history.", body = Page<PersonWord>)))]
#[get("/persons/{recorded_person_id}/words")]
async fn list_person_words(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    path: Path<PersonId>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<PersonWord>>, Failure> {
    let query = paging.of(&app.keys, "person-words")?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let found = store::find_person(&mut conn, path.0).await?;
    let (village, head) = found.ok_or(CommonProblem::NotFound)?;
    caller.require_answerable(&geography, village, local_day(app.clock.now()))?;
    let before = query
        .after::<Place>()?
        .map(|Place(word, field)| (word, field));
    let has_number = store::has_number(&mut conn, head).await?;
    let members = store::list_members(&mut conn, &[head]).await?;
    let mut live = store::list_words(&mut conn, &members).await?;
    live.retain(|(_, field), _| !(has_number && field.is_in_number()));
    let persons: Vec<PersonId> = members.into_keys().collect();
    let rows = store::list_history(&mut conn, &persons, before, query.rows()).await?;
    let actor = Some(caller.account_id);
    let object = format!("person:{}", path.0);
    audit::record(&mut conn, actor, "tracking.read_person", &object, ()).await?;
    let told: Result<Vec<_>, Failure> = rows
        .into_iter()
        .map(|row| {
            let field = store::known(&row.field);
            let shows = |op| live.get(&(head, field)).and_then(|all| shown(all)) == Some(op);
            let is_shown = shows(row.op_id);
            Ok((place(&row, field), tell(&app.keys, row, field, is_shown)?))
        })
        .collect();
    let page = page(&app.keys, &query, told?, |(place, _)| *place);
    Ok(web::Json(Page {
        items: page.items.into_iter().map(|(_, word)| word).collect(),
        next_cursor: page.next_cursor,
    }))
}

fn place(row: &WordRow, field: Field) -> Place {
    let word = Word {
        effective_at: row.effective_at,
        op_id: row.op_id,
    };
    Place(word, field)
}

fn tell(keys: &Keys, row: WordRow, field: Field, shown: bool) -> Result<PersonWord, Failure> {
    let value = fields::read(keys, row.op_id, field, &row.value).map_err(Failure::internal)?;
    Ok(PersonWord {
        op_id: row.op_id,
        person_id: row.person_id,
        field: row.field,
        value,
        said_by: row.author_id,
        said_at: row.effective_at,
        received_at: row.received_at,
        shown,
        taken_back: row.voided_by.is_some(),
    })
}
