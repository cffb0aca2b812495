//! Sums of rollups by piece, union and step. Never a record.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::UnitId;

use super::rules::{Flow, Question, Step};
use crate::db::{Conn, prepared};
use crate::leaderboard::pieces::Pieces;
use crate::leaderboard::union::UnionWord;

#[derive(QueryableByName)]
struct FlowRow {
    #[diesel(sql_type = Integer)]
    piece_id: UnitId,
    #[diesel(sql_type = Text, deserialize_as = UnionWord)]
    mass_union: &'static str,
    #[diesel(sql_type = Date)]
    starts_on: NaiveDate,
    #[diesel(sql_type = BigInt)]
    n: i64,
    #[diesel(sql_type = BigInt)]
    confirmed: i64,
}

/// What came in these villages, each counted with its piece. Whole months are read as such where a step is
/// one; shorter steps read days.
pub async fn list_flows(
    conn: &mut Conn,
    question: &Question,
    pieces: &[(UnitId, UnitId)],
) -> QueryResult<Vec<Flow>> {
    let spans = match question.step {
        Step::Month => Pieces::between(question.from, question.to),
        Step::Day | Step::Week => Pieces::days(question.from, question.to),
    };
    let (villages, pieces): (Vec<UnitId>, Vec<UnitId>) = pieces.iter().copied().unzip();
    let (head_first, head_last) = spans.head.unzip();
    let (months_first, months_end) = spans.months.unzip();
    let (tail_first, tail_last) = spans.tail.unzip();
    let rows: Vec<FlowRow> = prepared(
        diesel::sql_query(include_str!("trend.sql"))
            .bind::<Text, _>(question.stage)
            .bind::<Array<Integer>, _>(villages)
            .bind::<Array<Integer>, _>(pieces)
            .bind::<Nullable<Text>, _>(question.mass_union)
            .bind::<Text, _>(question.step.as_str())
            .bind::<Nullable<Date>, _>(months_first)
            .bind::<Nullable<Date>, _>(months_end)
            .bind::<Nullable<Date>, _>(head_first)
            .bind::<Nullable<Date>, _>(head_last)
            .bind::<Nullable<Date>, _>(tail_first)
            .bind::<Nullable<Date>, _>(tail_last),
    )
    .load(conn)
    .await?;
    let flow = |row: FlowRow| Flow {
        piece: (row.piece_id, row.mass_union),
        starts_on: row.starts_on,
        n: row.n,
        confirmed: row.confirmed,
    };
    Ok(rows.into_iter().map(flow).collect())
}
