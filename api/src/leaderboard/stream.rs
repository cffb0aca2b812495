//! A board as server-sent events: the page that was asked for first, and then what changed of it.
//!
//! A board is a state and no log: the id of an event is the tag of what the board says, so every
//! process knows whether somebody who comes back has missed anything, and nothing is kept for them.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::stream::{self, Stream};
use mobile_contracts::calendar::local_day;
use mobile_contracts::leaderboard::{BoardEvent, Leaderboard};
use uuid::Uuid;

use super::asked::{Asked, BoardQuery};
use super::cache::Read;
use super::problem::LeaderboardProblem;
use super::rules::changed_rows;
use super::viewers::Viewer;
use crate::app::App;
use crate::http::events::{self, HEARTBEAT};
use crate::http::extract::{Path, Query};
use crate::http::failure::Failure;
use crate::identity::permission::ReadBoards;
use crate::identity::{self, Caller};

/// How often a board is looked at: nobody is told more than one change a second.
const ROUND: Duration = Duration::from_secs(1);
/// A stream ends after this and is taken up again, so that dead lines do not stay.
const LIFE: Duration = Duration::from_secs(30 * 60);

/// Stream a page of a board, as server-sent events.
///
/// `board` carries the page as `GET /leaderboards/{level}` tells it, `change` the rows that are other
/// than before, at most one a second; the id of an event says what the board shows. Given back as
/// `Last-Event-ID`, at whatever process, a board that says the same is not told again. A comment comes
/// every 15 seconds; the stream ends with the session, and after half an hour to be taken up again.
#[utoipa::path(tag = "leaderboard", security(("session" = [])),
    params(("level" = String, Path, description = "What the rows are: village, commune, district or union.", example = "commune"), BoardQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "What the board said when the stream broke; anything else begins anew.", example = "b5bb9d8014a0f9b1d61e21e796d78dcc")),
    responses((status = OK, description = "Events whose data is a Leaderboard or a BoardChange.", body = BoardEvent, content_type = "text/event-stream"),
        LeaderboardProblem))]
#[get("/leaderboards/{level}/stream")]
pub async fn stream_leaderboard(
    app: web::Data<App>,
    caller: Caller<ReadBoards>,
    request: HttpRequest,
    path: Path<String>,
    query: Query<BoardQuery>,
) -> Result<HttpResponse, Failure> {
    let today = local_day(app.clock.now());
    let asked = Asked::read(&app, &path.0, query.0, &caller, today).await?;
    let viewer = app.viewers.watch(caller.account_id)?;
    let read = asked.look(&app, today).await?;
    let seen = request.headers().get("last-event-id");
    let has_seen = seen.is_some_and(|seen| seen.as_bytes() == read.tag.as_bytes());
    let page = asked.page(&app.keys, &read.board)?;
    let mut line = Line {
        app: app.get_ref().clone(),
        family_id: caller.family_id,
        asked,
        viewer,
        told: read,
        ready: VecDeque::from([events::opening()]),
        began: Instant::now(),
        spoke: Instant::now(),
        admitted: Instant::now(),
    };
    if !has_seen {
        line.tell_board(&page);
    }
    Ok(events::answer(line.run()))
}

/// One open stream.
struct Line {
    app: App,
    /// The sign-in of whoever watches.
    family_id: Uuid,
    asked: Asked,
    viewer: Viewer,
    /// The board that was told last, one for all who watch it: of a thousand pages each would be its own.
    told: Arc<Read>,
    ready: VecDeque<web::Bytes>,
    began: Instant,
    /// When something was last said.
    spoke: Instant,
    /// When whoever watches was last known to be signed in.
    admitted: Instant,
}

impl Line {
    fn tell_board(&mut self, page: &Leaderboard) {
        let whole = events::event("board", &self.told.tag, page);
        self.ready.push_back(whole);
    }

    fn run(self) -> impl Stream<Item = Result<web::Bytes, Infallible>> {
        stream::unfold(self, |mut line| async move {
            let bytes = line.next().await?;
            line.spoke = Instant::now();
            Some((Ok(bytes), line))
        })
    }

    /// The next bytes; `None` ends the stream.
    async fn next(&mut self) -> Option<web::Bytes> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(ready);
            }
            if self.began.elapsed() >= LIFE || *self.viewer.closed.borrow() {
                return None;
            }
            tokio::select! {
                _ = self.viewer.closed.changed() => return None,
                () = tokio::time::sleep(ROUND) => {}
            }
            if self.admitted.elapsed() >= HEARTBEAT {
                if !self.is_signed_in().await {
                    return None;
                }
                self.admitted = Instant::now();
            }
            // While the database is away nothing changes, and nobody's line is cut for that.
            if self.look().await.is_ok() && !self.ready.is_empty() {
                continue;
            }
            if self.spoke.elapsed() >= HEARTBEAT {
                return Some(events::heartbeat());
            }
        }
    }

    /// Tells what the board says now, if that is something else.
    async fn look(&mut self) -> Result<(), Failure> {
        let today = local_day(self.app.clock.now());
        let read = self.asked.look(&self.app, today).await?;
        if read.tag == self.told.tag {
            return Ok(());
        }
        let before = self.asked.page(&self.app.keys, &self.told.board)?;
        let page = self.asked.page(&self.app.keys, &read.board)?;
        // A board that closes, or is revised, is told whole.
        let is_as_open = before.closing == page.closing;
        let change = changed_rows(&before, &page).filter(|_| is_as_open);
        self.told = read;
        match change {
            Some(change) => {
                let change = events::event("change", &self.told.tag, &change);
                self.ready.push_back(change);
            }
            None => self.tell_board(&page),
        }
        Ok(())
    }

    /// Whether whoever watches still may; where nobody can say, they may for now.
    async fn is_signed_in(&self) -> bool {
        let Ok(mut conn) = self.app.pool.get().await else {
            return true;
        };
        let is_live = identity::sessions::store::is_live_family(&mut conn, self.family_id).await;
        is_live.unwrap_or(true)
    }
}
