//! Schemas: what may be sent, and what may be told.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::document::{Document, object, reference, says, text};
use super::{Changes, Weight};

/// Who writes what a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The phone: what was good must stay good.
    Request,
    /// The server: what is told must be what was promised.
    Response,
}

/// One schema in both documents, and everything below it.
pub struct Schemas<'c, 'd> {
    changes: &'c mut Changes,
    old: &'c Document<'d>,
    new: &'c Document<'d>,
    direction: Direction,
    /// Pairs of references on the way here: a schema may hold itself.
    above: HashSet<(String, String)>,
}

impl<'c, 'd> Schemas<'c, 'd> {
    pub fn new(
        changes: &'c mut Changes,
        old: &'c Document<'d>,
        new: &'c Document<'d>,
        direction: Direction,
    ) -> Self {
        Self {
            changes,
            old,
            new,
            direction,
            above: HashSet::new(),
        }
    }

    pub fn compare(&mut self, at: &str, was: &'d Value, is: &'d Value) {
        let (was, was_null) = without_null(self.old, was);
        let (is, is_null) = without_null(self.new, is);
        let pair = reference(was).zip(reference(is));
        let pair = pair.map(|(was, is)| (was.to_owned(), is.to_owned()));
        if let Some(pair) = &pair
            && !self.above.insert(pair.clone())
        {
            return;
        }
        let (old, new) = (self.old.resolve(was), self.new.resolve(is));
        let (was_null, is_null) = (was_null || lists_null(old), is_null || lists_null(new));
        self.types(at, old, new, was_null, is_null);
        self.values(at, old, new);
        self.format(at, old, new);
        self.bounds(at, old, new);
        self.default(at, old, new);
        self.alternatives(at, old, new);
        self.properties(at, old, new);
        self.others(at, old, new);
        if !old["items"].is_null() && !new["items"].is_null() {
            self.compare(&format!("{at}/items"), &old["items"], &new["items"]);
        }
        if let Some(pair) = &pair {
            self.above.remove(pair);
        }
    }

    /// More than was said may come, or less may be sent: `more` says that the new one allows what the
    /// old did not, `less` the other way round.
    fn judge(&mut self, at: &str, more: bool, less: bool, what: &str) {
        let breaks = match self.direction {
            Direction::Request => less,
            Direction::Response => more,
        };
        if breaks {
            self.changes.breaks(at, what);
        } else if more || less {
            self.changes.adds(at, what);
        }
    }

    fn types(&mut self, at: &str, old: &Value, new: &Value, was_null: bool, is_null: bool) {
        let (was, is) = (types(old), types(new));
        if was != is {
            let more = is.is_empty() || is.iter().any(|one| !allows(&was, one));
            let less = was.is_empty() || was.iter().any(|one| !allows(&is, one));
            let what = format!("{} became {}", said(&was), said(&is));
            self.judge(at, more, less, &what);
        }
        match (was_null, is_null) {
            (false, true) => self.judge(at, true, false, "it may be null now"),
            (true, false) => self.judge(at, false, true, "it is never null any more"),
            _ => {}
        }
    }

    fn values(&mut self, at: &str, old: &Value, new: &Value) {
        let (was, is) = (values(old), values(new));
        match (was, is) {
            (Some(was), Some(is)) => {
                for value in is.difference(&was) {
                    self.judge(at, true, false, &format!("a new value, {value}"));
                }
                for value in was.difference(&is) {
                    self.judge(at, false, true, &format!("{value} is no value any more"));
                }
            }
            (Some(_), None) => self.judge(at, true, false, "any value may stand there now"),
            (None, Some(_)) => self.judge(at, false, true, "only some values may stand there now"),
            (None, None) => {}
        }
    }

    fn format(&mut self, at: &str, old: &Value, new: &Value) {
        let (was, is) = (text(old, "format"), text(new, "format"));
        if was == is {
            return;
        }
        let widened = is.is_empty() || (was, is) == ("int32", "int64");
        let narrowed = was.is_empty() || (was, is) == ("int64", "int32");
        let what = format!("the format `{was}` became `{is}`");
        match (widened, narrowed) {
            (true, _) => self.judge(at, true, false, &what),
            (_, true) => self.judge(at, false, true, &what),
            _ => self.changes.breaks(at, what),
        }
    }

    fn bounds(&mut self, at: &str, old: &Value, new: &Value) {
        const UPPER: [&str; 5] = [
            "maximum",
            "exclusiveMaximum",
            "maxLength",
            "maxItems",
            "maxProperties",
        ];
        const LOWER: [&str; 5] = [
            "minimum",
            "exclusiveMinimum",
            "minLength",
            "minItems",
            "minProperties",
        ];
        let bounds = UPPER
            .iter()
            .map(|name| (name, true))
            .chain(LOWER.iter().map(|name| (name, false)));
        for (name, is_upper) in bounds {
            let bound = |schema: &Value| schema.get(*name).and_then(Value::as_f64);
            let (was, is) = (bound(old), bound(new));
            if was == is {
                continue;
            }
            let far = if is_upper {
                f64::INFINITY
            } else {
                f64::NEG_INFINITY
            };
            let rose = is.unwrap_or(far) > was.unwrap_or(far);
            let what = match is {
                Some(is) => format!("`{name}` is {is} now"),
                None => format!("`{name}` is gone"),
            };
            self.judge(at, rose == is_upper, rose != is_upper, &what);
        }
        let (was, is) = (text(old, "pattern"), text(new, "pattern"));
        if was != is {
            let what = format!("the pattern `{was}` became `{is}`");
            self.judge(at, !was.is_empty(), !is.is_empty(), &what);
        }
        if says(old, "uniqueItems") != says(new, "uniqueItems") {
            let unique = says(new, "uniqueItems");
            self.judge(at, !unique, unique, "whether items may repeat changed");
        }
    }

    /// What is meant by saying nothing.
    fn default(&mut self, at: &str, old: &Value, new: &Value) {
        if self.direction == Direction::Request && old.get("default") != new.get("default") {
            self.changes
                .breaks(at, "to leave it out means something else now");
        }
    }

    /// Compositions that are more than "or null": kept as they are, or told as a change.
    fn alternatives(&mut self, at: &str, old: &'d Value, new: &'d Value) {
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let list =
                |schema: &'d Value| schema[keyword].as_array().map_or(&[][..], Vec::as_slice);
            let (was, is) = (list(old), list(new));
            if was.len() == is.len() {
                for (at_place, (was, is)) in was.iter().zip(is).enumerate() {
                    self.compare(&format!("{at}/{keyword}/{at_place}"), was, is);
                }
                continue;
            }
            let fewer_demands = keyword == "allOf";
            let more = (is.len() > was.len()) != fewer_demands || was.is_empty() || is.is_empty();
            let less = (is.len() < was.len()) != fewer_demands || was.is_empty() || is.is_empty();
            let what = format!(
                "`{keyword}` has {} parts instead of {}",
                is.len(),
                was.len()
            );
            self.judge(at, more, less, &what);
        }
    }

    fn properties(&mut self, at: &str, old: &'d Value, new: &'d Value) {
        let properties = |schema: &'d Value| -> BTreeMap<&'d str, &'d Value> {
            let all = object(&schema["properties"]);
            all.map(|(name, schema)| (name.as_str(), schema)).collect()
        };
        let (was, is) = (properties(old), properties(new));
        let (needed, needs) = (required(old), required(new));
        for (name, before) in &was {
            let at = format!("{at}/{name}");
            let Some(after) = is.get(name) else {
                let what = match self.direction {
                    Direction::Request => "it is gone, and an unknown field is refused",
                    Direction::Response => "it is not told any more",
                };
                self.changes.breaks(&at, what);
                continue;
            };
            match (needed.contains(name), needs.contains(name)) {
                (true, false) => self.judge(&at, true, false, "it may be missing now"),
                (false, true) => self.judge(&at, false, true, "it is always there now"),
                _ => {}
            }
            self.compare(&at, before, after);
            if text(before, "description") != text(after, "description") {
                self.changes
                    .add(Weight::Text, &at, "its description reads differently");
            }
        }
        for name in is.keys().filter(|name| !was.contains_key(*name)) {
            let at = format!("{at}/{name}");
            if self.direction == Direction::Request && needs.contains(name) {
                self.changes.breaks(&at, "a new field that must be sent");
            } else {
                self.changes.adds(&at, "a new field");
            }
        }
    }

    /// Members without a name of their own: the values of a map, or none.
    fn others(&mut self, at: &str, old: &'d Value, new: &'d Value) {
        let others = |schema: &'d Value| schema.get("additionalProperties");
        match (others(old), others(new)) {
            (Some(was), Some(is)) if was.is_object() && is.is_object() => {
                self.compare(&format!("{at}/*"), was, is);
            }
            (was, is) => {
                let open = |rule: Option<&Value>| rule != Some(&Value::Bool(false));
                let (was, is) = (open(was), open(is));
                // What a server tells beyond what it promised is nobody's concern.
                if was != is && self.direction == Direction::Request {
                    self.judge(at, is, was, "whether unknown fields are taken changed");
                }
            }
        }
    }
}

/// The schema without "or null", and whether it may be null.
fn without_null<'d>(document: &Document<'d>, schema: &'d Value) -> (&'d Value, bool) {
    for keyword in ["oneOf", "anyOf"] {
        let Some(parts) = schema[keyword].as_array() else {
            continue;
        };
        let is_null = |part: &&Value| text(document.resolve(part), "type") == "null";
        let mut rest = parts.iter().filter(|part| !is_null(part));
        if let (Some(only), None) = (rest.next(), rest.next()) {
            let (inner, inner_null) = without_null(document, only);
            return (inner, inner_null || parts.len() > 1);
        }
    }
    (schema, false)
}

fn lists_null(schema: &Value) -> bool {
    let listed = schema["type"].as_array();
    listed.is_some_and(|types| types.iter().any(|one| one == "null"))
}

fn types(schema: &Value) -> BTreeSet<&str> {
    match &schema["type"] {
        Value::String(one) => BTreeSet::from([one.as_str()]),
        Value::Array(many) => many
            .iter()
            .filter_map(Value::as_str)
            .filter(|one| *one != "null")
            .collect(),
        _ => BTreeSet::new(),
    }
}

/// Whether a value of this type is one of those; of no type at all, everything is.
fn allows(types: &BTreeSet<&str>, one: &str) -> bool {
    types.is_empty() || types.contains(one) || (one == "integer" && types.contains("number"))
}

fn said(types: &BTreeSet<&str>) -> String {
    if types.is_empty() {
        return "anything".to_owned();
    }
    types.iter().copied().collect::<Vec<_>>().join(" or ")
}

/// The values of an enumeration or a constant, as JSON.
fn values(schema: &Value) -> Option<BTreeSet<String>> {
    if let Some(only) = schema.get("const") {
        return Some(BTreeSet::from([only.to_string()]));
    }
    let listed = schema["enum"].as_array()?;
    Some(listed.iter().map(Value::to_string).collect())
}

fn required(schema: &Value) -> BTreeSet<&str> {
    let listed = schema["required"].as_array().into_iter().flatten();
    listed.filter_map(Value::as_str).collect()
}
