//! The screen as server-sent events: the whole board first, or what was missed, and then each change.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::stream::{self, Stream};
use mobile_contracts::ids::OfficeId;
use mobile_contracts::queue::{DisplayChange, DisplayEvent};
use tokio::sync::broadcast::error::RecvError;

use super::board::read_board;
use super::hub::Viewer;
use super::store::{Position, head, list_after};
use crate::app::App;
use crate::booking::problem::BookingProblem;
use crate::http::client;
use crate::http::events::{self, HEARTBEAT};
use crate::http::extract::Path;
use crate::http::failure::Failure;

/// A stream ends after this and is taken up again, so that dead lines do not stay.
const LIFE: Duration = Duration::from_secs(30 * 60);
/// Whoever missed more is told the whole board.
const MISSED_MAX: i64 = 200;

/// Stream what an office's second screen shows, as server-sent events.
///
/// `board` carries the whole screen, `change` what became of one number; the id of an event is the
/// position after it. Given back as `Last-Event-ID`, at whatever process, the stream goes on there
/// and misses nothing. A comment comes every 15 seconds; after half an hour the stream ends and is
/// taken up again.
#[utoipa::path(tag = "queue",
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("Last-Event-ID" = Option<String>, Header, description = "Where the stream broke; anything else begins anew.", example = "1-74321-5")),
    responses(
        (status = OK, description = "Events whose data is a DisplayBoard or a DisplayChange.", body = DisplayEvent, content_type = "text/event-stream"),
        BookingProblem))]
#[get("/offices/{office_id}/display/stream")]
pub async fn stream_display(
    app: web::Data<App>,
    request: HttpRequest,
    path: Path<OfficeId>,
) -> Result<HttpResponse, Failure> {
    let office = app.availability.office(&app, path.0).await?;
    let address = client::of(&request, &app.config.http);
    // Listens first, and reads then: nothing falls between.
    let mut viewer = app.displays.watch(&app.pool, address)?;
    viewer.listening().await?;
    let given = request.headers().get("last-event-id");
    let given = given.and_then(|value| value.to_str().ok()?.parse().ok());
    let mut line = Line {
        app: app.get_ref().clone(),
        office_id: office.row.office_id,
        viewer,
        last: Position {
            epoch: 0,
            xid: 0,
            seq: 0,
        },
        ready: VecDeque::from([events::opening()]),
        began: Instant::now(),
    };
    line.begin(given).await?;
    Ok(events::answer(line.run()))
}

/// One open stream.
struct Line {
    app: App,
    office_id: OfficeId,
    viewer: Viewer,
    /// Everything up to here was told.
    last: Position,
    ready: VecDeque<web::Bytes>,
    began: Instant,
}

impl Line {
    /// What was missed after a position, if that is one of this life and not too much; else the board.
    async fn begin(&mut self, given: Option<Position>) -> Result<(), Failure> {
        if let Some(given) = given
            && self.catch_up(given).await?
        {
            return Ok(());
        }
        let office = self
            .app
            .availability
            .office(&self.app, self.office_id)
            .await?;
        let board = read_board(&self.app, &office).await?;
        if let Ok(position) = board.position.parse() {
            self.last = position;
        }
        self.ready
            .push_back(events::event("board", self.last, &*board));
        Ok(())
    }

    async fn catch_up(&mut self, given: Position) -> Result<bool, Failure> {
        let mut conn = self.app.pool.get().await?;
        let head = head(&mut conn).await?;
        if given.epoch != head.epoch || given > head {
            return Ok(false);
        }
        let limit = MISSED_MAX + 1;
        let missed = list_after(&mut conn, given, Some(self.office_id), limit).await?;
        if missed.len() as i64 > MISSED_MAX {
            return Ok(false);
        }
        self.last = given;
        for one in missed {
            self.tell(one.position, &one.change);
        }
        Ok(true)
    }

    fn tell(&mut self, position: Position, change: &DisplayChange) {
        if position > self.last {
            self.last = position;
            self.ready
                .push_back(events::event("change", position, change));
        }
    }

    fn run(self) -> impl Stream<Item = Result<web::Bytes, Infallible>> {
        stream::unfold(self, |mut line| async move {
            let bytes = line.next().await?;
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
                () = tokio::time::sleep(HEARTBEAT) => {
                    return Some(events::heartbeat());
                }
                change = self.viewer.changes.recv() => match change {
                    Ok(one) if one.office_id == self.office_id => {
                        self.tell(one.position, &one.change);
                    }
                    Ok(_) => {}
                    // It was too slow, or so were we: everything anew.
                    Err(RecvError::Lagged(_)) => self.begin(None).await.ok()?,
                    Err(RecvError::Closed) => return None,
                }
            }
        }
    }
}
