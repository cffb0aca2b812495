use serde_json::{Value, json};

use super::{Change, Version, Weight, compare};

/// A contract small enough to see whole.
fn contract() -> Value {
    json!({
        "openapi": "3.1.0",
        "paths": {
            "/ops": {
                "get": {
                    "operationId": "list_ops",
                    "summary": "Lists.",
                    "parameters": [
                        { "in": "query", "name": "limit", "schema": { "type": "integer", "format": "int32", "maximum": 100 } },
                    ],
                    "responses": { "200": {
                        "headers": { "ETag": {} },
                        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Page" } } },
                    } },
                },
                "post": {
                    "operationId": "push",
                    "requestBody": {
                        "required": true,
                        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Push" } } },
                    },
                    "responses": {
                        "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Verdict" } } } },
                        "422": { "description": "Refused." },
                    },
                },
            },
        },
        "components": { "schemas": {
            "Push": {
                "type": "object",
                "required": ["ops"],
                "additionalProperties": false,
                "properties": {
                    "ops": { "type": "array", "maxItems": 200, "items": { "$ref": "#/components/schemas/Op" } },
                    "note": { "type": ["string", "null"], "maxLength": 500 },
                },
            },
            "Op": {
                "type": "object",
                "required": ["kind"],
                "properties": {
                    "kind": { "type": "string", "enum": ["record", "void"] },
                    "after": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Op" }] },
                },
            },
            "Verdict": {
                "type": "object",
                "required": ["result"],
                "properties": {
                    "result": { "type": "string", "enum": ["applied", "held"] },
                    "code": { "type": "string" },
                    "of": { "$ref": "#/components/schemas/Verdict" },
                },
            },
            "Page": {
                "type": "object",
                "required": ["items"],
                "properties": {
                    "items": { "type": "array", "items": { "$ref": "#/components/schemas/Verdict" } },
                    "totals": { "type": "object", "additionalProperties": { "type": "integer", "format": "int32" } },
                },
            },
        } },
    })
}

fn changed(change: impl FnOnce(&mut Value)) -> Vec<Change> {
    let old = contract();
    let mut new = old.clone();
    change(&mut new);
    assert_ne!(old, new, "nothing was changed");
    compare(&old, &new)
}

fn weight(change: impl FnOnce(&mut Value)) -> Option<Weight> {
    changed(change).iter().map(|change| change.weight).max()
}

fn remove(value: &mut Value, pointer: &str, name: &str) {
    let object = value.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
    object.remove(name).expect("what is removed is there");
}

const POST: &str = "/paths/~1ops/post";
const GET: &str = "/paths/~1ops/get";
const SCHEMAS: &str = "/components/schemas";

#[test]
fn what_did_not_change_is_no_change() {
    assert_eq!(compare(&contract(), &contract()), []);
}

/// The eleven breaking and two harmless mutations with which published tools were measured.
#[test]
fn the_thirteen_mutations_are_told_apart() {
    type Mutation = (&'static str, Weight, fn(&mut Value));
    let mutations: [Mutation; 13] = [
        ("a path is removed", Weight::Breaking, |doc| {
            remove(doc, "/paths", "/ops");
        }),
        (
            "a new request field must be sent",
            Weight::Breaking,
            |doc| {
                doc["components"]["schemas"]["Op"]["properties"]["at"] =
                    json!({ "type": "string" });
                doc["components"]["schemas"]["Op"]["required"] = json!(["kind", "at"]);
            },
        ),
        ("an answer's field is removed", Weight::Breaking, |doc| {
            remove(doc, &format!("{SCHEMAS}/Verdict/properties"), "code");
        }),
        ("a request's value is removed", Weight::Breaking, |doc| {
            doc["components"]["schemas"]["Op"]["properties"]["kind"]["enum"] = json!(["record"]);
        }),
        ("an answer's value is added", Weight::Breaking, |doc| {
            doc["components"]["schemas"]["Verdict"]["properties"]["result"]["enum"] =
                json!(["applied", "held", "merged"]);
        }),
        ("a request's type changes", Weight::Breaking, |doc| {
            doc["components"]["schemas"]["Push"]["properties"]["note"]["type"] = json!("integer");
        }),
        (
            "an answer's field may be missing",
            Weight::Breaking,
            |doc| {
                doc["components"]["schemas"]["Verdict"]["required"] = json!([]);
            },
        ),
        ("fewer items are taken", Weight::Breaking, |doc| {
            doc["components"]["schemas"]["Push"]["properties"]["ops"]["maxItems"] = json!(100);
        }),
        ("a query parameter must be given", Weight::Breaking, |doc| {
            doc["paths"]["/ops"]["get"]["parameters"][0]["required"] = json!(true);
        }),
        ("an answer's field may be null", Weight::Breaking, |doc| {
            doc["components"]["schemas"]["Verdict"]["properties"]["code"]["type"] =
                json!(["string", "null"]);
        }),
        ("200 becomes 202", Weight::Breaking, |doc| {
            let responses = &mut doc["paths"]["/ops"]["post"]["responses"];
            responses["202"] = responses["200"].take();
            remove(doc, &format!("{POST}/responses"), "200");
        }),
        ("a new request field may be sent", Weight::Addition, |doc| {
            doc["components"]["schemas"]["Op"]["properties"]["at"] = json!({ "type": "string" });
        }),
        ("an answer has a new field", Weight::Addition, |doc| {
            doc["components"]["schemas"]["Verdict"]["properties"]["at"] =
                json!({ "type": "string" });
        }),
    ];
    for (what, expected, mutation) in mutations {
        assert_eq!(weight(mutation), Some(expected), "{what}");
    }
}

#[test]
fn what_is_below_a_list_a_map_and_itself_is_seen() {
    let found = changed(|doc| {
        doc["components"]["schemas"]["Page"]["properties"]["totals"]["additionalProperties"]["format"] =
            json!("int64");
    });
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].at, "GET /ops: 200/totals/*");
    assert_eq!(
        found[0].weight,
        Weight::Breaking,
        "a small number overflows"
    );

    let found = changed(|doc| {
        doc["components"]["schemas"]["Op"]["properties"]["kind"]["enum"] =
            json!(["record", "void", "note"]);
    });
    let at: Vec<&str> = found.iter().map(|change| change.at.as_str()).collect();
    assert_eq!(
        at,
        ["POST /ops: request/ops/items/kind"],
        "once, and not for ever"
    );
    assert_eq!(
        found[0].weight,
        Weight::Addition,
        "a phone may go on sending what it sends"
    );
}

#[test]
fn a_request_may_be_widened_and_an_answer_narrowed() {
    type Mutation = (&'static str, Weight, fn(&mut Value));
    let mutations: [Mutation; 15] = [
        ("nothing changed", Weight::Addition, |doc| {
            doc["paths"]["/ops"]["get"]["responses"]["304"] = json!({ "description": "Same." });
        }),
        ("more items", Weight::Addition, |doc| {
            doc["components"]["schemas"]["Push"]["properties"]["ops"]["maxItems"] = json!(300);
        }),
        ("a bound that was not there", Weight::Breaking, |doc| {
            doc["components"]["schemas"]["Push"]["properties"]["ops"]["minItems"] = json!(1);
        }),
        ("null is refused", Weight::Breaking, |doc| {
            doc["components"]["schemas"]["Push"]["properties"]["note"]["type"] = json!("string");
        }),
        ("an open text is closed", Weight::Breaking, |doc| {
            doc["components"]["schemas"]["Push"]["properties"]["note"]["enum"] = json!(["a"]);
        }),
        ("an answer is always there", Weight::Addition, |doc| {
            doc["components"]["schemas"]["Verdict"]["required"] = json!(["result", "code"]);
        }),
        ("an answer says less", Weight::Addition, |doc| {
            doc["components"]["schemas"]["Verdict"]["properties"]["result"]["enum"] =
                json!(["applied"]);
        }),
        ("an answer is opened", Weight::Breaking, |doc| {
            remove(doc, &format!("{SCHEMAS}/Verdict/properties/result"), "enum");
        }),
        ("a default", Weight::Breaking, |doc| {
            doc["paths"]["/ops"]["get"]["parameters"][0]["schema"]["default"] = json!(20);
        }),
        ("a format", Weight::Breaking, |doc| {
            doc["components"]["schemas"]["Push"]["properties"]["note"]["format"] = json!("uuid");
        }),
        ("a pattern", Weight::Breaking, |doc| {
            doc["components"]["schemas"]["Push"]["properties"]["note"]["pattern"] = json!("^a");
        }),
        ("unknown fields are refused", Weight::Breaking, |doc| {
            doc["components"]["schemas"]["Op"]["additionalProperties"] = json!(false);
        }),
        ("unknown fields are taken", Weight::Addition, |doc| {
            remove(doc, &format!("{SCHEMAS}/Push"), "additionalProperties");
        }),
        ("a request's field is gone", Weight::Breaking, |doc| {
            remove(doc, &format!("{SCHEMAS}/Push/properties"), "note");
        }),
        ("anything becomes a text", Weight::Breaking, |doc| {
            doc["components"]["schemas"]["Op"]["properties"]["after"] = json!({ "type": "string" });
        }),
    ];
    for (what, expected, mutation) in mutations {
        assert_eq!(weight(mutation), Some(expected), "{what}");
    }
}

#[test]
fn what_an_operation_asks_and_is_called_is_part_of_it() {
    type Mutation = (&'static str, Weight, fn(&mut Value));
    let mutations: [Mutation; 12] = [
        ("another tag", Weight::Breaking, |doc| {
            doc["paths"]["/ops"]["get"]["tags"] = json!(["sync"]);
        }),
        ("another id", Weight::Breaking, |doc| {
            doc["paths"]["/ops"]["get"]["operationId"] = json!("all_ops");
        }),
        ("signing in", Weight::Breaking, |doc| {
            doc["paths"]["/ops"]["get"]["security"] = json!([{ "session": [] }]);
        }),
        ("signing in or not", Weight::Text, |doc| {
            doc["paths"]["/ops"]["get"]["security"] = json!([{}, { "session": [] }]);
            doc["paths"]["/ops"]["get"]["summary"] = json!("Lists all.");
        }),
        ("no parameter", Weight::Breaking, |doc| {
            doc["paths"]["/ops"]["get"]["parameters"] = json!([]);
        }),
        ("a new parameter", Weight::Addition, |doc| {
            let parameters = doc["paths"]["/ops"]["get"]["parameters"]
                .as_array_mut()
                .unwrap();
            parameters.push(json!({ "in": "query", "name": "q", "schema": { "type": "string" } }));
        }),
        ("a new header that must be sent", Weight::Breaking, |doc| {
            let parameters = doc["paths"]["/ops"]["get"]["parameters"]
                .as_array_mut()
                .unwrap();
            parameters
                .push(json!({ "in": "header", "name": "Key", "required": true, "schema": {} }));
        }),
        ("no header of the answer", Weight::Breaking, |doc| {
            remove(doc, &format!("{GET}/responses/200/headers"), "ETag");
        }),
        ("another media type", Weight::Breaking, |doc| {
            doc["paths"]["/ops"]["get"]["responses"]["200"]["content"] = json!({ "text/csv": {} });
        }),
        ("a new refusal", Weight::Addition, |doc| {
            doc["paths"]["/ops"]["get"]["responses"]["404"] = json!({ "description": "None." });
        }),
        ("deprecated", Weight::Addition, |doc| {
            doc["paths"]["/ops"]["get"]["deprecated"] = json!(true);
        }),
        ("a new operation", Weight::Addition, |doc| {
            doc["paths"]["/new"] = doc["paths"]["/ops"].clone();
        }),
    ];
    for (what, expected, mutation) in mutations {
        assert_eq!(weight(mutation), Some(expected), "{what}");
    }
}

#[test]
fn a_version_is_raised_by_what_changed() {
    let version = Version::parse("1.4.2").unwrap();
    let of = |weight| {
        let change = Change {
            weight,
            at: String::new(),
            what: String::new(),
        };
        version.after(&[change]).to_string()
    };
    assert_eq!(version.after(&[]), version);
    assert_eq!(of(Weight::Text), "1.4.3");
    assert_eq!(of(Weight::Addition), "1.5.0");
    assert_eq!(of(Weight::Breaking), "2.0.0");
    for text in ["1.2", "1.2.3.4", "v1.2.3", "", "1..2"] {
        assert_eq!(Version::parse(text), None, "{text}");
    }
}

/// The contract as it is committed: a field of a schema, taken away, is missed somewhere.
#[test]
fn no_field_of_our_own_contract_can_go_unseen() {
    let contract: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    assert_eq!(compare(&contract, &contract), []);
    let text = contract.to_string();
    let mut tried = 0;
    // Some, and one field of each: a comparison reads the whole.
    let schemas = contract["components"]["schemas"].as_object().unwrap();
    for (schema, body) in schemas.iter().step_by(4) {
        let field = body["properties"]
            .as_object()
            .and_then(|all| all.keys().next());
        let (Some(field), true) = (field, text.contains(&format!("schemas/{schema}\""))) else {
            continue;
        };
        let mut new = contract.clone();
        remove(&mut new, &format!("{SCHEMAS}/{schema}/properties"), field);
        let changes = compare(&contract, &new);
        let breaks = changes.first().map(|change| change.weight) == Some(Weight::Breaking);
        assert!(breaks, "{schema}.{field} goes unseen");
        tried += 1;
    }
    assert!(tried > 20, "{tried} fields");
}
