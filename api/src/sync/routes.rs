//! Pulling, and proving that nothing was missed.

use actix_web::middleware::Compress;
use actix_web::{HttpRequest, get, web};
use mobile_contracts::sync::{CHANGES_PER_PULL_MAX, Checksums, PulledChanges};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::hints;
use super::problem::SyncProblem;
use super::stream::Stream;
use crate::app::App;
use crate::db::Conn;
use crate::http::extract::Query;
use crate::http::failure::Failure;
use crate::http::limit::Rate;
use crate::http::page::{PageQuery, seal};
use crate::identity::Caller;
use crate::identity::permission::{ReadOwnWork, RecordWork};
use crate::tracking::client::{CLIENT_MEANING, require_current};
use crate::tracking::problem::ClientProblem;
use crate::tracking::requests::answer::answer_requests;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(pull_changes).service(sum_changes);
}

/// A sum reads everything: it is for suspicion, and for once a week.
const CHECKSUMS: Rate = Rate {
    name: "checksums",
    per_hour: 60,
    burst: 30,
};

/// What the cursor of a pull is signed for.
const PULL: &str = "pull";

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PullFilter {
    /// Where the pull before ended.
    #[param(max_length = 300)]
    cursor: Option<String>,
    /// Most changes of this pull.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
}

/// Pull what changed: one's own operations, and what is needed to work without a network.
///
/// Collections: `operation` (one's own, with verdict and credit), `unit` (the villages and communes of
/// the caller's unit, and those above for their names), `target` (targets of those units), `hint`
/// (of each village who may have been recorded already: a phone that finds the tag of an ID number among
/// its tags warns, of the stages that are marked for it, and is wrong with one stranger in a hundred where 600
/// people are recorded; the tags say of nobody that they are), `campaign` (of those units and of those above). Skip a
/// collection that you do not know.
///
/// Apply the items in their order: `put` writes the row of that id, `del` removes it, and both may be of
/// something that you have, or never had. In the same transaction store `next_cursor`, and ask again at
/// once while `more` is true. The first time, ask without a cursor. The position lags behind the oldest
/// transaction that still runs, so that nothing that commits late is ever skipped.
///
/// 410 means that what the phone has can no longer be brought up to date: `scope-changed` (the account
/// was moved, has another role, or the tree of units has changed), `cursor-expired` (nothing was pulled
/// for 90 days, which is how long removals are kept), `epoch-changed` (the server was restored from a
/// backup: first push again what it confirmed in the last 30 days, which costs nothing). Then forget the
/// cursor, pull everything into shadow stores, and put them in the place of the old ones in one
/// transaction once `more` is false. The outbox is another store and stays as it is: what was recorded
/// for a unit that is no longer yours is still sent, and held for a person to decide.
///
/// Whoever has another role by now, and may no longer record, still learns what became of their work: of them the
/// stream has `operation` alone, without the codes of appointments, and nothing of units.
///
/// Once a week, or on suspicion, compare with `GET /sync/checksums`.
///
/// Compressed for whoever sends `Accept-Encoding: gzip`: a season's work is then a fifth of its size.
#[utoipa::path(tag = "sync", security(("session" = [])),
    params(PullFilter, ("X-Client" = Option<String>, Header, description = CLIENT_MEANING, example = "to06-web/1.8.2")),
    responses((status = OK, description = "Changes in order, and where to go on.", body = PulledChanges),
        SyncProblem, ClientProblem))]
#[get("/sync/pull", wrap = "Compress::default()")]
async fn pull_changes(
    app: web::Data<App>,
    caller: Caller<ReadOwnWork>,
    request: HttpRequest,
    filter: Query<PullFilter>,
) -> Result<web::Json<PulledChanges>, Failure> {
    require_current(&app, &request)?;
    let (cursor, limit) = (filter.cursor.as_deref(), filter.limit);
    let query = PageQuery::read_up_to(CHANGES_PER_PULL_MAX, &app.keys, PULL, cursor, limit)?;
    // Places come free while nobody asks: every contact tries again.
    answer_requests(&app, caller.account_id).await;
    let mut conn = app.pool.get().await?;
    let mut page = read_page(&app, &mut conn, &caller, &query).await?;
    // Whoever has everything else by now waits for hints, if anybody must: those that changed stand at the end.
    if !page.more && caller.may::<RecordWork>() && hints::renew(&app, &mut conn, &caller).await? {
        page = read_page(&app, &mut conn, &caller, &query).await?;
    }
    Ok(web::Json(page))
}

async fn read_page<P>(
    app: &App,
    conn: &mut Conn,
    caller: &Caller<P>,
    query: &PageQuery,
) -> Result<PulledChanges, Failure> {
    let as_of = app.clock.now();
    let stream = Stream::open(app, conn, caller).await?;
    let mut position = stream.resume(conn, query.after()?).await?;
    let mut changes = stream.read(conn, position, query.rows()).await?;
    let more = changes.len() as i64 == query.rows();
    changes.truncate(query.rows() as usize - 1);
    if let Some((last, _)) = changes.last() {
        position = *last;
    }
    let cursor = stream.standing().cursor(position).to_string();
    Ok(PulledChanges {
        items: changes.into_iter().map(|(_, change)| change).collect(),
        next_cursor: seal(&app.keys, PULL, &cursor),
        more,
        as_of,
        epoch: stream.epoch,
    })
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct At {
    /// Where the last pull ended.
    #[param(max_length = 300)]
    cursor: String,
}

/// Sum up what a phone has if it missed nothing up to its cursor.
///
/// Per collection the number of rows and the sum of their hashes, in which the order does not matter.
/// How a row is hashed stands in `mobile-contracts/src/sync.rs`, with vectors in
/// `examples/checksum-vectors.json`. Where something changed after the cursor nothing can be said: such
/// collections stand in `behind`; pull, and ask again. Where a sum differs, forget the cursor and pull
/// everything into shadow stores, as after a 410, and report it.
#[utoipa::path(tag = "sync", security(("session" = [])),
    params(At, ("X-Client" = Option<String>, Header, description = CLIENT_MEANING, example = "to06-web/1.8.2")),
    responses((status = OK, description = "The sums.", body = Checksums), SyncProblem, ClientProblem))]
#[get("/sync/checksums")]
async fn sum_changes(
    app: web::Data<App>,
    caller: Caller<ReadOwnWork>,
    request: HttpRequest,
    at: Query<At>,
) -> Result<web::Json<Checksums>, Failure> {
    require_current(&app, &request)?;
    let query = PageQuery::read(&app.keys, PULL, Some(&at.cursor), None)?;
    app.limiter.admit(CHECKSUMS, &caller.actor()).await?;
    let as_of = app.clock.now();
    let mut conn = app.pool.get().await?;
    let stream = Stream::open(&app, &mut conn, &caller).await?;
    let position = stream.resume(&mut conn, query.after()?).await?;
    let (collections, behind) = stream.sum_up(&mut conn, position).await?;
    Ok(web::Json(Checksums {
        collections,
        behind,
        as_of,
        epoch: stream.epoch,
    }))
}
