//! What a revision of a closed window holds: its counts, tens, targets, days and grades.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::UnitId;

use super::rules::{Kept, KeptTarget, Reached, Span, Sum};
use crate::db::Conn;
use crate::db::schema::{board_grade, board_reached, board_sum, board_target, board_tens};

/// Rows of one statement, far below the most parameters that it may have.
const ROWS_MAX: usize = 2_000;

/// The rows of a table that belong to a revision.
macro_rules! of_revision {
    ($table:ident, $span:expr, $revision:expr) => {
        $table::table
            .filter($table::starts_on.eq($span.starts_on))
            .filter($table::ends_on.eq($span.ends_on))
            .filter($table::revision.eq($revision))
    };
}

/// Writes rows into a table of revisions, each with the columns that are named beside those that say which one.
macro_rules! insert_rows {
    ($conn:expr, $kept:expr, $table:ident, $rows:expr, |$row:ident| { $($column:ident: $value:expr),+ $(,)? }) => {
        for rows in $rows.chunks(ROWS_MAX) {
            let rows = rows.iter().map(|$row| {
                (
                    $table::starts_on.eq($kept.span.starts_on),
                    $table::ends_on.eq($kept.span.ends_on),
                    $table::revision.eq($kept.revision),
                    $($table::$column.eq($value)),+
                )
            });
            let insert = diesel::insert_into($table::table).values(rows.collect::<Vec<_>>());
            insert.execute($conn).await?;
        }
    };
}

/// Writes all of it. One transaction of the caller's.
pub async fn insert(conn: &mut Conn, kept: &Kept) -> QueryResult<()> {
    insert_rows!(conn, kept, board_sum, kept.sums, |sum| {
        stage: &sum.stage,
        village_id: sum.village_id,
        mass_union: &sum.mass_union,
        n: sum.n,
        assists: sum.assists,
        confirmed: sum.confirmed,
        anonymous: sum.anonymous,
        previous_n: sum.previous_n,
        previous_confirmed: sum.previous_confirmed,
        late: sum.late,
        last_on: sum.last_on,
    });
    insert_rows!(conn, kept, board_tens, kept.tens.as_deref().unwrap_or_default(), |sum| {
        stage: &sum.stage,
        village_id: sum.village_id,
        mass_union: &sum.mass_union,
        n: sum.n,
        assists: sum.assists,
        confirmed: sum.confirmed,
        anonymous: sum.anonymous,
        previous_n: sum.previous_n,
        previous_confirmed: sum.previous_confirmed.unwrap_or(0),
    });
    insert_rows!(conn, kept, board_target, kept.targets, |target| {
        stage: &target.stage,
        unit_id: target.unit_id,
        people: target.people,
        denominator: &target.denominator,
    });
    insert_rows!(conn, kept, board_reached, kept.reached, |one| {
        stage: &one.stage,
        unit_id: one.unit_id,
        basis: &one.basis,
        reached_on: one.reached_on,
    });
    let grades: Vec<_> = kept.grades.iter().collect();
    insert_rows!(conn, kept, board_grade, grades, |one| {
        unit_id: *one.0,
        grade: one.1,
    });
    Ok(())
}

type SumRow = (
    String,
    UnitId,
    String,
    i64,
    i64,
    i64,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
    Option<NaiveDate>,
);
type TensRow = (String, UnitId, String, i64, i64, i64, i64, i64, i64);

/// The counts of a revision, of one stage if it is given.
pub async fn sums(
    conn: &mut Conn,
    span: Span,
    revision: i32,
    stage: Option<&str>,
) -> QueryResult<Vec<Sum>> {
    let mut query = of_revision!(board_sum, span, revision)
        .select((
            board_sum::stage,
            board_sum::village_id,
            board_sum::mass_union,
            board_sum::n,
            board_sum::assists,
            board_sum::confirmed,
            board_sum::anonymous,
            board_sum::previous_n,
            board_sum::previous_confirmed,
            board_sum::late,
            board_sum::last_on,
        ))
        .into_boxed();
    if let Some(stage) = stage {
        query = query.filter(board_sum::stage.eq(stage.to_owned()));
    }
    let rows: Vec<SumRow> = query.load(conn).await?;
    let turn = |row: SumRow| Sum {
        stage: row.0,
        village_id: row.1,
        mass_union: row.2,
        n: row.3,
        assists: row.4,
        confirmed: row.5,
        anonymous: row.6,
        previous_n: row.7,
        previous_confirmed: row.8,
        late: row.9,
        last_on: row.10,
    };
    Ok(rows.into_iter().map(turn).collect())
}

/// The whole tens of a revision, of one stage if it is given.
pub async fn tens(
    conn: &mut Conn,
    span: Span,
    revision: i32,
    stage: Option<&str>,
) -> QueryResult<Vec<Sum>> {
    let mut query = of_revision!(board_tens, span, revision)
        .select((
            board_tens::stage,
            board_tens::village_id,
            board_tens::mass_union,
            board_tens::n,
            board_tens::assists,
            board_tens::confirmed,
            board_tens::anonymous,
            board_tens::previous_n,
            board_tens::previous_confirmed,
        ))
        .into_boxed();
    if let Some(stage) = stage {
        query = query.filter(board_tens::stage.eq(stage.to_owned()));
    }
    let rows: Vec<TensRow> = query.load(conn).await?;
    let turn = |row: TensRow| Sum {
        stage: row.0,
        village_id: row.1,
        mass_union: row.2,
        n: row.3,
        assists: row.4,
        confirmed: row.5,
        anonymous: row.6,
        previous_n: row.7,
        previous_confirmed: Some(row.8),
        late: None,
        last_on: None,
    };
    Ok(rows.into_iter().map(turn).collect())
}

/// On which days units reached their targets, of a revision.
pub async fn reached(conn: &mut Conn, span: Span, revision: i32) -> QueryResult<Vec<Reached>> {
    let rows: Vec<(String, UnitId, String, NaiveDate)> =
        of_revision!(board_reached, span, revision)
            .select((
                board_reached::stage,
                board_reached::unit_id,
                board_reached::basis,
                board_reached::reached_on,
            ))
            .load(conn)
            .await?;
    let turn = |(stage, unit_id, basis, reached_on)| Reached {
        stage,
        unit_id,
        basis,
        reached_on,
    };
    Ok(rows.into_iter().map(turn).collect())
}

/// The letters of units, of a revision.
pub async fn grades<C: FromIterator<(UnitId, String)>>(
    conn: &mut Conn,
    span: Span,
    revision: i32,
) -> QueryResult<C> {
    let rows: Vec<(UnitId, String)> = of_revision!(board_grade, span, revision)
        .select((board_grade::unit_id, board_grade::grade))
        .load(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The targets of a revision.
pub async fn targets(conn: &mut Conn, span: Span, revision: i32) -> QueryResult<Vec<KeptTarget>> {
    let rows: Vec<(String, UnitId, i32, String)> = of_revision!(board_target, span, revision)
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
