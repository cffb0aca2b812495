//! What would become of each line. No database, no clock.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use mobile_contracts::citizen_id::Sex;
use mobile_contracts::ids::{PersonId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;

use super::cells::Group;
use super::known::{Known, KnownPerson, NameKey, differ, key_of, small};

/// Somebody whom a line names.
#[derive(Clone)]
pub struct Expected {
    /// Keyed hash of the ID number, if there is one.
    pub blind: Option<Vec<u8>>,
    pub tail: Option<String>,
    pub name: PersonName,
    pub birth_year: i16,
    pub birth_on: Option<NaiveDate>,
    pub sex: Option<Sex>,
    /// Only if its owner agreed.
    pub phone: Option<MobilePhone>,
    pub village_id: UnitId,
    pub smartphone: Option<bool>,
    pub groups: BTreeSet<Group>,
}

/// One line of a file.
pub struct Line {
    pub number: u32,
    pub read: Result<Expected, String>,
    pub repaired: bool,
    pub notes: Vec<String>,
}

/// What would become of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    New,
    Known(PersonId),
    Changed(PersonId),
    /// Of this other line.
    Duplicate(u32),
    Refused,
}

impl Verdict {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known(_) => "known",
            Self::Changed(_) => "changed",
            Self::Duplicate(_) => "duplicate",
            Self::Refused => "refused",
        }
    }
}

/// A verdict, and what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub verdict: Verdict,
    pub notes: Vec<String>,
}

/// Judges every line, in their order.
pub fn judge(lines: &[Line], known: &Known) -> Vec<Judged> {
    let mut before = Before::default();
    lines
        .iter()
        .map(|line| {
            let mut notes = line.notes.clone();
            let verdict = match &line.read {
                Err(why) => Err(why.clone()),
                Ok(expected) => judge_one(line.number, expected, known, &mut before, &mut notes),
            };
            let verdict = verdict.unwrap_or_else(|why| {
                notes.insert(0, why);
                Verdict::Refused
            });
            Judged { verdict, notes }
        })
        .collect()
}

/// The lines before this one.
#[derive(Default)]
struct Before<'a> {
    by_blind: HashMap<&'a [u8], (u32, &'a Expected)>,
    by_name: HashMap<NameKey, (u32, &'a Expected)>,
    by_phone: HashMap<String, u32>,
    by_person: HashMap<PersonId, u32>,
}

fn judge_one<'a>(
    number: u32,
    expected: &'a Expected,
    known: &Known,
    before: &mut Before<'a>,
    notes: &mut Vec<String>,
) -> Result<Verdict, String> {
    if let Some(earlier) = repeats(expected, before)? {
        notes.push(format!("Trùng với dòng {earlier}, nên bỏ qua."));
        return Ok(Verdict::Duplicate(earlier));
    }
    if let Some(blind) = &expected.blind {
        before.by_blind.insert(blind, (number, expected));
    }
    before
        .by_name
        .entry(key_of(expected))
        .or_insert((number, expected));
    if let Some(phone) = &expected.phone {
        match before.by_phone.get(&phone.e164()) {
            Some(other) => notes.push(format!(
                "Cùng số điện thoại với dòng {other}: xem lại là của ai."
            )),
            None => {
                before.by_phone.insert(phone.e164(), number);
            }
        }
    }
    let Some(person) = find(expected, known, notes)? else {
        return Ok(Verdict::New);
    };
    if let Some(earlier) = before.by_person.insert(person.person_id, number) {
        notes.push(format!("Cùng một người với dòng {earlier}, nên bỏ qua."));
        return Ok(Verdict::Duplicate(earlier));
    }
    if person.village_id != expected.village_id {
        notes.push(
            "Người này đã được biết ở thôn, khu phố khác, nên vẫn nằm trong danh sách của nơi đó."
                .to_owned(),
        );
    }
    let changes = changes(expected, person);
    if changes.is_empty() {
        return Ok(Verdict::Known(person.person_id));
    }
    notes.push(format!("Khác với điều đã biết: {}.", changes.join(", ")));
    Ok(Verdict::Changed(person.person_id))
}

/// Which line before this one it repeats.
fn repeats(expected: &Expected, before: &Before<'_>) -> Result<Option<u32>, String> {
    if let Some(blind) = &expected.blind
        && let Some((number, other)) = before.by_blind.get(blind.as_slice())
    {
        return if key_of(other) == key_of(expected) {
            Ok(Some(*number))
        } else {
            Err(format!(
                "Số định danh trùng với dòng {number}, mà họ tên hoặc thôn khác: sửa số, hoặc xóa một dòng."
            ))
        };
    }
    let Some((number, other)) = before.by_name.get(&key_of(expected)) else {
        return Ok(None);
    };
    match (&expected.blind, &other.blind) {
        (Some(_), Some(_)) => Ok(None),
        (None, None)
            if !differ(expected.birth_on, other.birth_on) && !differ(expected.sex, other.sex) =>
        {
            Ok(Some(*number))
        }
        _ => Err(format!(
            "Cùng họ tên, năm sinh và thôn với dòng {number}: nếu là hai người, ghi số định danh của cả hai; nếu là một, xóa một dòng."
        )),
    }
}

/// Whom a line means: by the number, or, without one, by name, year of birth and village if that means one.
fn find<'k>(
    expected: &Expected,
    known: &'k Known,
    notes: &mut Vec<String>,
) -> Result<Option<&'k KnownPerson>, String> {
    if let Some(blind) = &expected.blind {
        let found = known.by_blind.get(blind).map(|at| &known.people[*at]);
        if found.is_none()
            && known
                .named(expected)
                .iter()
                .any(|person| person.blind.is_none())
        {
            notes.push("Đã biết một người cùng họ tên, năm sinh và thôn mà chưa có số định danh: nếu là một, trưởng nhóm gộp lại.".to_owned());
        }
        return Ok(found);
    }
    match known.named(expected).as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(*only)),
        _ => Err("Đã biết nhiều người cùng họ tên, năm sinh và thôn này: ghi số định danh để biết là ai.".to_owned()),
    }
}

fn changes(expected: &Expected, person: &KnownPerson) -> Vec<&'static str> {
    let mut changes = Vec::new();
    if !person.names.is_empty() && !person.names.contains(&small(&expected.name)) {
        changes.push("họ tên");
    }
    if let Some(said) = &person.said {
        let groups = expected
            .groups
            .iter()
            .map(|group| group.as_str().to_owned());
        if said.groups != groups.collect::<BTreeSet<_>>() {
            changes.push("nhóm");
        }
        if said.smartphone != expected.smartphone {
            changes.push("điện thoại thông minh");
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn somebody(name: &str) -> Expected {
        Expected {
            blind: None,
            tail: None,
            name: PersonName::parse(name).unwrap(),
            birth_year: 1990,
            birth_on: None,
            sex: None,
            phone: None,
            village_id: UnitId(1),
            smartphone: None,
            groups: BTreeSet::new(),
        }
    }

    fn numbered(name: &str, blind: u8) -> Expected {
        Expected {
            blind: Some(vec![blind]),
            ..somebody(name)
        }
    }

    fn lines(all: Vec<Expected>) -> Vec<Line> {
        let line = |(number, expected)| Line {
            number,
            read: Ok(expected),
            repaired: false,
            notes: Vec::new(),
        };
        (2..).zip(all).map(line).collect()
    }

    fn known(expected: Expected, id: u128) -> KnownPerson {
        KnownPerson {
            person_id: PersonId(Uuid::from_u128(id)),
            village_id: expected.village_id,
            names: vec![small(&expected.name)],
            blind: expected.blind,
            birth_year: Some(expected.birth_year),
            sex: expected.sex,
            said: None,
        }
    }

    fn verdicts(all: Vec<Expected>, people: Vec<KnownPerson>) -> Vec<Verdict> {
        let judged = judge(&lines(all), &Known::new(people));
        judged.into_iter().map(|line| line.verdict).collect()
    }

    fn id(id: u128) -> PersonId {
        PersonId(Uuid::from_u128(id))
    }

    #[test]
    fn a_line_that_repeats_another_is_left_out_and_one_that_contradicts_it_is_refused() {
        use Verdict::{Duplicate, New, Refused};
        let man = Expected {
            sex: Some(Sex::Male),
            ..somebody("Lê Thử")
        };
        let woman = Expected {
            sex: Some(Sex::Female),
            ..somebody("LÊ THỬ")
        };
        let all = vec![
            numbered("Trần Thử", 1),
            numbered("TRẦN THỬ", 1),
            numbered("Trần Khác", 1),
            numbered("Trần Thử", 2),
            somebody("Trần Thử"),
            man.clone(),
            man,
            woman,
        ];
        assert_eq!(
            verdicts(all, Vec::new()),
            [
                New,
                Duplicate(2),
                Refused,
                New,
                Refused,
                New,
                Duplicate(7),
                Refused
            ]
        );
    }

    #[test]
    fn who_is_known_is_found_by_number_or_by_a_name_that_means_one() {
        use Verdict::{Changed, Known as Is, New, Refused};
        let people = || {
            vec![
                known(numbered("Trần Thử", 1), 1),
                known(somebody("Lê Thử"), 2),
                known(somebody("Vũ Thử"), 3),
                known(somebody("Vũ Thử"), 4),
            ]
        };
        let all = vec![
            numbered("Trần Thử", 1),
            somebody("Lê Thử"),
            somebody("Vũ Thử"),
            somebody("Hồ Thử"),
            Expected {
                birth_year: 1991,
                ..somebody("Lê Thử")
            },
            numbered("Lê Thử", 9),
        ];
        assert_eq!(
            verdicts(all, people()),
            [Is(id(1)), Is(id(2)), Refused, New, New, Refused],
            "the last repeats a line without a number"
        );
        assert_eq!(
            verdicts(vec![numbered("Trần Khác", 1)], people()),
            [Changed(id(1))]
        );
        let judged = judge(&lines(vec![numbered("Lê Thử", 9)]), &Known::new(people()));
        assert_eq!((&judged[0].verdict, judged[0].notes.len()), (&New, 1));
    }

    #[test]
    fn two_lines_never_mean_one_known_person() {
        let mut person = known(numbered("Trần Thử", 1), 1);
        person.names.push("trần cũ".to_owned());
        let all = vec![numbered("Trần Thử", 1), somebody("Trần Cũ")];
        assert_eq!(
            verdicts(all, vec![person]),
            [Verdict::Known(id(1)), Verdict::Duplicate(2)]
        );
    }
}
