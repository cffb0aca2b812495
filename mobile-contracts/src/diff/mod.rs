//! What changed between two versions of the contract, and whether a phone would notice.
//!
//! A phone in the field is updated when its owner feels like it. So a released contract only grows: a
//! change breaks when a request that was good may be refused, or when an answer may hold what nobody
//! was told to expect. What a phone sends and what it is told are judged by opposite rules: a request
//! may be widened, an answer may be narrowed.
//!
//! The rules follow the catalogue of checks that oasdiff publishes, as far as this contract uses what
//! they speak of.

mod document;
mod operations;
mod schemas;

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use self::document::Document;

/// How much a change matters to somebody who wrote a client before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Words only.
    Text,
    /// Something new that nobody has to use.
    Addition,
    /// A client that was right is wrong now.
    Breaking,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    pub weight: Weight,
    /// Where, as `POST /sync/push: request/ops/items/stage`.
    pub at: String,
    /// What, in a sentence without its end.
    pub what: String,
}

impl fmt::Display for Change {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}`: {}", self.at, self.what)
    }
}

/// Every difference between two documents of OpenAPI 3.1, the heaviest first. A schema that many
/// operations use is judged where each of them uses it.
pub fn compare(old: &Value, new: &Value) -> Vec<Change> {
    let (old, new) = (Document::new(old), Document::new(new));
    let mut changes = Changes::default();
    operations::compare(&mut changes, &old, &new);
    let mut changes = changes.found;
    changes.sort_by(|one, other| other.weight.cmp(&one.weight).then_with(|| one.cmp(other)));
    changes.dedup();
    changes
}

/// A version `major.minor.patch` (semver.org).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub major: u32,
    pub minor: u32,
    pub patch: u32,
}

/// What a version looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoVersion;

impl fmt::Display for NoVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("three numbers with dots between, as 1.8.2")
    }
}

impl FromStr for Version {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, NoVersion> {
        Self::parse(text).ok_or(NoVersion)
    }
}

impl Version {
    /// `None` unless the text is three numbers with dots between.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(str::parse);
        let version = Self {
            major: parts.next()?.ok()?,
            minor: parts.next()?.ok()?,
            patch: parts.next()?.ok()?,
        };
        parts.next().is_none().then_some(version)
    }

    /// The version that follows, whose part that is raised says what the changes are.
    #[must_use]
    pub fn after(self, changes: &[Change]) -> Self {
        match changes.iter().map(|change| change.weight).max() {
            None => self,
            Some(Weight::Text) => Self {
                patch: self.patch + 1,
                ..self
            },
            Some(Weight::Addition) => Self {
                minor: self.minor + 1,
                patch: 0,
                ..self
            },
            Some(Weight::Breaking) => Self {
                major: self.major + 1,
                minor: 0,
                patch: 0,
            },
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Changes as they are found.
#[derive(Default)]
struct Changes {
    found: Vec<Change>,
}

impl Changes {
    fn add(&mut self, weight: Weight, at: &str, what: impl Into<String>) {
        self.found.push(Change {
            weight,
            at: at.to_owned(),
            what: what.into(),
        });
    }

    fn breaks(&mut self, at: &str, what: impl Into<String>) {
        self.add(Weight::Breaking, at, what);
    }

    fn adds(&mut self, at: &str, what: impl Into<String>) {
        self.add(Weight::Addition, at, what);
    }
}

#[cfg(test)]
mod tests;
