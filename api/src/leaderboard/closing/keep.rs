//! Closing what is due, issuing what came late, and proving what is kept.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;

use super::contents;
use super::counted::{self, Counted};
use super::reached;
use super::rules::{self, Issue, Kept, KeptTarget, LOOK_BACK, NIGHT_WINDOWS_MAX, Span, Sum};
use super::store::{self, ClosingRow};
use super::tens::tens;
use crate::app::App;
use crate::campaign::targets;
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::geography::store::load_geography;
use crate::http::failure::Failure;
use crate::leaderboard::previous;
use crate::leaderboard::quality::list_grades;
use crate::reporting;
use crate::tracking;

/// How many windows this process's last night left to the next one; unknown before its first. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Left(Arc<Mutex<Option<usize>>>);

impl Left {
    fn tell(&self, left: usize) {
        // A number is whole after any panic.
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(left);
    }

    pub fn told(&self) -> Option<usize> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One night's work: closes the windows that are due, so many at most, and leaves the rest to the next night.
///
/// # Errors
/// When the database cannot; what was closed until then stays closed.
pub async fn once(app: &App) -> Result<(), Failure> {
    close(app, NIGHT_WINDOWS_MAX).await
}

/// A night that leaves nothing: in a demo, whose season nobody has served, people look at closed boards at once.
///
/// # Errors
/// As [`once`].
pub async fn whole(app: &App) -> Result<(), Failure> {
    close(app, usize::MAX).await
}

async fn close(app: &App, most: usize) -> Result<(), Failure> {
    let mut conn = app.pool.get().await?;
    let today = local_day(app.clock.now());
    let night = close_some(&mut conn, today - LOOK_BACK, today, most).await?;
    app.closings_left.tell(night.left);
    let (closed, left) = (night.closed.len(), night.left);
    tracing::info!(closed, left, "windows of boards were closed");
    Ok(())
}

/// Closes every window that ends on `since` or later, is due on `today` and stands open; tells which.
///
/// # Errors
/// When the database cannot.
pub async fn close_due(
    conn: &mut Conn,
    since: NaiveDate,
    today: NaiveDate,
) -> Result<Vec<Span>, Failure> {
    let all = close_some(conn, since, today, usize::MAX).await?;
    Ok(all.closed)
}

/// What was closed, and how many windows that are due are still open.
#[derive(Debug, Default)]
pub struct Closed {
    pub closed: Vec<Span>,
    pub left: usize,
}

/// The same of so many windows at most, the oldest first. Each is committed by itself: whoever is stopped between two
/// of them has lost nothing. Two processes at once close each window once: the second finds its row.
///
/// # Errors
/// When the database cannot.
pub async fn close_some(
    conn: &mut Conn,
    since: NaiveDate,
    today: NaiveDate,
    most: usize,
) -> Result<Closed, Failure> {
    // Before anybody recorded there is nothing to keep.
    let Some(first) = tracking::totals::first_day(conn).await? else {
        return Ok(Closed::default());
    };
    let since = since.max(first);
    let mut due = rules::due(since, today);
    due.extend(closed_periods(conn, since, today).await?);
    for span in store::closed_since(conn, since).await? {
        due.remove(&span);
    }
    let left = due.len().saturating_sub(most);
    let mut closed = Vec::new();
    let geography = load_geography(conn).await?;
    for span in due.into_iter().take(most) {
        let is_new = db::transaction::<_, Failure>(conn, async |conn| {
            let kept = count(conn, &geography, span, 0, None).await?;
            Ok(store::insert(conn, &kept).await?)
        })
        .await?;
        if is_new {
            closed.push(span);
        }
    }
    Ok(Closed { closed, left })
}

/// The days of reporting periods that their units closed.
async fn closed_periods(
    conn: &mut Conn,
    since: NaiveDate,
    today: NaiveDate,
) -> Result<BTreeSet<Span>, Failure> {
    let days = reporting::periods::store::closed_days(conn, since).await?;
    let spans = days
        .into_iter()
        .map(|(starts_on, ends_on)| Span { starts_on, ends_on });
    Ok(spans.filter(|span| span.closes_on() <= today).collect())
}

/// The window with which the ranks of one are compared.
///
/// # Errors
/// When the database cannot.
pub async fn previous_of(conn: &mut Conn, span: Span) -> Result<Span, Failure> {
    let before = previous::of_days(conn, span.window()).await?;
    // Before a window that has a first day is one that has one, too.
    Span::of(before).ok_or_else(|| Failure::internal("a window before has no first day"))
}

/// A window as the rollups and the targets have it now.
///
/// # Errors
/// When the database cannot.
pub async fn count(
    conn: &mut Conn,
    geography: &Geography,
    span: Span,
    revision: i32,
    issue: Option<Issue>,
) -> Result<Kept, Failure> {
    let previous = previous_of(conn, span).await?;
    let counted = counted::count(conn, span, previous).await?;
    let tens = tens(geography, &counted);
    let sums = sums_of(counted);
    let targets = targets::list_on(conn, span.ends_on).await?;
    let turn = |(stage, unit_id, people, denominator)| KeptTarget {
        stage,
        unit_id,
        people,
        denominator,
    };
    let targets: Vec<KeptTarget> = targets.into_iter().map(turn).collect();
    let reached = reached::list(conn, geography, span, (&sums, &targets)).await?;
    let grades = list_grades(conn, geography, span.ends_on).await?;
    Ok(Kept {
        span,
        revision,
        previous: Some(previous),
        issue,
        sums,
        tens: Some(tens),
        targets,
        reached,
        grades: grades.into_iter().collect(),
    })
}

/// The counts that there are.
pub fn sums_of(counted: Vec<Counted>) -> Vec<Sum> {
    let sums = counted.into_iter().map(|counted| counted.sum);
    sums.filter(Sum::is_any).collect()
}

/// A revision as it is kept.
///
/// # Errors
/// When the database cannot.
pub async fn load(conn: &mut Conn, row: &ClosingRow) -> Result<Kept, Failure> {
    let span = row.span();
    let tens = match row.tens_kept {
        true => Some(contents::tens(conn, span, row.revision, None).await?),
        false => None,
    };
    Ok(Kept {
        span,
        revision: row.revision,
        previous: row.previous(),
        issue: row.issue(),
        sums: contents::sums(conn, span, row.revision, None).await?,
        tens,
        targets: contents::targets(conn, span, row.revision).await?,
        reached: contents::reached(conn, span, row.revision).await?,
        grades: contents::grades(conn, span, row.revision).await?,
    })
}

/// How many closings and revisions were looked at, and those that are no longer what their hash says.
#[derive(Debug, Default)]
pub struct Proof {
    pub looked_at: usize,
    pub broken: Vec<(Span, i32)>,
}

/// Takes every hash again.
///
/// # Errors
/// When the database cannot.
pub async fn verify(conn: &mut Conn) -> Result<Proof, Failure> {
    const PAGE: i64 = 200;
    let mut proof = Proof::default();
    loop {
        let rows = store::list(conn, None, proof.looked_at as i64, PAGE).await?;
        for row in &rows {
            let kept = load(conn, row).await?;
            let is_whole = kept.issue.as_ref().is_none_or(Issue::is_whole);
            if !is_whole || kept.hash()[..] != row.hash[..] {
                proof.broken.push((row.span(), row.revision));
            }
        }
        proof.looked_at += rows.len();
        if (rows.len() as i64) < PAGE {
            return Ok(proof);
        }
    }
}
