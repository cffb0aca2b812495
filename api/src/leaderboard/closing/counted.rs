//! What the rollups say of a window that is over.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::UnitId;

use super::rules::{Span, Sum};
use crate::db::{Conn, prepared};
use crate::leaderboard::pieces::Pieces;
use crate::leaderboard::sums::VillageSum;
use crate::leaderboard::union::word_of;

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
    #[diesel(sql_type = BigInt)]
    previous_confirmed: i64,
    #[diesel(sql_type = BigInt)]
    late: i64,
    #[diesel(sql_type = Nullable<Date>)]
    last_on: Option<NaiveDate>,
    #[diesel(sql_type = BigInt)]
    between_n: i64,
    #[diesel(sql_type = BigInt)]
    between_confirmed: i64,
    #[diesel(sql_type = BigInt)]
    standing_n: i64,
    #[diesel(sql_type = BigInt)]
    standing_assists: i64,
    #[diesel(sql_type = BigInt)]
    standing_confirmed: i64,
    #[diesel(sql_type = BigInt)]
    standing_anonymous: i64,
}

/// What one union has done in one village at one stage: in a window, in the one before, between the two, and since
/// the start.
#[derive(Debug, Clone)]
pub struct Counted {
    pub sum: Sum,
    between: (i64, i64),
    /// Since the start, at the end of the window: people, assists, confirmed, anonymous.
    standing: [i64; 4],
}

impl Counted {
    /// Since the start, at the end of the window.
    pub fn at_end(&self) -> VillageSum {
        self.stood(self.standing)
    }

    /// At the end of the day before it.
    pub fn at_start(&self) -> VillageSum {
        let sum = &self.sum;
        let came = [sum.n, sum.assists, sum.confirmed, sum.anonymous];
        let mut stood = self.standing;
        for (stood, came) in stood.iter_mut().zip(came) {
            *stood -= came;
        }
        self.stood(stood)
    }

    /// At the end of the window before: people, and who of them was confirmed.
    pub fn at_previous_end(&self) -> VillageSum {
        let stood = self.at_start();
        let (n, confirmed) = self.between;
        self.stood([stood.n - n, 0, stood.confirmed - confirmed, 0])
    }

    /// At the end of the day before that began.
    pub fn at_previous_start(&self) -> VillageSum {
        let stood = self.at_previous_end();
        let confirmed = self.sum.previous_confirmed.unwrap_or(0);
        let n = self.sum.previous_n;
        self.stood([stood.n - n, 0, stood.confirmed - confirmed, 0])
    }

    fn stood(&self, [n, assists, confirmed, anonymous]: [i64; 4]) -> VillageSum {
        VillageSum {
            n,
            assists,
            confirmed,
            anonymous,
            ..VillageSum::none(self.sum.village_id, word_of(&self.sum.mass_union))
        }
    }
}

/// What the rollups say of a window, of the one before it and since the start, every stage in one statement and so in
/// one snapshot.
pub async fn count(conn: &mut Conn, span: Span, previous: Span) -> QueryResult<Vec<Counted>> {
    let later = Pieces::after(span.ends_on);
    let (later_first, later_last) = later.head.unzip();
    let rows: Vec<CountedRow> = prepared(
        diesel::sql_query(include_str!("count.sql"))
            .bind::<Date, _>(previous.starts_on)
            .bind::<Date, _>(previous.ends_on)
            .bind::<Date, _>(span.starts_on)
            .bind::<Date, _>(span.ends_on)
            .bind::<Nullable<Date>, _>(later.months.map(|months| months.0))
            .bind::<Nullable<Date>, _>(later_first)
            .bind::<Nullable<Date>, _>(later_last),
    )
    .load(conn)
    .await?;
    let turn = |row: CountedRow| Counted {
        sum: Sum {
            stage: row.stage,
            village_id: row.village_id,
            mass_union: row.mass_union,
            n: row.n,
            assists: row.assists,
            confirmed: row.confirmed,
            anonymous: row.anonymous,
            previous_n: row.previous_n,
            previous_confirmed: Some(row.previous_confirmed),
            late: Some(row.late),
            last_on: row.last_on,
        },
        between: (row.between_n, row.between_confirmed),
        standing: [
            row.standing_n,
            row.standing_assists,
            row.standing_confirmed,
            row.standing_anonymous,
        ],
    };
    Ok(rows.into_iter().map(turn).collect())
}
