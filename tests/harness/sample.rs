//! Requests made from the document alone: its examples, its limits, and whatever the test puts in by
//! name. So a new operation is tried without anybody writing a body for it.

use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What a test puts in where the document only says "an id": by the name of the field.
pub trait Fill {
    fn fill(&self, name: &str) -> Option<Value>;
}

/// Which optional fields of a body are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Optional {
    /// Those that the test fills, at any depth.
    Filled,
    All,
}

pub struct Sampler<'a> {
    pub document: &'a Value,
    pub fill: &'a dyn Fill,
    pub optional: Optional,
}

impl Sampler<'_> {
    /// A body of an operation, if it takes JSON.
    pub fn json_body(&self, operation: &Value) -> Option<Value> {
        let content = &operation["requestBody"]["content"]["application/json"];
        (!content.is_null()).then(|| self.sample(&content["schema"]))
    }

    /// The CSV file of an operation that takes one: the document's example, filled by column.
    pub fn csv_body(&self, operation: &Value) -> Option<Vec<(String, String)>> {
        let example = operation["requestBody"]["content"]["text/csv"]["example"].as_str()?;
        let mut lines = example.lines();
        let (header, line) = (lines.next().unwrap(), lines.next().unwrap());
        let columns = header.split(',').zip(line.split(','));
        Some(
            columns
                .map(|(name, value)| {
                    let filled = self.fill.fill(name).map(|value| as_text(&value));
                    (name.to_owned(), filled.unwrap_or_else(|| value.to_owned()))
                })
                .collect(),
        )
    }

    /// A value of this shape.
    pub fn sample(&self, schema: &Value) -> Value {
        if let Some(target) = schema["$ref"].as_str() {
            return self.sample(self.resolve(target));
        }
        for variants in ["oneOf", "anyOf", "allOf"] {
            if let Some(variants) = schema[variants].as_array() {
                let real = variants.iter().find(|variant| variant["type"] != "null");
                return self.sample(real.unwrap());
            }
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").unwrap(),
            kind => kind,
        };
        match kind.as_str() {
            Some("object") => self.object(schema),
            Some("array") if schema["example"].is_null() => {
                let count = schema["minItems"].as_u64().unwrap_or(0).max(1);
                (0..count).map(|_| self.sample(&schema["items"])).collect()
            }
            // One that was sent before means something else than a new one.
            Some("string") if schema["format"] == "uuid" => json!(Uuid::now_v7()),
            _ if !schema["example"].is_null() => schema["example"].clone(),
            Some("string") => self.text(schema),
            Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
            Some("boolean") => json!(false),
            _ => panic!("what is a value of {schema}?"),
        }
    }

    fn text(&self, schema: &Value) -> Value {
        if let Some(word) = schema["enum"].get(0).or(schema.get("const")) {
            return word.clone();
        }
        let now = api::clock::Clock::default().now();
        match schema["format"].as_str() {
            Some("date") => json!(mobile_contracts::calendar::local_day(now)),
            Some("date-time") => json!(now),
            _ => {
                let length = schema["minLength"].as_u64().unwrap_or(0).max(1) as usize;
                json!("a".repeat(length))
            }
        }
    }

    fn object(&self, schema: &Value) -> Value {
        let mut object = Map::new();
        let required: Vec<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let filled = self.fill.fill(name);
            let sent = required.contains(&name.as_str())
                || self.optional == Optional::All
                || self.is_filled(name, property);
            if sent {
                let is_list = match &self.shape(property)["type"] {
                    Value::Array(kinds) => kinds.iter().any(|kind| kind == "array"),
                    kind => kind == "array",
                };
                let value = filled.map(|value| match is_list {
                    true => json!([value]),
                    false => value,
                });
                object.insert(name.clone(), value.unwrap_or_else(|| self.sample(property)));
            }
        }
        Value::Object(object)
    }

    /// Whether the test puts something in here, or anywhere below.
    fn is_filled(&self, name: &str, schema: &Value) -> bool {
        if self.fill.fill(name).is_some() {
            return true;
        }
        let schema = self.shape(schema);
        let variants = schema["oneOf"].as_array().into_iter().flatten();
        let properties = schema["properties"].as_object().into_iter().flatten();
        variants
            .into_iter()
            .any(|variant| self.is_filled("", variant))
            || properties
                .into_iter()
                .any(|(name, property)| self.is_filled(name, property))
            || !schema["items"].is_null() && self.is_filled("", &schema["items"])
    }

    fn shape<'s>(&'s self, schema: &'s Value) -> &'s Value {
        match schema["$ref"].as_str() {
            Some(target) => self.resolve(target),
            None => schema,
        }
    }

    fn resolve(&self, target: &str) -> &Value {
        let pointer = target.strip_prefix('#').unwrap();
        self.document.pointer(pointer).expect(target)
    }
}

/// Every field of a body at any depth, with its pointer.
pub fn fields(body: &Value) -> Vec<(String, String)> {
    fn walk(value: &Value, pointer: &str, name: &str, found: &mut Vec<(String, String)>) {
        match value {
            Value::Object(object) => {
                for (name, value) in object {
                    let pointer = format!("{pointer}/{name}");
                    found.push((pointer.clone(), name.clone()));
                    walk(value, &pointer, name, found);
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    let pointer = format!("{pointer}/{index}");
                    // An element is called what its list is.
                    found.push((pointer.clone(), name.to_owned()));
                    walk(value, &pointer, name, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(body, "", "", &mut found);
    found
}

/// Gives the operations of a body ids of their own: each request is an act of its own.
pub fn renew(body: &mut Value) {
    for (pointer, name) in fields(body) {
        if name == "op_id" {
            *body.pointer_mut(&pointer).unwrap() = json!(Uuid::now_v7());
        }
    }
}

/// A value as it stands in a path, a query or a column.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
