//! Three villages of one commune, and who works there.

use super::*;

pub(super) const VILLAGES: [i32; 3] = [10, 11, 12];

pub(super) fn id(kind: u128, n: usize) -> Uuid {
    Uuid::from_u128(kind << 64 | n as u128)
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn geography() -> Geography {
    let unit = |id: i32, level| Unit {
        unit_id: UnitId(id),
        code: None,
        valid_from: day("2020-01-01"),
        valid_to: None,
        name: format!("Đơn vị {id}"),
        level,
        kind: String::new(),
        class: None,
    };
    let mut units = vec![unit(1, Level::Province), unit(2, Level::Commune)];
    let tie = |unit: i32, parent: i32| Tie {
        unit_id: UnitId(unit),
        parent_id: UnitId(parent),
        valid_from: day("2020-01-01"),
        valid_to: None,
    };
    let mut ties = vec![tie(2, 1)];
    for village in VILLAGES {
        units.push(unit(village, Level::Village));
        ties.push(tie(village, 2));
    }
    Geography::new(units, ties, Vec::new())
}

/// Two volunteers of one union, one of another, and a lead.
pub(super) fn sender(n: usize) -> Sender {
    Sender {
        account_id: AccountId(id(1, n)),
        mass_union: [
            MassUnion::Youth,
            MassUnion::Women,
            MassUnion::Youth,
            MassUnion::Women,
        ][n],
        unit_id: UnitId(2),
        device_id: Some(DeviceId(id(2, n))),
        device_is_lost: false,
        may_record: true,
        may_correct: n == 3,
        confirms_as: None,
    }
}
