//! Who may do what, where, and in which state: the table of operation x role x scope, tried for real.

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection as _;
use futures_util::future::join_all;
use mobile_contracts::identity::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::matrix::{
    self, BEFORE_PASSWORD_CHANGE, ON_LOST_PHONE, Operation, Scope, knows_sessions, nowhere,
};
use crate::harness::sample::{Fill, Optional, Sampler, as_text, fields, renew};
use crate::harness::things::{Things, caller};
use crate::harness::{Answer, Person, TestApp};

const HERE: &str = "22786";
const ELSEWHERE: &str = "22795";

fn document() -> Value {
    serde_json::from_str(&api::routes::document_text()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_lets_in_its_roles_and_nobody_else() {
    let app = TestApp::start().await;
    let mut tried = 0;
    for role in Role::ALL {
        let person = caller(&app, role, "56").await;
        for operation in matrix::operations(&document()) {
            let id = &operation.id;
            if id.starts_with("sign_out") {
                continue; // anybody may, and would be gone
            }
            let request = person.request(operation.method.clone(), &nowhere(&operation.path));
            let answer = person.send(request.json(&json!({}))).await;
            let refused = answer.status == 403 && answer.text.contains("/problems/forbidden");
            assert_eq!(
                !refused,
                operation.roles.contains(&role),
                "{id} as {role:?}: {}",
                answer.text
            );
            assert_ne!(answer.status, 401, "{id} as {role:?}");
            assert!(
                answer.status.as_u16() < 500,
                "{id} as {role:?}: {}",
                answer.text
            );
            tried += 1;
        }
    }
    assert!(tried >= 6 * 5, "{tried} only");
}

/// A request of an operation, made from the document and from things.
#[derive(Debug, Clone)]
struct Draft<'a> {
    operation: &'a Operation,
    path: String,
    query: Vec<(String, String)>,
    /// Columns of a CSV file with one line.
    csv: Option<Vec<(String, String)>>,
    json: Option<Value>,
}

/// Where a request names something.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Spot {
    Path(String),
    Query(String),
    Column(String),
    /// Pointer and name of a field.
    Field(String, String),
}

impl Spot {
    fn name(&self) -> &str {
        match self {
            Self::Path(name) | Self::Query(name) | Self::Column(name) | Self::Field(_, name) => {
                name
            }
        }
    }
}

impl<'a> Draft<'a> {
    fn new(operation: &'a Operation, document: &Value, own: &Things) -> Self {
        let sampler = Sampler {
            document,
            fill: own,
            optional: Optional::Filled,
        };
        let described = &operation.described;
        let mut json = sampler.json_body(described);
        if let Some(body) = &mut json {
            speak_of_one_kind(&operation.id, body);
        }
        Self {
            operation,
            path: operation.path.clone(),
            query: parameters(described, "query")
                .filter_map(|name| Some((name.to_owned(), as_text(&own.fill(name)?))))
                .collect(),
            csv: sampler.csv_body(described),
            json,
        }
    }

    fn spots(&self) -> Vec<Spot> {
        let described = &self.operation.described;
        let in_path = parameters(described, "path").map(|name| Spot::Path(name.to_owned()));
        // All that there are, so that none is overlooked because it was left out.
        let in_query = parameters(described, "query").map(|name| Spot::Query(name.to_owned()));
        let columns = self.csv.iter().flatten();
        let columns = columns.map(|(name, _)| Spot::Column(name.clone()));
        let in_body = self.json.iter().flat_map(fields);
        let in_body = in_body.map(|(pointer, name)| Spot::Field(pointer, name));
        let all = in_path.chain(in_query).chain(columns).chain(in_body);
        all.filter(|spot| match spot {
            // The element is the name, not its list.
            Spot::Field(pointer, name) => {
                Things::is_name(name)
                    && self
                        .json
                        .as_ref()
                        .and_then(|body| body.pointer(pointer))
                        .is_some_and(|value| !value.is_array())
            }
            Spot::Path(name) | Spot::Query(name) | Spot::Column(name) => Things::is_name(name),
        })
        .collect()
    }

    /// The same request with one name leading elsewhere.
    fn naming(&self, spot: &Spot, things: &Things) -> Self {
        let mut changed = self.clone();
        if let Some(body) = &mut changed.json {
            renew(body);
        }
        let fill = |name: &str| things.fill(name).unwrap();
        let replace = |pairs: &mut Vec<(String, String)>, name: &str| {
            let pair = pairs.iter_mut().find(|(known, _)| known == name);
            pair.unwrap().1 = as_text(&fill(name));
        };
        match spot {
            Spot::Path(name) => {
                let value = as_text(&fill(name));
                changed.path = changed.path.replace(&format!("{{{name}}}"), &value);
            }
            Spot::Query(name) => replace(&mut changed.query, name),
            Spot::Column(name) => replace(changed.csv.as_mut().unwrap(), name),
            Spot::Field(pointer, name) => {
                *changed.json.as_mut().unwrap().pointer_mut(pointer).unwrap() = fill(name);
            }
        }
        changed
    }

    async fn send(&self, person: &Person, own: &Things) -> Answer {
        let path: Vec<String> = self
            .path
            .split('/')
            .map(|part| match part.strip_prefix('{') {
                None => part.to_owned(),
                // Of all boards the strictest.
                Some("level}") => "village".to_owned(),
                Some(name) => as_text(&own.fill(name.trim_end_matches('}')).expect(name)),
            })
            .collect();
        let pairs: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let path = format!("{}?{}", path.join("/"), pairs.join("&"));
        let mut request = person
            .request(self.operation.method.clone(), &path)
            .header("idempotency-key", Uuid::now_v7().to_string());
        if let Some(columns) = &self.csv {
            let (names, values): (Vec<_>, Vec<_>) = columns.iter().cloned().unzip();
            request = request.header("content-type", "text/csv").body(format!(
                "{}\n{}\n",
                names.join(","),
                values.join(",")
            ));
        } else if let Some(body) = &self.json {
            request = request.json(body);
        }
        person.send(request).await
    }
}

fn parameters<'a>(described: &'a Value, place: &'a str) -> impl Iterator<Item = &'a str> {
    let all = described["parameters"].as_array().into_iter().flatten();
    all.filter(move |parameter| parameter["in"] == place)
        .map(|parameter| parameter["name"].as_str().unwrap())
}

/// An operation from the field has fields of four kinds, limits are lifted for one of two; a request
/// speaks of one.
fn speak_of_one_kind(id: &str, body: &mut Value) {
    let operation = match id {
        "lift_limits" => {
            body.as_object_mut().unwrap().remove("id_number");
            return;
        }
        "receive_rights_request" => {
            body.as_object_mut().unwrap().remove("card_number");
            return;
        }
        // Opening again is for what was done, and says why.
        "step_data_report" => {
            body["state"] = json!("forwarded");
            return;
        }
        // Only what is of a campaign names one.
        "export_table" => {
            body["table"] = json!("teams");
            return;
        }
        "write_register_entry" => {
            // Only a directive has a number.
            body["kind"] = json!("task");
            return;
        }
        "push_operations" => &mut body["ops"][0],
        "record_operation" | "correct_operation" => &mut body["operation"],
        _ => return,
    };
    let fields = operation.as_object_mut().unwrap();
    // Whoever is met in the field may go to any office.
    fields.remove("appointment");
    if id == "correct_operation" {
        fields.remove("village_id");
        fields.insert("kind".to_owned(), json!("void"));
        fields.insert("reason".to_owned(), json!("nhầm người"));
    } else {
        fields.remove("target_op_id");
        fields.insert("stage".to_owned(), json!("level1_activated"));
        fields.insert("device_holder".to_owned(), json!("own"));
    }
}

/// What a refusal says, apart from which request it was.
fn told(answer: &Answer) -> Value {
    let mut problem = answer.value();
    problem.as_object_mut().unwrap().remove("instance");
    problem
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_reaches_as_far_as_its_callers_unit_and_no_farther() {
    let document = document();
    let operations = matrix::operations(&document);
    let by_role = Role::ALL.map(|role| reach(&document, &operations, role));
    let tried: usize = join_all(by_role).await.into_iter().sum();
    assert!(tried >= 200, "{tried} only");
}

/// Tries how far each operation of a role reaches, in a province of its own, and gives in how many places.
async fn reach(document: &Value, operations: &[Operation], role: Role) -> usize {
    // Hundreds sign in, each from an address of their own.
    let app = TestApp::with().set("TRUSTED_PROXIES", "127.0.0.1");
    let app = &app.start().await;
    let elsewhere = app.volunteer(ELSEWHERE).await;
    let foreign = &Things::within(app, ELSEWHERE, &elsewhere, &elsewhere).await;
    let mut tried = 0;
    let person = caller(app, role, HERE).await;
    // What they may record themselves, they did.
    let mut author = person.clone();
    let is_open = |operation: &&Operation| operation.roles.contains(&role);
    for (number, operation) in operations.iter().filter(is_open).enumerate() {
        // Nobody records more in an hour than one may.
        if !matches!(role, Role::Volunteer | Role::Lead) && number.is_multiple_of(20) {
            author = app.volunteer(HERE).await;
        }
        // Nobody decides about their own.
        let author = match operation.id.as_str() {
            "review_operation" => app.volunteer(HERE).await,
            _ => author.clone(),
        };
        let at = format!("{} as {role:?}", operation.id);
        if let Scope::Own = operation.scope {
            let spots = Draft::new(operation, document, foreign).spots();
            assert!(spots.is_empty(), "{at} names somebody's things: {spots:?}");
            continue;
        }
        let mut own = Things::within(app, HERE, &author, &person).await;
        // Whoever looks their own up sent them, though they may record nothing any more.
        if operation.id == "look_up_operations" {
            own.be_sent_by(app, &person).await;
        }
        let draft = Draft::new(operation, document, &own);
        let spots = draft.spots();
        assert!(!spots.is_empty(), "{at} names nothing: its scope is `Own`");
        for spot in &spots {
            if let Scope::CoveredBut(names) = operation.scope
                && names.contains(&spot.name())
            {
                continue;
            }
            let there = draft.naming(spot, foreign).send(&person, &own).await;
            let nowhere = draft.naming(spot, &own.nowhere()).send(&person, &own).await;
            let at = format!("{at}, {spot:?}: {}", there.text);
            match operation.scope {
                Scope::Covered | Scope::CoveredBut(_) => {
                    there.refused(404, "not-found");
                    assert_eq!(told(&there), told(&nowhere), "{at}");
                }
                Scope::PartByPart(words) => {
                    let is_refused =
                        |answer: &Answer| words.iter().any(|word| answer.text.contains(word));
                    assert!(there.status.is_success() && is_refused(&there), "{at}");
                    assert!(
                        nowhere.status.is_success() && is_refused(&nowhere),
                        "{at} {}",
                        nowhere.text
                    );
                }
                Scope::Everybodys(why) => {
                    assert!(there.status.is_success(), "{at}, though {why}");
                }
                Scope::Own => unreachable!(),
            }
            tried += 1;
        }
        let here = draft.send(&person, &own).await;
        let at = format!("{at}, one's own: {}", here.text);
        // A conflict is no refusal of the right: hours that appointments stand in the way of.
        assert!(here.status.is_success() || here.status == 409, "{at}");
        if let Scope::PartByPart(words) = operation.scope {
            assert!(!words.iter().any(|word| here.text.contains(word)), "{at}");
        }
    }
    tried
}

/// Every operation that looks at a session: method, and a path that leads nowhere.
fn operations_with_sessions(document: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if knows_sessions(operation) {
                found.push((method.to_uppercase(), nowhere(path)));
            }
        }
    }
    found
}

async fn try_as(person: &Person, method: &str, path: &str) -> Answer {
    let request = person
        .request(method.parse().unwrap(), path)
        .header("idempotency-key", Uuid::now_v7().to_string());
    person.send(request.json(&json!({}))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_takes_a_session_that_is_over() {
    let app = TestApp::start().await;
    let document = document();
    let signed_out = app.volunteer(HERE).await;
    signed_out
        .delete("/api/v1/sessions/current")
        .await
        .expect(204);
    let stopped = app.volunteer(HERE).await;
    app.lead(HERE)
        .await
        .patch(
            &format!("/api/v1/accounts/{}", stopped.account_id.unwrap()),
            json!({ "disabled": true }),
        )
        .await
        .expect(200);
    let expired = app.admin().await;
    app.advance(TimeDelta::minutes(15)).await;
    let operations = operations_with_sessions(&document);
    assert!(operations.len() > matrix::operations(&document).len());
    for (method, path) in operations {
        for (state, person) in [
            ("signed out", &signed_out),
            ("stopped", &stopped),
            ("expired", &expired),
        ] {
            let answer = try_as(person, &method, &path).await;
            assert_eq!(
                answer.status, 401,
                "{method} {path} while {state}: {}",
                answer.text
            );
            answer.refused(401, "session-ended");
        }
    }
}

/// What a role may do is refused with this problem, but for these operations. Leaves this person signed out.
async fn assert_opens_only(person: &Person, role: Role, problem: &str, open: &[&str]) {
    for operation in matrix::operations(&document()) {
        let id = operation.id.as_str();
        if id.starts_with("sign_out") || !operation.roles.contains(&role) {
            continue;
        }
        let (method, path) = (operation.method.as_str(), nowhere(&operation.path));
        let answer = try_as(person, method, &path).await;
        let is_refused = answer.text.contains(&format!("/problems/{problem}"));
        let told = format!("{id} as {role:?}: {}", answer.text);
        assert_eq!(is_refused, !open.contains(&id), "{told}");
    }
    person.delete("/api/v1/sessions/current").await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_given_password_opens_nothing_but_its_own_change() {
    let app = TestApp::start().await;
    for role in Role::ALL {
        let person = caller(&app, role, HERE).await;
        let account_id = person.account_id.unwrap();
        let given = format!(
            "update account set must_change_password = true where account_id = '{account_id}'"
        );
        app.owner().await.batch_execute(&given).await.unwrap();
        let problem = "password-must-change";
        assert_opens_only(&person, role, problem, BEFORE_PASSWORD_CHANGE).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_phone_sends_what_it_has_and_reads_nothing() {
    let app = TestApp::start().await;
    for role in Role::ALL {
        let person = caller(&app, role, HERE).await;
        let account_id = person.account_id.unwrap();
        let lose = format!(
            "insert into device (device_id, account_id, family_id, public_key, app, version,
                                 lost_at, lost_by, lost_reason)
             select gen_random_uuid(), account_id, family_id, decode(repeat('04', 65), 'hex'),
                    'to06-web', '1.0.0', app_now(), account_id, 'rơi trên đường'
             from session_family where account_id = '{account_id}'"
        );
        app.owner().await.batch_execute(&lose).await.unwrap();
        assert_opens_only(&person, role, "device-revoked", ON_LOST_PHONE).await;
    }
}
