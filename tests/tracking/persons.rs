//! One person of whom many say something: the last word shows, whatever comes when, and none is lost.

use std::collections::BTreeMap;

use api::privacy::keys::Place;
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::PersonId;
use mobile_contracts::page::Page;
use mobile_contracts::person::PersonWord;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, push, push_one, record, told, void,
};
use crate::harness::cutting::Dice;
use crate::harness::{Person, TestApp, citizen};

/// What a person shows: name, phone, birth year, sex.
type Shown = (Option<String>, Option<String>, Option<i16>, Option<String>);

async fn shown(app: &TestApp, id: Uuid) -> Shown {
    use api::db::schema::person::dsl::*;
    type Row = (
        Option<Vec<u8>>,
        Option<Vec<u8>>,
        Option<i16>,
        Option<String>,
    );
    let row: Row = person
        .find(PersonId(id))
        .select((name, phone, birth_year, sex))
        .first(&mut app.conn().await)
        .await
        .unwrap();
    let open = |column, value: Option<Vec<u8>>| {
        let place = Place {
            column,
            row: id.as_bytes(),
        };
        value.map(|value| app.app.keys.decrypt(&place, &value).unwrap())
    };
    (
        open("person.name", row.0),
        open("person.phone", row.1),
        row.2,
        row.3,
    )
}

fn about(op: Value, id: Uuid, minutes_ago: i64, app: &TestApp) -> Value {
    op.with("subject", json!({ "kind": "provisional", "person_id": id }))
        .with(
            "recorded_at",
            app.app.clock.now() - TimeDelta::minutes(minutes_ago),
        )
}

async fn words(lead: &Person, id: Uuid, query: &str) -> Page<PersonWord> {
    let path = format!("/api/v1/persons/{id}/words{query}");
    lead.get(&path).await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_field_shows_what_was_said_last_and_a_void_lets_the_next_one_show() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let id = Uuid::now_v7();
    let op = |minutes_ago| about(record(&app, &volunteer, village, ""), id, minutes_ago, &app);
    let visit = |minutes_ago| {
        op(minutes_ago)
            .with("kind", "visit")
            .with("outcome", "no_signal")
            .without("stage")
            .without("device_holder")
    };
    let first = op(50)
        .with("name", "Katơr Thử")
        .with("phone", "0912345678")
        .with("sex", "female");
    let last = visit(10)
        .with("name", "Katơr Thị Thử")
        .with("birth_year", 1971);
    let between = op(30)
        .with("stage", "installed")
        .with("name", "Katơr Thi Thử")
        .with("birth_year", 1970)
        .with("phone", "0987654321");
    push_one(&app, &volunteer, &last).await;
    push(&app, &volunteer, &[first.clone(), between.clone()]).await;
    let text = |text: &str| Some(text.to_owned());
    let all = (
        text("Katơr Thị Thử"),
        text("+84987654321"),
        Some(1971),
        text("female"),
    );
    assert_eq!(shown(&app, id).await, all);
    // What is taken back takes its words along, of a visit like of a record.
    push_one(&app, &volunteer, &void(&app, &volunteer, &last)).await;
    let less = (
        text("Katơr Thi Thử"),
        text("+84987654321"),
        Some(1970),
        text("female"),
    );
    assert_eq!(shown(&app, id).await, less);
    push_one(&app, &lead, &void(&app, &lead, &between)).await;
    let first_only = (
        text("Katơr Thử"),
        text("+84912345678"),
        None,
        text("female"),
    );
    assert_eq!(shown(&app, id).await, first_only);
    // A void that comes before what it takes back lets nothing show.
    let never = op(1).with("name", "Katơr Nhầm");
    push_one(&app, &volunteer, &void(&app, &volunteer, &never)).await;
    let result = push_one(&app, &volunteer, &never).await;
    assert_eq!(told(&result).1, Some("VOIDED"));
    assert_eq!(shown(&app, id).await, first_only);
    push_one(&app, &volunteer, &void(&app, &volunteer, &first)).await;
    assert_eq!(shown(&app, id).await, (None, None, None, None));
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_id_number_says_is_nobodys_word() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number()).with("name", "Pi Năng Thử");
    push_one(&app, &volunteer, &op).await;
    let id: PersonId = api::db::schema::person::table
        .select(api::db::schema::person::person_id)
        .first(&mut app.conn().await)
        .await
        .unwrap();
    let history = words(&lead, id.0, "").await.items;
    let said: Vec<&str> = history.iter().map(|word| word.field.as_str()).collect();
    assert_eq!(said, ["name"]);
    push_one(&app, &volunteer, &void(&app, &volunteer, &op)).await;
    let female = Some("female".to_owned());
    assert_eq!(shown(&app, id.0).await, (None, None, Some(1990), female));
}

#[tokio::test(flavor = "multi_thread")]
async fn any_order_cut_and_repetition_of_batches_makes_the_same_persons() {
    let app = TestApp::start().await;
    let village = app.village(COMMUNE, 0).await;
    let dice = Dice::new(34);
    let author = app.volunteer(COMMUNE).await;
    const NAMES: [&str; 4] = ["Katơr Thử", "Katơr Thị Thử", "Pi Năng Thử", "Chamaléa Thử"];
    // The same acts about three persons, told three times over about three others.
    let (mut acts, mut outcomes) = (Vec::new(), Vec::new());
    for n in 0..40 {
        let (name, year) = (dice.below(6), dice.below(5));
        let takes_back = (n > 4 && dice.below(4) == 0).then(|| dice.below(n));
        acts.push((dice.below(3), name, year, dice.below(30) as i64, takes_back));
    }
    for _ in 0..3 {
        let ids: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
        // Ids settle what was done at the same moment, so that all three tell in one order.
        let mut ops: Vec<Value> = Vec::new();
        for (who, name, year, minutes_ago, takes_back) in &acts {
            let op = match takes_back {
                Some(target) if ops[*target]["kind"] == "record" => {
                    void(&app, &author, &ops[*target])
                }
                _ => {
                    let op = record(&app, &author, village, "");
                    let mut op = about(op, ids[*who], *minutes_ago, &app);
                    if let Some(name) = NAMES.get(*name) {
                        op = op.with("name", name);
                    }
                    if *year < 3 {
                        op = op.with("birth_year", 1970 + year);
                    }
                    op
                }
            };
            ops.push(op);
        }
        let mut order: Vec<usize> = (0..ops.len() * 2).map(|n| n % ops.len()).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, dice.below(at + 1));
        }
        let mut rest = order.as_slice();
        while !rest.is_empty() {
            let (batch, after) = rest.split_at(rest.len().min(1 + dice.below(9)));
            let batch: Vec<Value> = batch.iter().map(|at| ops[*at].clone()).collect();
            push(&app, &author, &batch).await;
            rest = after;
        }
        let mut outcome = Vec::new();
        for id in ids {
            outcome.push(shown(&app, id).await);
        }
        outcomes.push(outcome);
    }
    assert!(outcomes[0].iter().any(|person| person.0.is_some()));
    assert_eq!(outcomes[0], outcomes[1]);
    assert_eq!(outcomes[0], outcomes[2]);
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_reads_who_said_what_and_when_and_the_look_is_audited() {
    use api::db::schema::audit_event;
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let id = Uuid::now_v7();
    let named = |minutes_ago, name: &str| {
        about(record(&app, &volunteer, village, ""), id, minutes_ago, &app)
            .with("name", name)
            .with("birth_year", 1970)
    };
    let ops = [
        named(30, "Katơr Thử"),
        named(20, "Katơr Thị Thử"),
        named(10, "Katơr Thi Thử"),
    ];
    push(&app, &volunteer, &ops).await;
    push_one(&app, &volunteer, &void(&app, &volunteer, &ops[2])).await;
    let mut seen: Vec<PersonWord> = Vec::new();
    let mut query = "?limit=4".to_owned();
    loop {
        let page = words(&lead, id, &query).await;
        seen.extend(page.items);
        match page.next_cursor {
            Some(cursor) => query = format!("?limit=4&cursor={cursor}"),
            None => break,
        }
    }
    let names: Vec<(&str, bool, bool)> = seen
        .iter()
        .filter(|word| word.field == "name")
        .map(|word| (word.value.as_str(), word.shown, word.taken_back))
        .collect();
    let expected = [
        ("Katơr Thi Thử", false, true),
        ("Katơr Thị Thử", true, false),
        ("Katơr Thử", false, false),
    ];
    assert_eq!(names, expected);
    assert_eq!(seen.len(), 6);
    assert!(
        seen.iter()
            .all(|word| Some(word.said_by) == volunteer.account_id)
    );
    let by_day: BTreeMap<_, usize> = seen.iter().fold(BTreeMap::new(), |mut days, word| {
        *days.entry(word.said_at).or_default() += 1;
        days
    });
    assert_eq!(by_day.into_values().collect::<Vec<_>>(), [2, 2, 2]);
    let looks: i64 = audit_event::table
        .filter(audit_event::action.eq("tracking.read_person"))
        .filter(audit_event::object.eq(format!("person:{id}")))
        .count()
        .get_result(&mut app.owner().await)
        .await
        .unwrap();
    assert_eq!(looks, 2, "one for each page");
    let path = format!("/api/v1/persons/{id}/words");
    app.lead("22795")
        .await
        .get(&path)
        .await
        .refused(404, "not-found");
    volunteer.get(&path).await.refused(403, "forbidden");
}
