//! Closed windows, remembered. Rows are written once and never changed.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Text};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, UnitId};

use super::rules::{Issue, Kept, KeptTarget, Span, Sum};
use crate::db::schema::{board_closing, board_sum, board_target};
use crate::db::{Conn, prepared};
use crate::leaderboard::rules::Window;

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
}

impl ClosingRow {
    pub fn span(&self) -> Span {
        Span {
            starts_on: self.starts_on,
            ends_on: self.ends_on,
        }
    }

    pub fn issue(&self) -> Option<Issue> {
        self.issued_by.map(|by| Issue {
            by,
            reason: self.reason.clone().unwrap_or_default(),
        })
    }
}

/// Keeps a window; false where this revision of it is kept already, by whomever. One transaction of the caller's.
pub async fn insert(conn: &mut Conn, kept: &Kept) -> QueryResult<bool> {
    let (starts_on, ends_on, revision) = (kept.span.starts_on, kept.span.ends_on, kept.revision);
    let issue = kept.issue.as_ref();
    let inserted = diesel::insert_into(board_closing::table)
        .values((
            board_closing::starts_on.eq(starts_on),
            board_closing::ends_on.eq(ends_on),
            board_closing::revision.eq(revision),
            board_closing::hash.eq(kept.hash().to_vec()),
            board_closing::reason.eq(issue.map(|issue| &issue.reason)),
            board_closing::issued_by.eq(issue.map(|issue| issue.by)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if inserted == 0 {
        return Ok(false);
    }
    /// Rows of one statement, far below the most parameters that it may have.
    const ROWS_MAX: usize = 2_000;
    for sums in kept.sums.chunks(ROWS_MAX) {
        let rows = sums.iter().map(|sum| {
            (
                board_sum::starts_on.eq(starts_on),
                board_sum::ends_on.eq(ends_on),
                board_sum::revision.eq(revision),
                board_sum::stage.eq(&sum.stage),
                board_sum::village_id.eq(sum.village_id),
                board_sum::mass_union.eq(&sum.mass_union),
                board_sum::n.eq(sum.n),
                board_sum::assists.eq(sum.assists),
                board_sum::confirmed.eq(sum.confirmed),
                board_sum::anonymous.eq(sum.anonymous),
                board_sum::previous_n.eq(sum.previous_n),
            )
        });
        let insert = diesel::insert_into(board_sum::table).values(rows.collect::<Vec<_>>());
        insert.execute(conn).await?;
    }
    for targets in kept.targets.chunks(ROWS_MAX) {
        let rows = targets.iter().map(|target| {
            (
                board_target::starts_on.eq(starts_on),
                board_target::ends_on.eq(ends_on),
                board_target::revision.eq(revision),
                board_target::stage.eq(&target.stage),
                board_target::unit_id.eq(target.unit_id),
                board_target::people.eq(target.people),
                board_target::denominator.eq(&target.denominator),
            )
        });
        let insert = diesel::insert_into(board_target::table).values(rows.collect::<Vec<_>>());
        insert.execute(conn).await?;
    }
    Ok(true)
}

#[derive(QueryableByName)]
struct CountedRow {
    #[diesel(sql_type = Text)]
    stage: String,
    #[diesel(sql_type = Integer)]
    village_id: UnitId,
    #[diesel(sql_type = Text)]
    mass_union: String,
    #[diesel(sql_type = BigInt)]
    n: i64,
    #[diesel(sql_type = BigInt)]
    assists: i64,
    #[diesel(sql_type = BigInt)]
    confirmed: i64,
    #[diesel(sql_type = BigInt)]
    anonymous: i64,
    #[diesel(sql_type = BigInt)]
    previous_n: i64,
}

/// What the rollups say of a window and the one before it, every stage in one statement and so in one snapshot.
pub async fn count(conn: &mut Conn, window: Window) -> QueryResult<Vec<Sum>> {
    let from = window.from.unwrap_or(window.to);
    let before = window.previous().from.unwrap_or(from);
    let rows: Vec<CountedRow> = prepared(
        diesel::sql_query(include_str!("count.sql"))
            .bind::<Date, _>(before)
            .bind::<Date, _>(from)
            .bind::<Date, _>(window.to),
    )
    .load(conn)
    .await?;
    let turn = |row: CountedRow| Sum {
        stage: row.stage,
        village_id: row.village_id,
        mass_union: row.mass_union,
        n: row.n,
        assists: row.assists,
        confirmed: row.confirmed,
        anonymous: row.anonymous,
        previous_n: row.previous_n,
    };
    Ok(rows.into_iter().map(turn).collect())
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

type SumRow = (String, UnitId, String, i64, i64, i64, i64, i64);

/// The counts of a revision, of one stage if it is given.
pub async fn sums(
    conn: &mut Conn,
    span: Span,
    revision: i32,
    stage: Option<&str>,
) -> QueryResult<Vec<Sum>> {
    let mut query = board_sum::table
        .filter(board_sum::starts_on.eq(span.starts_on))
        .filter(board_sum::ends_on.eq(span.ends_on))
        .filter(board_sum::revision.eq(revision))
        .select((
            board_sum::stage,
            board_sum::village_id,
            board_sum::mass_union,
            board_sum::n,
            board_sum::assists,
            board_sum::confirmed,
            board_sum::anonymous,
            board_sum::previous_n,
        ))
        .into_boxed();
    if let Some(stage) = stage {
        query = query.filter(board_sum::stage.eq(stage.to_owned()));
    }
    let rows: Vec<SumRow> = query.load(conn).await?;
    let turn =
        |(stage, village_id, mass_union, n, assists, confirmed, anonymous, previous_n)| Sum {
            stage,
            village_id,
            mass_union,
            n,
            assists,
            confirmed,
            anonymous,
            previous_n,
        };
    Ok(rows.into_iter().map(turn).collect())
}

/// The targets of a revision.
pub async fn targets(conn: &mut Conn, span: Span, revision: i32) -> QueryResult<Vec<KeptTarget>> {
    let rows: Vec<(String, UnitId, i32, String)> = board_target::table
        .filter(board_target::starts_on.eq(span.starts_on))
        .filter(board_target::ends_on.eq(span.ends_on))
        .filter(board_target::revision.eq(revision))
        .select((
            board_target::stage,
            board_target::unit_id,
            board_target::people,
            board_target::denominator,
        ))
        .load(conn)
        .await?;
    let turn = |(stage, unit_id, people, denominator)| KeptTarget {
        stage,
        unit_id,
        people,
        denominator,
    };
    Ok(rows.into_iter().map(turn).collect())
}
