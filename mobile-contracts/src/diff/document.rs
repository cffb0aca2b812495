//! A document of OpenAPI, read.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// References that lead to references are followed so far.
const REFERENCES_MAX: usize = 16;
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

static NOTHING: Value = Value::Null;

/// One version of the contract.
pub struct Document<'a>(&'a Value);

/// An operation, with what its path gives it.
pub struct Operation<'a> {
    pub value: &'a Value,
    /// By place and name, as `query limit`.
    pub parameters: BTreeMap<String, &'a Value>,
}

impl<'a> Document<'a> {
    pub fn new(document: &'a Value) -> Self {
        Self(document)
    }

    /// The value itself, or what it refers to; nothing for a reference that dangles.
    pub fn resolve(&self, value: &'a Value) -> &'a Value {
        let mut at = value;
        for _ in 0..REFERENCES_MAX {
            let Some(reference) = reference(at) else {
                return at;
            };
            let pointer = reference.strip_prefix('#').unwrap_or_default();
            at = self.0.pointer(pointer).unwrap_or(&NOTHING);
        }
        &NOTHING
    }

    /// By method and path, as `POST /sync/push`.
    pub fn operations(&self) -> BTreeMap<String, Operation<'a>> {
        let mut operations = BTreeMap::new();
        for (path, item) in object(&self.0["paths"]) {
            for method in METHODS {
                let Some(value) = item.get(method) else {
                    continue;
                };
                let mut parameters = BTreeMap::new();
                for list in [&item["parameters"], &value["parameters"]] {
                    for parameter in list.as_array().into_iter().flatten() {
                        let parameter = self.resolve(parameter);
                        let name = format!("{} {}", text(parameter, "in"), text(parameter, "name"));
                        parameters.insert(name, parameter);
                    }
                }
                let name = format!("{} {path}", method.to_uppercase());
                operations.insert(name, Operation { value, parameters });
            }
        }
        operations
    }

    /// The ways in which a caller may be known to an operation; an empty one is a stranger's.
    pub fn security(&self, operation: &'a Value) -> Vec<&'a Value> {
        let own = operation.get("security").unwrap_or(&self.0["security"]);
        own.as_array()
            .map_or(Vec::new(), |ways| ways.iter().collect())
    }
}

/// Where a reference leads.
pub fn reference(value: &Value) -> Option<&str> {
    value.get("$ref").and_then(Value::as_str)
}

/// The members of an object; of anything else, none.
pub fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// A member that is a text, or an empty one.
pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A member that says yes; absent, it says no.
pub fn says(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or(false)
}
