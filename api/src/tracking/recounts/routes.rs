//! What the nights found, for administrators.

use actix_web::{get, web};
use mobile_contracts::page::Page;
use mobile_contracts::recount::Recount;
use utoipa_actix_web::service_config::ServiceConfig;

use super::store::{self, RecountRow};
use crate::app::App;
use crate::http::extract::Query;
use crate::http::failure::Failure;
use crate::http::page::{Paging, page};
use crate::identity::Caller;
use crate::identity::permission::SeeRecounts;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_recounts);
}

/// List what each night's recount of all boards found, the latest night first: how many numbers differ from the
/// records, and the first of them.
#[utoipa::path(tag = "leaderboard", security(("session" = [])), params(Paging), responses(
    (status = OK, description = "A page of nights.", body = Page<Recount>)))]
#[get("/recounts")]
async fn list_recounts(
    app: web::Data<App>,
    _caller: Caller<SeeRecounts>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<Recount>>, Failure> {
    let query = paging.of(&app.keys, "recounts")?;
    let mut conn = app.pool.get().await?;
    let rows = store::list(&mut conn, query.after()?, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.night);
    page.try_map(|row| Ok(tell(row))).map(web::Json)
}

fn tell(row: RecountRow) -> Recount {
    Recount {
        night: row.night,
        began_at: row.began_at,
        done_at: row.done_at,
        facts: row.facts,
        differences: row.differences,
        first_differences: row.first_differences.into_iter().flatten().collect(),
    }
}
