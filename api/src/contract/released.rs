//! Releases of the contract: what was promised, what changed since, and the words in which developers
//! of other apps are told.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::NaiveDate;
use mobile_contracts::diff::{Change, Version, Weight, compare};
use serde_json::Value;

/// How many places of one change are named.
const PLACES_NAMED: usize = 3;
const TITLE: &str = "# What changed in the contract";

/// What a build did with what was released.
#[derive(Debug)]
pub struct Since {
    pub released: Version,
    pub changes: Vec<Change>,
}

impl Since {
    /// Compares a build's document with the last that was released.
    ///
    /// # Errors
    /// A sentence, when one of them is no document.
    pub fn of(released: &str, build: &str) -> Result<Self, String> {
        let old = read(released).map_err(|why| format!("the released document: {why}"))?;
        let new = read(build).map_err(|why| format!("the other document: {why}"))?;
        let version = old["info"]["version"].as_str().and_then(Version::parse);
        Ok(Self {
            released: version.ok_or("the released document has no version such as 1.0.0")?,
            changes: compare(&old, &new),
        })
    }

    pub fn breaking(&self) -> impl Iterator<Item = &Change> {
        let changes = self.changes.iter();
        changes.filter(|change| change.weight == Weight::Breaking)
    }

    /// The version that these changes ask for.
    pub fn next(&self) -> Version {
        self.released.after(&self.changes)
    }
}

fn read(text: &str) -> Result<Value, String> {
    let document: Value = serde_json::from_str(text).map_err(|why| why.to_string())?;
    if document["openapi"].is_string() {
        Ok(document)
    } else {
        Err("it is not an OpenAPI document".to_owned())
    }
}

/// A change that a schema brings to many operations is told once.
fn grouped<'a>(
    changes: impl Iterator<Item = &'a Change>,
) -> BTreeMap<(String, &'a str), Vec<&'a str>> {
    let mut groups: BTreeMap<(String, &str), Vec<&str>> = BTreeMap::new();
    for change in changes {
        let field = change.at.rsplit('/').next().unwrap_or_default();
        let is_field = change.at.contains(": ");
        let field = if is_field { field } else { "" };
        let places = groups.entry((field.to_owned(), &change.what)).or_default();
        places.push(&change.at);
    }
    groups
}

/// The entry of a version, in Markdown.
pub fn entry(version: Version, on: NaiveDate, changes: &[Change]) -> String {
    let mut text = format!("## {version} · {on}\n");
    let parts = [
        (Weight::Breaking, "Breaking"),
        (Weight::Addition, "New"),
        (Weight::Text, "Words"),
    ];
    for (weight, title) in parts {
        let groups = grouped(changes.iter().filter(|change| change.weight == weight));
        if groups.is_empty() {
            continue;
        }
        let _ = write!(text, "\n**{title}**\n\n");
        for ((_, what), places) in groups {
            let named: Vec<String> = places
                .iter()
                .take(PLACES_NAMED)
                .map(|at| format!("`{at}`"))
                .collect();
            let _ = write!(text, "- {what}: {}", named.join(", "));
            match places.len().saturating_sub(PLACES_NAMED) {
                0 => text.push('\n'),
                more => {
                    let _ = writeln!(text, " and {more} more");
                }
            }
        }
    }
    if changes.is_empty() {
        text.push_str("\nThe first release.\n");
    }
    text
}

/// Puts an entry before all others.
pub fn prepend(changelog: &str, entry: &str) -> String {
    let older = changelog.strip_prefix(TITLE).unwrap_or(changelog).trim();
    let mut text = format!("{TITLE}\n\n{}\n", entry.trim());
    if !older.is_empty() {
        let _ = write!(text, "\n{older}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(weight: Weight, at: &str, what: &str) -> Change {
        Change {
            weight,
            at: at.to_owned(),
            what: what.to_owned(),
        }
    }

    #[test]
    fn an_entry_says_each_thing_once_and_the_worst_first() {
        let changes: Vec<Change> = (1..=5)
            .map(|n| {
                change(
                    Weight::Addition,
                    &format!("GET /{n}: 200/items/at"),
                    "a new field",
                )
            })
            .chain([change(Weight::Breaking, "GET /6", "the operation is gone")])
            .collect();
        let on = NaiveDate::from_ymd_opt(2027, 1, 4).unwrap();
        let text = entry(Version::parse("2.0.0").unwrap(), on, &changes);
        assert_eq!(
            text,
            "## 2.0.0 · 2027-01-04\n\n**Breaking**\n\n- the operation is gone: `GET /6`\n\n**New**\n\n\
             - a new field: `GET /1: 200/items/at`, `GET /2: 200/items/at`, `GET /3: 200/items/at` and 2 more\n"
        );
        let first = prepend("", "## 1.0.0\n");
        let both = prepend(&first, &text);
        assert!(both.starts_with(TITLE) && both.ends_with("## 1.0.0\n"));
        assert_eq!(both.matches(TITLE).count(), 1);
    }

    #[test]
    fn what_is_no_document_is_refused_with_a_sentence() {
        let good = r#"{"openapi":"3.1.0","info":{"version":"1.0.0"}}"#;
        assert!(Since::of(good, good).unwrap().changes.is_empty());
        for (old, new, word) in [
            ("{", good, "released"),
            (good, "[]", "other"),
            ("{\"openapi\":\"3\"}", good, "1.0.0"),
        ] {
            let why = Since::of(old, new).unwrap_err();
            assert!(why.contains(word), "{why}");
        }
    }
}
