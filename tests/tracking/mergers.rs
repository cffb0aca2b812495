//! Villages end while phones still work by the list that they have: what was done there is not lost to those who
//! did it.

use chrono::TimeDelta;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use serde_json::json;

use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, push, record, replace, told, totals,
};
use crate::harness::ended::end;
use crate::harness::{TestApp, citizen};

#[tokio::test(flavor = "multi_thread")]
async fn work_of_a_village_that_ended_counts_there_or_with_its_heir_or_is_held() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let mut villages = Vec::new();
    for at in 0..6 {
        villages.push(app.village(COMMUNE, at).await);
    }
    let far = app.village("22795", 0).await;
    let [merged, heir, split, gone, moved, other] = villages[..] else {
        unreachable!()
    };
    let now = app.app.clock.now();
    let today = local_day(now);
    end(&app, merged, &[heir], today).await;
    end(&app, split, &[heir, other], today).await;
    end(&app, gone, &[], today).await;
    end(&app, moved, &[far], today).await;
    let before = now - TimeDelta::days(2);
    let at = |village, time: chrono::DateTime<chrono::Utc>| {
        record(&app, &volunteer, village, &citizen::id_number()).with("recorded_at", time)
    };
    let ops = [
        at(merged, before),
        at(merged, now),
        at(split, before),
        at(gone, before),
        at(moved, before),
        at(heir, before),
    ];
    let results = push(&app, &volunteer, &ops).await;
    let all: Vec<_> = results.iter().map(told).collect();
    let applied = ("applied", None, true);
    let retired = ("held", Some("UNIT_RETIRED"), false);
    let elsewhere = ("held", Some("UNIT_OUT_OF_SCOPE"), false);
    assert_eq!(
        all,
        [applied, applied, retired, retired, elsewhere, applied]
    );
    assert_eq!(results[0].recorded_on, Some(local_day(before)));
    let counted = async |village: UnitId| -> i32 {
        let totals = totals(&app).await;
        let own = totals.iter().filter(|(key, _)| key.0 == village.0);
        own.map(|(_, counts)| counts.0).sum()
    };
    assert_eq!(counted(merged).await, 1, "what it did is its own");
    assert_eq!(counted(heir).await, 2, "and what came later its heir's");

    // A lead says where the rest counts.
    let approve =
        json!({ "decision": "approve", "reason": "nay là thôn này", "village_id": other });
    for op in &ops[2..5] {
        let path = format!(
            "/api/v1/held-operations/{}/decision",
            op["op_id"].as_str().unwrap()
        );
        let reviewed = lead.post(&path, &approve).await.expect(200).value();
        assert_eq!(reviewed["counted"], true);
    }
    assert_eq!(counted(other).await, 3);
    // And it stays its author's to replace.
    let instead = replace(&app, &volunteer, merged, &citizen::id_number(), &ops[0]);
    let instead = instead.with("recorded_at", before);
    assert_eq!(told(&push(&app, &volunteer, &[instead]).await[0]), applied);
    assert_eq!(counted(merged).await, 1);
    for result in push(&app, &volunteer, &ops).await {
        assert_eq!(result.result, "replayed");
    }
    assert_rollups_equal_a_recount(&app).await;
}
