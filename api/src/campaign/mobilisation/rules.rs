//! How many members a unit has, and what is wrong with a count. Pure.

use std::collections::HashMap;

use chrono::{Datelike as _, NaiveDate};
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::UnitId;
use mobile_contracts::mobilisation::{MEMBER_COUNTS_MAX, MemberCount};

use crate::campaign::drives::rules::{WORDS_CHARS_MAX, check_words};
use crate::geography::{Geography, Level};
use crate::http::failure::FieldError;

/// The two unions that were told to.
pub const UNIONS: [MassUnion; 2] = [MassUnion::Youth, MassUnion::Women];

/// How many there are, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub members: i64,
    /// `None`: a sum of counts.
    pub source: Option<String>,
    pub counted_on: NaiveDate,
}

/// The newest count of each unit and union.
#[derive(Debug, Default)]
pub struct Counts(HashMap<(UnitId, String), Counted>);

impl Counts {
    pub fn new(counts: impl IntoIterator<Item = ((UnitId, String), Counted)>) -> Self {
        Self(counts.into_iter().collect())
    }

    /// A unit's own count, or the sum of all directly below it where each has one.
    pub fn of(
        &self,
        geography: &Geography,
        id: UnitId,
        mass_union: MassUnion,
        day: NaiveDate,
    ) -> Option<Counted> {
        if let Some(own) = self.0.get(&(id, mass_union.as_str().to_owned())) {
            return Some(own.clone());
        }
        if geography.unit(id)?.level == Level::Village {
            return None;
        }
        let mut sum: Option<Counted> = None;
        for child in geography.children_on(id, day) {
            let part = self.of(geography, child.unit_id, mass_union, day)?;
            sum = Some(match sum {
                None => Counted {
                    source: None,
                    ..part
                },
                Some(so_far) => Counted {
                    members: so_far.members + part.members,
                    source: None,
                    counted_on: so_far.counted_on.min(part.counted_on),
                },
            });
        }
        sum
    }
}

/// All that is wrong with what is to be written down.
pub fn check(counts: &[MemberCount], today: NaiveDate) -> Vec<FieldError> {
    if let Some(fault) = check_number(counts.len()) {
        return vec![fault];
    }
    let mut faults = Vec::new();
    for (at, count) in counts.iter().enumerate() {
        faults.extend(check_union(at, count.mass_union));
        if !(1..=10_000_000).contains(&count.members) {
            faults.push(FieldError::new(
                format!("/counts/{at}/members"),
                "RANGE",
                "Số đoàn viên, hội viên từ 1 đến 10.000.000.",
                "Members are 1 to 10,000,000.",
            ));
        }
        if count.counted_on.year() < 2020 || count.counted_on > today {
            faults.push(FieldError::new(
                format!("/counts/{at}/counted_on"),
                "RANGE",
                "Ngày của số liệu từ năm 2020 đến hôm nay.",
                "The day of a count is from 2020 until today.",
            ));
        }
        faults.extend(check_words(
            &format!("/counts/{at}/source"),
            &count.source,
            WORDS_CHARS_MAX,
        ));
    }
    faults
}

pub fn check_number(counts: usize) -> Option<FieldError> {
    (!(1..=MEMBER_COUNTS_MAX).contains(&counts)).then(|| {
        FieldError::new(
            "/counts",
            "COUNT",
            format!("Mỗi lần từ 1 đến {MEMBER_COUNTS_MAX} số liệu."),
            format!("1 to {MEMBER_COUNTS_MAX} counts at a time."),
        )
    })
}

pub fn check_union(at: usize, mass_union: MassUnion) -> Option<FieldError> {
    (!UNIONS.contains(&mass_union)).then(|| {
        FieldError::new(
            format!("/counts/{at}/mass_union"),
            "ONE_OF",
            "Chọn Đoàn Thanh niên (youth) hoặc Hội Phụ nữ (women).",
            "Choose the Youth Union (youth) or the Women's Union (women).",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geography::rules::{Tie, Unit};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn tree() -> Geography {
        let since = day("2020-01-01");
        let unit = |id, level| Unit {
            unit_id: UnitId(id),
            code: None,
            valid_from: since,
            valid_to: None,
            name: id.to_string(),
            level,
            kind: String::new(),
            class: None,
        };
        let tie = |id| Tie {
            unit_id: UnitId(id),
            parent_id: UnitId(1),
            valid_from: since,
            valid_to: None,
        };
        let units = vec![
            unit(1, Level::Commune),
            unit(2, Level::Village),
            unit(3, Level::Village),
        ];
        Geography::new(units, vec![tie(2), tie(3)], Vec::new())
    }

    fn counted(members: i64, source: Option<&str>, on: &str) -> Counted {
        Counted {
            members,
            source: source.map(str::to_owned),
            counted_on: day(on),
        }
    }

    #[test]
    fn a_commune_has_its_own_count_or_that_of_all_its_villages_and_nothing_is_guessed() {
        let of = |counts: Vec<(i32, Counted)>| {
            let named = |(id, counted)| ((UnitId(id), "youth".to_owned()), counted);
            let counts = Counts::new(counts.into_iter().map(named));
            counts.of(&tree(), UnitId(1), MassUnion::Youth, day("2026-12-01"))
        };
        let (one, other) = (
            counted(10, Some("a"), "2026-11-01"),
            counted(5, Some("b"), "2026-10-01"),
        );
        assert_eq!(of(vec![(2, one.clone())]), None);
        assert_eq!(
            of(vec![(2, one.clone()), (3, other.clone())]),
            Some(counted(15, None, "2026-10-01"))
        );
        let own = counted(40, Some("c"), "2026-09-01");
        assert_eq!(of(vec![(1, own.clone()), (2, one), (3, other)]), Some(own));
    }
}
