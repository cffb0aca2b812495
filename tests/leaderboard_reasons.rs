//! Why people were visited and not moved.

use std::collections::BTreeMap;

use chrono::Days;
use mobile_contracts::calendar::local_day;
use mobile_contracts::gap_reasons::{GapReason, GapReasons};
use mobile_contracts::ids::UnitId;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Person, TestApp};

const HERE: &str = "22786";
const ELSEWHERE: &str = "22795";

/// Records a visit now; gives its operation.
async fn visit(app: &TestApp, author: &Person, village: UnitId, outcome: &str) -> Uuid {
    let op_id = Uuid::now_v7();
    let op = json!({ "kind": "visit", "village_id": village, "outcome": outcome });
    push(app, author, op_id, op).await;
    op_id
}

async fn push(app: &TestApp, author: &Person, op_id: Uuid, mut op: serde_json::Value) {
    let now = app.app.clock.now();
    let envelope = json!({ "op_id": op_id, "author_id": author.account_id, "recorded_at": now,
        "clock_offset_ms": 0, "clock_offset_age_s": 0 });
    op.as_object_mut()
        .unwrap()
        .extend(envelope.as_object().unwrap().clone());
    let body =
        json!({ "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": [op] });
    let answer = author.post("/api/v1/sync/push", body).await.expect(200);
    assert_eq!(answer.value()["results"][0]["result"], "applied");
}

async fn ask(person: &Person, query: &str) -> GapReasons {
    let path = format!("/api/v1/leaderboards/reasons?{query}");
    person.get(&path).await.expect(200).json()
}

fn said(reasons: &[GapReason]) -> Vec<(&str, i64)> {
    let said = reasons.iter();
    said.map(|reason| (reason.outcome.as_str(), reason.n))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commander_sees_what_keeps_people_from_it_and_where() {
    let app = TestApp::start().await;
    let (here, there) = (app.volunteer(HERE).await, app.volunteer(ELSEWHERE).await);
    let (one, other) = (app.village(HERE, 0).await, app.village(HERE, 1).await);
    let far = app.village(ELSEWHERE, 0).await;
    for outcome in ["away", "no_smartphone", "no_smartphone", "done"] {
        visit(&app, &here, one, outcome).await;
    }
    visit(&app, &here, other, "declined").await;
    visit(&app, &there, far, "away").await;
    visit(&app, &there, far, "away").await;
    // What is taken back was no visit.
    let mistake = visit(&app, &here, one, "declined").await;
    let void = json!({ "kind": "void", "target_op_id": mistake, "reason": "nhầm người" });
    push(&app, &here, Uuid::now_v7(), void).await;

    let commander = app.commander().await;
    let told = ask(&commander, "limit=200").await;
    assert_eq!(told.visits, 7);
    assert_eq!(
        said(&told.reasons),
        [("away", 3), ("no_smartphone", 2), ("declined", 1)]
    );
    let unit = app.commune(HERE).await;
    let row = told.rows.iter().find(|row| row.unit_id == unit).unwrap();
    assert_eq!(row.visits, 5);
    assert_eq!(
        said(&row.reasons),
        [("no_smartphone", 2), ("away", 1), ("declined", 1)]
    );
    assert_eq!(told.rows.len(), 24, "those without a visit too");

    // Of a commune its villages, page by page; a volunteer those at home and no others.
    let villages = ask(&here, "limit=1").await;
    assert_eq!(villages.unit_id, unit);
    let cursor = villages.next_cursor.unwrap();
    let rest = ask(&here, &format!("limit=200&cursor={cursor}")).await;
    let all: Vec<_> = villages.rows.iter().chain(&rest.rows).collect();
    let village = |id: UnitId| all.iter().find(|row| row.unit_id == id).unwrap();
    assert_eq!((village(one).visits, village(other).visits), (4, 1));
    for path in [
        format!("within={far}"),
        format!("level=village&within={}", app.commune(ELSEWHERE).await),
    ] {
        let path = format!("/api/v1/leaderboards/reasons?{path}");
        here.get(&path).await.refused(404, "not-found");
    }

    // Of other days nothing; of too many no answer.
    let today = local_day(app.app.clock.now());
    let before = today - Days::new(1);
    let none = ask(&commander, &format!("to={before}&from={before}")).await;
    assert_eq!((none.visits, none.reasons.len()), (0, 0));
    let year = format!(
        "/api/v1/leaderboards/reasons?from={}",
        today - Days::new(92)
    );
    commander.get(&year).await.refused(422, "invalid");
}

/// Records so many visits of one outcome, so many days ago.
async fn visits(app: &TestApp, author: &Person, at: (UnitId, u64), outcome: &str, n: usize) {
    let now = app.app.clock.now();
    let (village, days) = at;
    let then = now - Days::new(days);
    let ops: Vec<_> = (0..n)
        .map(|_| {
            json!({ "op_id": Uuid::now_v7(), "author_id": author.account_id, "recorded_at": then,
                "clock_offset_ms": 0, "clock_offset_age_s": 0, "kind": "visit", "village_id": village,
                "outcome": outcome })
        })
        .collect();
    let body =
        json!({ "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": ops });
    let answer = author.post("/api/v1/sync/push", body).await.expect(200);
    let results = answer.value()["results"].as_array().unwrap().clone();
    assert!(
        results.iter().all(|one| one["result"] == "applied"),
        "{}",
        answer.text
    );
}

/// Two villages of elsewhere that have belonged to the same communes on every day: they are told together.
async fn two_that_went_together(app: &TestApp) -> (UnitId, UnitId) {
    let geography = app.geography().await;
    let mut known = BTreeMap::new();
    for index in 0.. {
        let village = app.village(ELSEWHERE, index).await;
        if let Some(other) = known.insert(geography.piece_of(village), village) {
            return (other, village);
        }
    }
    unreachable!("a commune has fewer pieces than villages")
}

/// Visits and reasons of a row by word, the visits under none.
fn numbers(visits: i64, reasons: &[GapReason]) -> BTreeMap<String, i64> {
    let said = reasons.iter();
    let said = said.map(|reason| (reason.outcome.clone(), reason.n));
    said.chain([(String::new(), visits)]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_works_elsewhere_is_told_tens_of_reasons_and_subtracts_in_vain() {
    let app = TestApp::start().await;
    let (here, there) = (app.volunteer(HERE).await, app.volunteer(ELSEWHERE).await);
    let (home, home_too) = (app.village(HERE, 0).await, app.village(HERE, 1).await);
    let (far, far_too) = two_that_went_together(&app).await;
    // Of elsewhere, day by day: seven, six and nine of one kind in two villages, and four alone of another.
    visits(&app, &there, (far, 4), "away", 7).await;
    visits(&app, &there, (far_too, 2), "away", 6).await;
    visits(&app, &there, (far, 1), "away", 9).await;
    visits(&app, &there, (far_too, 1), "no_smartphone", 4).await;
    visits(&app, &there, (far, 0), "done", 12).await;
    visits(&app, &here, (home, 3), "declined", 3).await;
    visits(&app, &here, (home_too, 0), "away", 5).await;
    let today = local_day(app.app.clock.now());
    let (unit, elsewhere) = (app.commune(HERE).await, app.commune(ELSEWHERE).await);
    let all = ask(&here, "level=commune&limit=200").await;
    assert_eq!(
        (all.rows.len(), all.merged_to),
        (24, Some(10)),
        "the province"
    );
    let row = |told: &GapReasons, id: UnitId| {
        let row = told.rows.iter().find(|row| row.unit_id == id).unwrap();
        (row.merged, numbers(row.visits, &row.reasons))
    };
    let of = |words: &[(&str, i64)]| -> BTreeMap<String, i64> {
        words
            .iter()
            .map(|(word, n)| ((*word).to_owned(), *n))
            .collect()
    };
    assert_eq!(row(&all, elsewhere), (true, of(&[("", 30), ("away", 20)])));
    let own = of(&[("", 8), ("away", 5), ("declined", 3)]);
    assert_eq!(row(&all, unit), (false, own.clone()), "one's own exactly");
    assert_eq!(
        numbers(all.visits, &all.reasons),
        of(&[("", 38), ("away", 25), ("declined", 3)])
    );
    // The commune alone, which is told without its villages, and by whichever way it is named.
    for query in ["", "level=commune&"] {
        let told = ask(&here, &format!("{query}within={elsewhere}")).await;
        assert_eq!(told.rows.len(), 1);
        assert_eq!(row(&told, elsewhere), row(&all, elsewhere));
    }
    // Whatever days are asked for, and whatever is subtracted from what, whole tens are left.
    let mut told = BTreeMap::new();
    for first in 0..=5_u64 {
        for last in 0..=first {
            let (from, to) = (today - Days::new(first), today - Days::new(last));
            let answer = ask(
                &here,
                &format!("level=commune&from={from}&to={to}&limit=200"),
            )
            .await;
            let (_, far) = row(&answer, elsewhere);
            let (_, own) = row(&answer, unit);
            let both = numbers(answer.visits, &answer.reasons);
            for (word, n) in &both {
                let own = own.get(word).copied().unwrap_or(0);
                let far = far.get(word).copied().unwrap_or(0);
                assert_eq!(
                    (n - own, far % 10),
                    (far, 0),
                    "{word:?} of {first} to {last}"
                );
            }
            told.insert((first, last), far);
        }
    }
    let n = |days: (u64, u64), word: &str| told[&days].get(word).copied().unwrap_or(0);
    for ((first, last), between) in &told {
        for middle in *last..*first {
            for word in between.keys() {
                let parts = n((*first, middle + 1), word) + n((middle, *last), word);
                assert_eq!(
                    parts, between[word],
                    "{word:?} of {first} to {middle} to {last}"
                );
            }
        }
    }
    // Thirteen had come by the second day before, twenty-two by the first: a ten each, on the day that filled it.
    assert_eq!(
        (n((4, 4), "away"), n((2, 2), "away"), n((1, 1), "away")),
        (0, 10, 10)
    );
    // Whoever commands the province is told all of it exactly, though somebody asked before them.
    let exact = ask(&app.commander().await, "limit=200").await;
    let exact_far = of(&[("", 38), ("away", 22), ("no_smartphone", 4)]);
    assert_eq!(
        (exact.merged_to, row(&exact, elsewhere)),
        (None, (false, exact_far))
    );
    let wrong = "/api/v1/leaderboards/reasons?level=district";
    here.get(wrong).await.refused(422, "invalid");
}
