//! What a person shows of all that was said of them. No database, no clock.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use mobile_contracts::citizen_id::Sex;
use mobile_contracts::ids::{OperationId, PersonId};

use crate::tracking::reading::Who;

/// What may be said of a person, each by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    Name,
    Phone,
    BirthYear,
    Sex,
}

impl Field {
    pub const ALL: [Self; 4] = [Self::Name, Self::Phone, Self::BirthYear, Self::Sex];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Phone => "phone",
            Self::BirthYear => "birth_year",
            Self::Sex => "sex",
        }
    }

    /// Whether an ID number says it.
    pub fn is_in_number(self) -> bool {
        matches!(self, Self::BirthYear | Self::Sex)
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == word)
    }
}

/// Who stands for whom; whoever is not here stands for themselves.
pub type Heads = BTreeMap<PersonId, PersonId>;

pub fn head_of(heads: &Heads, person: PersonId) -> PersonId {
    heads.get(&person).copied().unwrap_or(person)
}

/// A word about a person: when, and by which operation. The greatest shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    pub effective_at: DateTime<Utc>,
    pub op_id: OperationId,
}

/// Live words by what they are about.
pub type Words = BTreeMap<(PersonId, Field), Vec<Word>>;

/// Whose word shows now, by what it is about; none: nobody says anything any more.
pub type Shown = BTreeMap<(PersonId, Field), Option<OperationId>>;

/// Which operation's word shows.
pub fn shown(words: &[Word]) -> Option<OperationId> {
    words.iter().max().map(|word| word.op_id)
}

/// Where another operation's word shows after than before.
pub fn changed(before: &Words, after: &Words) -> Shown {
    let now = |words: &Words, of: &(PersonId, Field)| words.get(of).and_then(|all| shown(all));
    let all = before.keys().chain(after.keys());
    all.filter(|of| now(before, of) != now(after, of))
        .map(|of| (*of, now(after, of)))
        .collect()
}

/// What an operation says of the person it is about. Birth year and sex of somebody with an ID number
/// are written in the number: nobody says them, and nobody can take them back.
pub fn said(who: &Who) -> Vec<(Field, String)> {
    let (details, has_number) = match who {
        Who::Citizen { details, .. } => (details, true),
        Who::Provisional { details, .. } => (details, false),
        Who::Known(_) | Who::Nobody(_) => return Vec::new(),
    };
    let name = details.name.as_ref().map(|name| name.expose().to_owned());
    let phone = details.phone.as_ref().map(|phone| phone.e164());
    let birth_year = details.birth_year.filter(|_| !has_number);
    let sex = details.sex.filter(|_| !has_number);
    [
        (Field::Name, name),
        (Field::Phone, phone),
        (Field::BirthYear, birth_year.map(|year| year.to_string())),
        (Field::Sex, sex.map(|sex| sex_word(sex).to_owned())),
    ]
    .into_iter()
    .filter_map(|(field, value)| Some((field, value?)))
    .collect()
}

/// Sex as rows and the wire spell it.
pub fn sex_word(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
    }
}
