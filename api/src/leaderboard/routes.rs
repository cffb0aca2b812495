//! Boards over HTTP: with an ETag for those who poll, as a stream for those who watch.

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, get, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::leaderboard::Leaderboard;
use utoipa_actix_web::service_config::ServiceConfig;

use super::asked::{Asked, BoardQuery};
use super::problem::LeaderboardProblem;
use super::stream::stream_leaderboard;
use super::{closing, people, reasons, trend};
use crate::app::App;
use crate::http::etag;
use crate::http::extract::{Path, Query};
use crate::http::failure::Failure;
use crate::identity::Caller;
use crate::identity::permission::ReadBoards;

pub fn routes(config: &mut ServiceConfig<'_>) {
    // Before the levels, whose path would take them.
    people::teams::routes(config);
    people::volunteers::routes(config);
    trend::routes::routes(config);
    reasons::routes::routes(config);
    config
        .service(show_leaderboard)
        .service(stream_leaderboard)
        .configure(closing::routes::routes);
}

/// Show who leads and who lags.
///
/// Communes, districts and unions of the whole province are open to everybody who is signed in, in whole
/// groups of people where they are not one's own; villages only within one's own unit. A window that is closed is
/// told as it was kept, and says so: what came late is told by its next revision. Groups of people are kept too; of a
/// window that was closed before they were, and on the provisional basis, what stands now is told, and that it still
/// moves. Other numbers are at most a second old; ask again with
/// `If-None-Match` and get 304 while nothing has changed.
#[utoipa::path(tag = "leaderboard", security(("session" = [])),
    params(("level" = String, Path, description = "What the rows are: village, commune, district or union.", example = "commune"), BoardQuery),
    responses((status = OK, description = "A page of the board.", body = Leaderboard),
        (status = NOT_MODIFIED, description = "Nothing has changed since the tag in If-None-Match."), LeaderboardProblem))]
#[get("/leaderboards/{level}")]
async fn show_leaderboard(
    app: web::Data<App>,
    caller: Caller<ReadBoards>,
    request: HttpRequest,
    path: Path<String>,
    query: Query<BoardQuery>,
) -> Result<HttpResponse, Failure> {
    let today = local_day(app.clock.now());
    let asked = Asked::read(&app, &path.0, query.0, &caller, today).await?;
    let read = asked.look(&app, today).await?;
    let tag = format!("\"{}\"", read.tag);
    if let Some(known) = etag::known(&request, &tag) {
        return Ok(known);
    }
    let board = asked.page(&app.keys, &read.board)?;
    Ok(HttpResponse::Ok().insert_header((ETAG, tag)).json(board))
}
