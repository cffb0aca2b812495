//! Who may check whose work, and what they are told. No database, no clock.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::AccountId;

/// Somebody who could check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    pub account_id: AccountId,
    /// Whether they work in the commune of the lot.
    pub is_here: bool,
    pub mass_union: MassUnion,
}

/// Days to tell a check: three calls on two days, and a visit at the weekend.
const DAYS_TO_TELL: Days = Days::new(7);

/// The last day to tell what somebody has been to check since then.
pub fn due_on(assigned_at: DateTime<Utc>) -> NaiveDate {
    local_day(assigned_at) + DAYS_TO_TELL
}

pub fn is_late(assigned_at: DateTime<Utc>, today: NaiveDate) -> bool {
    due_on(assigned_at) < today
}

impl Person {
    /// Whether they may go on checking a record of this union, which was given to them once.
    pub fn may_check(self, recorded_by: MassUnion, involved: &BTreeSet<AccountId>) -> bool {
        self.mass_union != MassUnion::None
            && !involved.contains(&self.account_id)
            && !(self.is_here && self.mass_union == recorded_by)
    }
}

/// Who may check a record of this union: of the other one in the same commune, or, where there is nobody, of
/// any union in a commune beside; and nobody who recorded that citizen.
pub fn eligible(
    people: &[Person],
    recorded_by: MassUnion,
    involved: &BTreeSet<AccountId>,
) -> Vec<AccountId> {
    let free = |person: &&Person| {
        !involved.contains(&person.account_id) && person.mass_union != MassUnion::None
    };
    let across = |person: &&Person| person.is_here && person.mass_union != recorded_by;
    let here: Vec<AccountId> = people
        .iter()
        .filter(free)
        .filter(across)
        .map(|person| person.account_id)
        .collect();
    if !here.is_empty() {
        return here;
    }
    people
        .iter()
        .filter(free)
        .filter(|person| !person.is_here)
        .map(|person| person.account_id)
        .collect()
}

/// What to ask and what never to ask.
pub fn advice(by_phone: bool) -> &'static str {
    match by_phone {
        true => {
            "Xưng tên, đơn vị; hỏi: gần đây có ai giúp anh/chị cài đặt hoặc kích hoạt VNeID không, đã dùng được chưa. Gọi ba lần trong hai ngày rồi mới ghi là không liên lạc được. Không hỏi mã OTP, mật khẩu, số định danh; không gửi đường dẫn."
        }
        false => {
            "Công dân không để lại số điện thoại: nhờ trưởng thôn, khu phố cùng đến nhà hỏi. Không hỏi mã OTP, mật khẩu, số định danh."
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn person(n: u128, is_here: bool, mass_union: MassUnion) -> Person {
        Person {
            account_id: AccountId(Uuid::from_u128(n)),
            is_here,
            mass_union,
        }
    }

    #[test]
    fn a_check_is_told_within_seven_days_of_vietnam() {
        let at: DateTime<Utc> = "2026-11-29T19:30:00Z".parse().unwrap();
        let last: NaiveDate = "2026-12-07".parse().unwrap();
        assert_eq!(due_on(at), last);
        assert!(!is_late(at, last) && is_late(at, last + Days::new(1)));
    }

    #[test]
    fn whoever_came_to_the_team_or_left_the_unions_checks_no_more() {
        let involved = BTreeSet::new();
        let may = |person: Person| person.may_check(MassUnion::Youth, &involved);
        assert!(may(person(1, true, MassUnion::Women)));
        assert!(may(person(1, false, MassUnion::Youth)));
        assert!(!may(person(1, true, MassUnion::Youth)));
        assert!(!may(person(1, true, MassUnion::None)));
    }

    #[test]
    fn nobody_checks_their_own_team_or_whom_they_recorded_themselves() {
        let people = [
            person(1, true, MassUnion::Youth),
            person(2, true, MassUnion::Women),
            person(3, true, MassUnion::Women),
            person(4, false, MassUnion::Youth),
            person(5, false, MassUnion::None),
        ];
        let id = |n: u128| AccountId(Uuid::from_u128(n));
        let involved = BTreeSet::from([id(1), id(2)]);
        assert_eq!(eligible(&people, MassUnion::Youth, &involved), [id(3)]);
        // With nobody of the other union at hand, a commune beside checks.
        let all = BTreeSet::from([id(1), id(2), id(3)]);
        assert_eq!(eligible(&people, MassUnion::Youth, &all), [id(4)]);
        assert_eq!(
            eligible(&people[..1], MassUnion::Youth, &BTreeSet::new()),
            []
        );
    }
}
