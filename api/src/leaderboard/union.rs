//! The words of unions, one for all rows that name it: thousands of rows say one of three.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::Pg;
use diesel::sql_types::Text;
use mobile_contracts::identity::MassUnion;

/// A union's word as it comes from the database.
#[derive(Debug, FromSqlRow)]
pub struct UnionWord(&'static str);

impl FromSql<Text, Pg> for UnionWord {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let word = std::str::from_utf8(value.as_bytes())?;
        let known = MassUnion::parse(word).ok_or("a union that nobody knows")?;
        Ok(Self(known.as_str()))
    }
}

impl From<UnionWord> for &'static str {
    fn from(word: UnionWord) -> Self {
        word.0
    }
}

/// The same of a text.
pub fn word_of(text: &str) -> &'static str {
    MassUnion::parse(text).unwrap_or(MassUnion::None).as_str()
}
