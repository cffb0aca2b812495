//! The monthly report: figures that are entered and corrected, what does not hold together in them, and the
//! papers that come of it.

mod catalogue;
mod departments;
mod directives;
mod fed;
mod figures;
mod mergers;
mod papers;
mod printed;
mod reference;
mod registers;

use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use mobile_contracts::reporting::{EnteredValues, IndicatorValue, ReportingPeriod};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Person, TestApp};

/// Nothing of it is left out: all that the report of February 2023 states.
const REFERENCE: &str = include_str!("ninh-thuan-2023-02.csv");

async fn reporter(app: &TestApp) -> Person {
    let unit = app.commune("56").await;
    app.account(Role::Reporter, MassUnion::None, unit).await
}

/// Opens a period of a unit.
async fn open(person: &Person, unit: UnitId, month: &str, days: (&str, &str)) -> ReportingPeriod {
    let body = json!({
        "unit_id": unit, "month": month, "starts_on": days.0, "ends_on": days.1,
        "cumulative_from": "2022-01-18",
    });
    let answer = person.post("/api/v1/reporting-periods", body).await;
    answer.expect(201).json()
}

fn at(period: &ReportingPeriod, rest: &str) -> String {
    format!("/api/v1/reporting-periods/{}{rest}", period.period_id)
}

/// One figure, as it is entered.
fn figure(code: &str, span: &str, value: i64) -> Value {
    json!({ "code": code, "span": span, "value": value, "source": "Sổ theo dõi" })
}

async fn enter(person: &Person, period: &ReportingPeriod, values: Value) -> Answer {
    let body = json!({ "values": values });
    person.put(&at(period, "/values"), body).await
}

async fn import(
    person: &Person,
    period: &ReportingPeriod,
    dry_run: bool,
    kind: &str,
    file: Vec<u8>,
) -> Answer {
    let path = at(period, &format!("/imports?dry_run={dry_run}"));
    let request = person.request(Method::POST, &path);
    let request = request.header("content-type", kind).body(file);
    person.send(request).await
}

/// Takes something away: its media type and its bytes.
async fn take(person: &Person, path: &str) -> (String, Vec<u8>) {
    let request = person.request(Method::GET, path);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let kind = answer.headers()["content-type"].to_str().unwrap();
    let kind = kind.to_owned();
    (kind, answer.bytes().await.unwrap().to_vec())
}

async fn list<T: serde::de::DeserializeOwned>(person: &Person, path: &str) -> Vec<T> {
    let sign = if path.contains('?') { '&' } else { '?' };
    let path = format!("{path}{sign}limit=200");
    person.get(&path).await.expect(200).json::<Page<T>>().items
}

/// Tỉnh Ninh Thuận as it was, and a commander of the province that continues it.
async fn reference(app: &TestApp) -> (Person, ReportingPeriod) {
    let day = "2023-02-19".parse().unwrap();
    let unit = app.geography().await.by_code("58", day).unwrap();
    let commander = app.commander().await;
    let period = open(&commander, unit, "2023-02", ("2023-01-17", "2023-02-19")).await;
    let file = REFERENCE.as_bytes().to_vec();
    let answer = import(&commander, &period, false, "text/csv", file).await;
    let told: EnteredValues = answer.expect(200).json();
    assert_eq!(told.refused, []);
    assert_eq!(told.changed as usize, REFERENCE.lines().count() - 1);
    (commander, period)
}

async fn value(
    person: &Person,
    period: &ReportingPeriod,
    code: &str,
    span: &str,
) -> IndicatorValue {
    let values: Vec<IndicatorValue> = list(person, &at(period, "/values")).await;
    let mut own = values
        .into_iter()
        .filter(|own| own.code == code && own.span == span);
    own.next().unwrap()
}

fn nowhere() -> Uuid {
    Uuid::now_v7()
}
