//! Sums of rollups. Never a record: a board's cost does not grow with them.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::UnitId;

use super::basis::{Basis, HeldSum};
use super::board::Question;
use super::pieces::Pieces;
use super::rules::Window;
use super::sums::{RangeSum, VillageSum};
use super::windows::Ranges;
use crate::db::{Conn, prepared};

/// What came in a unit on a day, or in a whole month of a window.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Step {
    #[diesel(sql_type = Integer)]
    pub unit_id: UnitId,
    #[diesel(sql_type = Date)]
    pub first: NaiveDate,
    #[diesel(sql_type = Date)]
    pub last: NaiveDate,
    #[diesel(sql_type = BigInt)]
    pub n: i64,
}

/// What came in each of these windows, in one statement: whole months from `rollup_month`, edge days from `rollup_day`,
/// everything from `rollup_total`. As many rows as there are villages, not months.
pub async fn sum_windows<const N: usize>(
    conn: &mut Conn,
    stage: &str,
    windows: [Window; N],
) -> QueryResult<[Vec<VillageSum>; N]> {
    let ranges = Ranges::of(windows);
    let (mut months, mut days) = (Vec::new(), Vec::new());
    for (at, (first, last)) in (0_i32..).zip(ranges.days()) {
        let pieces = Pieces::between(*first, *last);
        months.extend(pieces.months.map(|months| (at, months)));
        days.extend(
            pieces
                .head
                .into_iter()
                .chain(pieces.tail)
                .map(|days| (at, days)),
        );
    }
    let (of_months, (first_months, months_ends)): (Vec<i32>, (Vec<NaiveDate>, Vec<NaiveDate>)) =
        months.into_iter().unzip();
    let (of_days, (first_days, last_days)): (Vec<i32>, (Vec<NaiveDate>, Vec<NaiveDate>)) =
        days.into_iter().unzip();
    let read: Vec<RangeSum> = prepared(
        diesel::sql_query(include_str!("sum_ranges.sql"))
            .bind::<Text, _>(stage)
            .bind::<Bool, _>(ranges.need_all())
            .bind::<Array<Integer>, _>(of_months)
            .bind::<Array<Date>, _>(first_months)
            .bind::<Array<Date>, _>(months_ends)
            .bind::<Array<Integer>, _>(of_days)
            .bind::<Array<Date>, _>(first_days)
            .bind::<Array<Date>, _>(last_days),
    )
    .load(conn)
    .await?;
    Ok(ranges.put_together(&read))
}

/// What came in one window.
pub async fn sum_villages(
    conn: &mut Conn,
    stage: &str,
    window: Window,
) -> QueryResult<Vec<VillageSum>> {
    let [sums] = sum_windows(conn, stage, [window]).await?;
    Ok(sums)
}

/// A day before which nothing is recorded.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day of the calendar");

/// Villages, each beside the unit that it is counted in.
pub type VillagesOfUnits = (Vec<UnitId>, Vec<UnitId>);

/// Who is counted on the way to a target: of one union or of all, and only the confirmed or everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Counted {
    pub stage: &'static str,
    pub mass_union: Option<&'static str>,
    pub only_confirmed: bool,
}

impl Counted {
    /// Whom a board counts.
    pub fn of(question: &Question) -> Self {
        Self {
            stage: question.stage,
            mass_union: question.mass_union,
            only_confirmed: question.basis == Basis::Confirmed,
        }
    }

    fn unions(self) -> Vec<&'static str> {
        let all = MassUnion::ALL.map(MassUnion::as_str);
        match self.mass_union {
            Some(one) => vec![one],
            None => all.to_vec(),
        }
    }
}

/// A print of all that these units' villages count in a stage, by unit: another one as soon as anything of it
/// changes. Whoever changes a day's count writes the village's total too, if only to leave it as it was, and
/// `xmin` tells who wrote a row last.
pub async fn list_prints(
    conn: &mut Conn,
    stage: &str,
    (villages, units): &VillagesOfUnits,
) -> QueryResult<HashMap<UnitId, i64>> {
    #[derive(QueryableByName)]
    struct Print {
        #[diesel(sql_type = Integer)]
        unit_id: UnitId,
        #[diesel(sql_type = BigInt)]
        print: i64,
    }
    let prints: Vec<Print> = prepared(
        diesel::sql_query(
            "select asked.unit_id,
                 bit_xor(hashtextextended(concat_ws(' ', t.village_id, t.mass_union, t.xmin), 0)) as print
             from unnest($2, $3) as asked(village_id, unit_id)
             join rollup_total t on t.village_id = asked.village_id and t.stage = $1
             group by asked.unit_id",
        )
        .bind::<Text, _>(stage)
        .bind::<Array<Integer>, _>(villages)
        .bind::<Array<Integer>, _>(units),
    )
    .load(conn)
    .await?;
    let prints = prints.into_iter().map(|it| (it.unit_id, it.print));
    Ok(prints.collect())
}

/// What came in units step by step, in order: the edge days of a window, and its whole months.
pub async fn list_steps(
    conn: &mut Conn,
    counted: Counted,
    window: Window,
    (villages, units): &VillagesOfUnits,
) -> QueryResult<Vec<Step>> {
    let from = window.from.unwrap_or(FIRST_DAY);
    let pieces = Pieces::between(from, window.to);
    let (head_first, head_last) = pieces.head.unzip();
    let (months_first, months_end) = pieces.months.unzip();
    let (tail_first, tail_last) = pieces.tail.unzip();
    prepared(
        diesel::sql_query(include_str!("list_steps.sql"))
            .bind::<Text, _>(counted.stage)
            .bind::<Array<Integer>, _>(villages)
            .bind::<Array<Integer>, _>(units)
            .bind::<Nullable<Date>, _>(months_first)
            .bind::<Nullable<Date>, _>(months_end)
            .bind::<Nullable<Date>, _>(head_first)
            .bind::<Nullable<Date>, _>(head_last)
            .bind::<Nullable<Date>, _>(tail_first)
            .bind::<Nullable<Date>, _>(tail_last)
            .bind::<Bool, _>(counted.only_confirmed)
            .bind::<Array<Text>, _>(counted.unions()),
    )
    .load(conn)
    .await
}

/// The last day of a window on which somebody came to what a unit counts: the day on which the count became what it is.
/// Almost everywhere that was one of the last three days, which are quickly read; elsewhere village by village.
pub async fn list_last_days(
    conn: &mut Conn,
    counted: Counted,
    window: Window,
    (villages, units): &VillagesOfUnits,
) -> QueryResult<HashMap<UnitId, NaiveDate>> {
    #[derive(QueryableByName)]
    struct Last {
        #[diesel(sql_type = Integer)]
        unit_id: UnitId,
        #[diesel(sql_type = Date)]
        on_day: NaiveDate,
    }
    let last: Vec<Last> = prepared(
        diesel::sql_query(include_str!("list_last_days.sql"))
            .bind::<Text, _>(counted.stage)
            .bind::<Array<Integer>, _>(villages)
            .bind::<Array<Integer>, _>(units)
            .bind::<Date, _>(window.from.unwrap_or(FIRST_DAY))
            .bind::<Date, _>(window.to)
            .bind::<Array<Text>, _>(counted.unions())
            .bind::<Bool, _>(counted.only_confirmed),
    )
    .load(conn)
    .await?;
    let last = last.into_iter().map(|it| (it.unit_id, it.on_day));
    Ok(last.collect())
}

/// People whom only what is held for review tells of: as many rows to read as are held, which are few, and none
/// of the records that stand.
pub async fn list_held(conn: &mut Conn, stage: &str) -> QueryResult<Vec<HeldSum>> {
    prepared(diesel::sql_query(include_str!("sum_held.sql")).bind::<Text, _>(stage))
        .load(conn)
        .await
}

/// What came in units day by day, in order, each village in the month beside it. One union at a time (`offset 0` keeps it
/// so): days follow the union in the key, and joined afterwards it would leave all days of a village to be looked through.
pub async fn list_days(
    conn: &mut Conn,
    counted: Counted,
    (villages, units): &VillagesOfUnits,
    months: &[NaiveDate],
) -> QueryResult<Vec<Step>> {
    prepared(
        diesel::sql_query(
            "select asked.unit_id, d.on_day as first, d.on_day as last,
                 sum(case when $5 then d.confirmed else d.n end)::bigint as n
             from unnest($2, $3, $4) as asked(village_id, unit_id, month)
             cross join unnest($6) as unions(mass_union)
             cross join lateral (
                 select r.on_day, r.n, r.confirmed
                 from rollup_day r
                 where r.village_id = asked.village_id and r.stage = $1 and r.mass_union = unions.mass_union
                     and r.on_day >= asked.month and r.on_day < asked.month + interval '1 month'
                 offset 0
             ) d
             group by asked.unit_id, d.on_day
             order by asked.unit_id, d.on_day",
        )
        .bind::<Text, _>(counted.stage)
        .bind::<Array<Integer>, _>(villages)
        .bind::<Array<Integer>, _>(units)
        .bind::<Array<Date>, _>(months)
        .bind::<Bool, _>(counted.only_confirmed)
        .bind::<Array<Text>, _>(counted.unions()),
    )
    .load(conn)
    .await
}
