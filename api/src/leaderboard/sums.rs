//! What was counted in villages.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use mobile_contracts::ids::UnitId;

use super::union::UnionWord;

/// What one union has done in one village within a window.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct VillageSum {
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    #[diesel(sql_type = Text, deserialize_as = UnionWord)]
    pub mass_union: &'static str,
    #[diesel(sql_type = BigInt)]
    pub n: i64,
    #[diesel(sql_type = BigInt)]
    pub assists: i64,
    #[diesel(sql_type = BigInt)]
    pub confirmed: i64,
    #[diesel(sql_type = BigInt)]
    pub anonymous: i64,
    #[diesel(sql_type = BigInt)]
    pub late: i64,
    /// Of `n`, those whom only what is held for review tells of: never read with the others.
    #[diesel(sql_type = BigInt)]
    pub held: i64,
}

impl VillageSum {
    /// Nobody.
    pub fn none(village_id: UnitId, mass_union: &'static str) -> Self {
        Self {
            village_id,
            mass_union,
            n: 0,
            assists: 0,
            confirmed: 0,
            anonymous: 0,
            late: 0,
            held: 0,
        }
    }

    /// Counts so many times what another one says of the same village and union.
    pub fn add(&mut self, times: i64, other: &Self) {
        self.n += times * other.n;
        self.assists += times * other.assists;
        self.confirmed += times * other.confirmed;
        self.anonymous += times * other.anonymous;
        self.late += times * other.late;
        self.held += times * other.held;
    }
}

/// What one union has done in one village within one of several ranges of days; without one, in all.
#[derive(Debug, QueryableByName)]
pub struct RangeSum {
    #[diesel(sql_type = Nullable<Integer>)]
    pub range_at: Option<i32>,
    #[diesel(embed)]
    pub sum: VillageSum,
}
