//! Closed windows, remembered. Rows are written once and never changed.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::AccountId;
use uuid::Uuid;

use super::contents;
use super::rules::{Issue, Kept, Seal, Span};
use crate::db::Conn;
use crate::db::schema::board_closing;

/// A closing or a revision, without its counts.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = board_closing)]
pub struct ClosingRow {
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub revision: i32,
    pub hash: Vec<u8>,
    pub reason: Option<String>,
    pub issued_by: Option<AccountId>,
    pub kept_at: DateTime<Utc>,
    pub previous_from: Option<NaiveDate>,
    pub previous_to: Option<NaiveDate>,
    pub tens_kept: bool,
    pub reason_hash: Option<Vec<u8>>,
    pub reason_salt: Option<Uuid>,
}

impl ClosingRow {
    pub fn span(&self) -> Span {
        Span {
            starts_on: self.starts_on,
            ends_on: self.ends_on,
        }
    }

    /// The days with which ranks are compared; none where that was not kept.
    pub fn previous(&self) -> Option<Span> {
        let days = self.previous_from.zip(self.previous_to);
        days.map(|(starts_on, ends_on)| Span { starts_on, ends_on })
    }

    pub fn issue(&self) -> Option<Issue> {
        self.issued_by.map(|by| Issue {
            by,
            reason: self.reason.clone().unwrap_or_default(),
            seal: self.reason_hash.clone().map(|hash| Seal {
                hash,
                salt: self.reason_salt,
            }),
        })
    }
}

/// Keeps a window; false where this revision of it is kept already, by whomever. One transaction of the caller's.
pub async fn insert(conn: &mut Conn, kept: &Kept) -> QueryResult<bool> {
    let issue = kept.issue.as_ref();
    let seal = issue.and_then(|issue| issue.seal.as_ref());
    let inserted = diesel::insert_into(board_closing::table)
        .values((
            board_closing::starts_on.eq(kept.span.starts_on),
            board_closing::ends_on.eq(kept.span.ends_on),
            board_closing::revision.eq(kept.revision),
            board_closing::hash.eq(kept.hash().to_vec()),
            board_closing::reason.eq(issue.map(|issue| &issue.reason)),
            board_closing::issued_by.eq(issue.map(|issue| issue.by)),
            board_closing::previous_from.eq(kept.previous.map(|span| span.starts_on)),
            board_closing::previous_to.eq(kept.previous.map(|span| span.ends_on)),
            board_closing::tens_kept.eq(kept.tens.is_some()),
            board_closing::reason_hash.eq(seal.map(|seal| &seal.hash)),
            board_closing::reason_salt.eq(seal.and_then(|seal| seal.salt)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if inserted == 0 {
        return Ok(false);
    }
    contents::insert(conn, kept).await?;
    Ok(true)
}

/// Every revision of a window, the newest first.
pub async fn revisions(conn: &mut Conn, span: Span) -> QueryResult<Vec<ClosingRow>> {
    board_closing::table
        .filter(board_closing::starts_on.eq(span.starts_on))
        .filter(board_closing::ends_on.eq(span.ends_on))
        .select(ClosingRow::as_select())
        .order(board_closing::revision.desc())
        .load(conn)
        .await
}

/// Whether a window is closed.
pub async fn is_closed(conn: &mut Conn, span: Span) -> QueryResult<bool> {
    let first = board_closing::table.find((span.starts_on, span.ends_on, 0));
    diesel::select(diesel::dsl::exists(first))
        .get_result(conn)
        .await
}

/// Closings and revisions, the newest window first, of one window if it is given.
pub async fn list(
    conn: &mut Conn,
    of: Option<Span>,
    skip: i64,
    limit: i64,
) -> QueryResult<Vec<ClosingRow>> {
    let mut query = board_closing::table
        .select(ClosingRow::as_select())
        .order((
            board_closing::ends_on.desc(),
            board_closing::starts_on.desc(),
            board_closing::revision.desc(),
        ))
        .offset(skip)
        .limit(limit)
        .into_boxed();
    if let Some(span) = of {
        query = query
            .filter(board_closing::starts_on.eq(span.starts_on))
            .filter(board_closing::ends_on.eq(span.ends_on));
    }
    query.load(conn).await
}

/// The windows that are closed and end on this day or later.
pub async fn closed_since(conn: &mut Conn, since: NaiveDate) -> QueryResult<Vec<Span>> {
    let rows: Vec<(NaiveDate, NaiveDate)> = board_closing::table
        .filter(board_closing::revision.eq(0))
        .filter(board_closing::ends_on.ge(since))
        .select((board_closing::starts_on, board_closing::ends_on))
        .load(conn)
        .await?;
    let spans = rows
        .into_iter()
        .map(|(starts_on, ends_on)| Span { starts_on, ends_on });
    Ok(spans.collect())
}
