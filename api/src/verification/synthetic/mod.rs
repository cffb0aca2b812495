//! An invented month of work, some of it fabricated, by which the signals are measured: how much of what was
//! made up they see, and how many honest records they trouble.
//!
//! The same seed gives the same month on every machine.

pub mod dice;
pub mod fabricated;
pub mod honest;
pub mod load;
pub mod outreach;
pub mod score;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::calendar::local_day_bounds;
use mobile_contracts::citizen_id::Sex;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::OperationId;
use mobile_contracts::tracking::Stage;
use serde::Serialize;
use uuid::Builder;

use self::dice::Dice;

/// Communes of the invented province.
pub const COMMUNES: usize = 24;
/// Villages of each.
pub const VILLAGES: usize = 6;
/// Volunteers of each, half of each union.
pub const VOLUNTEERS: usize = 12;
/// Its first day, a Monday.
pub const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2026, 10, 5) {
    Some(day) => day,
    None => panic!("a day of the calendar"),
};
/// Its length.
pub const DAYS: usize = 28;

/// How something was made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fabrication {
    IdenticalSeconds,
    OnePhone,
    SequentialNumbers,
    ImpossibleRate,
    RegularGaps,
}

impl Fabrication {
    pub const ALL: [Self; 5] = [
        Self::IdenticalSeconds,
        Self::OnePhone,
        Self::SequentialNumbers,
        Self::ImpossibleRate,
        Self::RegularGaps,
    ];
}

/// Somebody who does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Citizen {
    pub number: String,
    pub birth_year: i16,
    pub sex: Sex,
    pub phone: Option<String>,
}

/// A record of the invented month.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    pub op_id: OperationId,
    /// Which volunteer, counted through all communes.
    pub author: usize,
    /// Which village, likewise.
    pub village: usize,
    pub stage: Stage,
    pub at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
    /// Whether the phone's clock could be compared.
    pub clock_known: bool,
    pub citizen: Option<Citizen>,
    pub by_helper: bool,
    pub taken_back: bool,
    /// None: honest work.
    pub fabricated: Option<Fabrication>,
}

impl Record {
    pub fn commune(&self) -> usize {
        commune_of(self.author)
    }

    pub fn mass_union(&self) -> MassUnion {
        union_of(self.author)
    }
}

pub fn commune_of(author: usize) -> usize {
    author / VOLUNTEERS
}

pub fn union_of(author: usize) -> MassUnion {
    match author.is_multiple_of(2) {
        true => MassUnion::Youth,
        false => MassUnion::Women,
    }
}

/// A month of so many records, so many of them made up, in the order of their receipt.
pub fn generate(seed: u64, records: usize, fabricated: usize) -> Vec<Record> {
    let mut dice = Dice::of(seed);
    let mut month = honest::work(&mut dice, records.saturating_sub(fabricated));
    month.extend(fabricated::work(&mut dice, fabricated));
    month.sort_by_key(|record| (record.received_at, record.op_id));
    month
}

/// Seconds of a day in Vietnam as an instant.
fn instant(day: usize, second: i64) -> DateTime<Utc> {
    let day = FIRST_DAY + TimeDelta::days(day as i64);
    local_day_bounds(day).start + TimeDelta::seconds(second)
}

fn op_id(dice: &mut Dice, at: DateTime<Utc>) -> OperationId {
    let (high, low) = (dice.roll().to_be_bytes(), dice.roll().to_be_bytes());
    let mut random = [0; 10];
    random[..8].copy_from_slice(&high);
    random[8..].copy_from_slice(&low[..2]);
    let millis = at.timestamp_millis().unsigned_abs();
    OperationId(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// A number as it is given at birth: place, century and sex, year, six digits.
fn number(birth_year: i16, sex: Sex, digits: usize) -> String {
    let century = match (birth_year < 2000, sex) {
        (true, Sex::Male) => 0,
        (true, Sex::Female) => 1,
        (false, Sex::Male) => 2,
        (false, Sex::Female) => 3,
    };
    format!(
        "058{century}{:02}{:06}",
        birth_year % 100,
        digits % 1_000_000
    )
}

fn phone(dice: &mut Dice) -> String {
    const HEADS: [&str; 6] = ["090", "091", "097", "098", "086", "035"];
    format!(
        "{}{:07}",
        HEADS[dice.below(HEADS.len())],
        dice.below(10_000_000)
    )
}

fn citizen(dice: &mut Dice, born: std::ops::Range<usize>, phone: Option<String>) -> Citizen {
    // Years of four digits fit.
    let birth_year = (born.start + dice.below(born.len())) as i16;
    let sex = match dice.percent(50) {
        true => Sex::Male,
        false => Sex::Female,
    };
    Citizen {
        number: number(birth_year, sex, dice.below(1_000_000)),
        birth_year,
        sex,
        phone,
    }
}
