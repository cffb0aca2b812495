//! Closing what is due, issuing what came late, and proving what is kept.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;

use super::rules::{self, Issue, Kept, KeptTarget, LOOK_BACK, Span};
use super::store::{self, ClosingRow};
use crate::app::App;
use crate::campaign::targets;
use crate::db::{self, Conn};
use crate::http::failure::Failure;
use crate::reporting;
use crate::tracking;

/// One night's work: closes every window that is due.
///
/// # Errors
/// When the database cannot; what was closed until then stays closed.
pub async fn once(app: &App) -> Result<(), Failure> {
    let mut conn = app.pool.get().await?;
    let today = local_day(app.clock.now());
    let closed = close_due(&mut conn, today - LOOK_BACK, today).await?;
    tracing::info!(closed = closed.len(), "windows of boards were closed");
    Ok(())
}

/// Closes the windows that end on `since` or later, are due on `today` and stand open; tells which. Two processes
/// at once close each window once: the second finds its row.
///
/// # Errors
/// When the database cannot.
pub async fn close_due(
    conn: &mut Conn,
    since: NaiveDate,
    today: NaiveDate,
) -> Result<Vec<Span>, Failure> {
    // Before anybody recorded there is nothing to keep.
    let Some(first) = tracking::totals::first_day(conn).await? else {
        return Ok(Vec::new());
    };
    let since = since.max(first);
    let mut due = rules::due(since, today);
    due.extend(closed_periods(conn, since, today).await?);
    for span in store::closed_since(conn, since).await? {
        due.remove(&span);
    }
    let mut closed = Vec::new();
    for span in due {
        let is_new = db::transaction::<_, Failure>(conn, async |conn| {
            let kept = count(conn, span, 0, None).await?;
            Ok(store::insert(conn, &kept).await?)
        })
        .await?;
        if is_new {
            closed.push(span);
        }
    }
    Ok(closed)
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

/// A window as the rollups and the targets have it now.
///
/// # Errors
/// When the database cannot.
pub async fn count(
    conn: &mut Conn,
    span: Span,
    revision: i32,
    issue: Option<Issue>,
) -> Result<Kept, Failure> {
    let sums = store::count(conn, span.window()).await?;
    let targets = targets::list_on(conn, span.ends_on).await?;
    let turn = |(stage, unit_id, people, denominator)| KeptTarget {
        stage,
        unit_id,
        people,
        denominator,
    };
    Ok(Kept {
        span,
        revision,
        issue,
        sums,
        targets: targets.into_iter().map(turn).collect(),
    })
}

/// A revision as it is kept.
///
/// # Errors
/// When the database cannot.
pub async fn load(conn: &mut Conn, row: &ClosingRow) -> Result<Kept, Failure> {
    let span = row.span();
    Ok(Kept {
        span,
        revision: row.revision,
        issue: row.issue(),
        sums: store::sums(conn, span, row.revision, None).await?,
        targets: store::targets(conn, span, row.revision).await?,
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
            if load(conn, row).await?.hash()[..] != row.hash[..] {
                proof.broken.push((row.span(), row.revision));
            }
        }
        proof.looked_at += rows.len();
        if (rows.len() as i64) < PAGE {
            return Ok(proof);
        }
    }
}
