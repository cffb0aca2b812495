//! Who may be one is offered to who answers for the place, and to nobody else.

use std::collections::BTreeSet;

use api::db::schema::audit_event;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::page::Page;
use mobile_contracts::person::PersonTwins;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::merging::{about, merge, of_number};
use super::{COMMUNE, With as _, push, record};
use crate::harness::{TestApp, citizen};

#[tokio::test(flavor = "multi_thread")]
async fn twins_of_a_village_are_offered_page_by_page_until_somebody_decides() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let (here, there) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
    let far = app.village("22795", 0).await;
    let named =
        |village, name: &str| about(&app, &volunteer, village, Uuid::now_v7()).with("name", name);
    let id = |op: &Value| {
        op["subject"]["person_id"]
            .as_str()
            .unwrap()
            .parse::<Uuid>()
            .unwrap()
    };
    let ops = [
        named(here, "Katơr Thị Thử")
            .with("birth_year", 1970)
            .with("phone", "0912345678"),
        named(here, "Kator Thi Thu").with("phone", "0912 345 678"),
        named(here, "Katơr Thị Thửa"),
        record(&app, &volunteer, here, &citizen::id_number()).with("name", "Pi Năng Thử"),
        named(here, "Pi Nang Thu").with("birth_year", 1990),
        named(there, "Chamaléa Thử"),
        named(there, "Chamalea Thử"),
        // Alike, and of another village.
        named(there, "Kator Thi Thu"),
        about(&app, &volunteer, there, Uuid::now_v7()),
    ];
    for result in push(&app, &volunteer, &ops).await {
        assert_eq!(result.result, "applied", "{result:?}");
    }
    let outsider = app.volunteer("22795").await;
    let strangers = ["Katơr Thử", "Katơr Thử"]
        .map(|name| about(&app, &outsider, far, Uuid::now_v7()).with("name", name));
    push(&app, &outsider, &strangers).await;
    let offered = async || {
        let mut all: Vec<PersonTwins> = Vec::new();
        let mut query = "?limit=2".to_owned();
        loop {
            let path = format!("/api/v1/persons/twins{query}");
            let page: Page<PersonTwins> = lead.get(&path).await.expect(200).json();
            assert!(page.items.len() <= 2);
            all.extend(page.items);
            match page.next_cursor {
                Some(cursor) => query = format!("?limit=2&cursor={cursor}"),
                None => return all,
            }
        }
    };
    let pairs = |twins: &[PersonTwins]| -> BTreeSet<(Uuid, Uuid)> {
        let ids = twins
            .iter()
            .map(|two| (two.one.person_id.0, two.other.person_id.0));
        ids.collect()
    };
    let pair = |one: Uuid, other: Uuid| (one.min(other), one.max(other));
    let with_number = of_number(&app).await;
    let twins = offered().await;
    let expected = BTreeSet::from([
        pair(id(&ops[0]), id(&ops[1])),
        pair(id(&ops[0]), id(&ops[2])),
        pair(id(&ops[1]), id(&ops[2])),
        pair(with_number, id(&ops[4])),
        pair(id(&ops[5]), id(&ops[6])),
    ]);
    assert_eq!(pairs(&twins), expected);
    assert_eq!(twins.len(), expected.len(), "none twice");
    let same_phone = twins.iter().find(|two| two.same_phone.is_some()).unwrap();
    assert_eq!(same_phone.same_phone, Some(true));
    let numbered = twins.iter().flat_map(|two| [&two.one, &two.other]);
    let numbered: Vec<_> = numbered.filter(|one| one.id_tail.is_some()).collect();
    assert_eq!(numbered[0].stages, ["level1_activated"]);
    // These are two, those are one; neither is offered again, also not through whoever joins them.
    let two = json!({ "one_person_id": id(&ops[2]), "other_person_id": id(&ops[1]) });
    let distinguish = "/api/v1/persons/distinctions";
    lead.post(distinguish, &two).await.expect(204);
    lead.post(distinguish, &two).await.expect(204);
    app.lead("22795")
        .await
        .post(distinguish, &two)
        .await
        .refused(404, "not-found");
    merge(&lead, id(&ops[0]), id(&ops[1])).await;
    merge(&lead, with_number, id(&ops[4])).await;
    let last = BTreeSet::from([pair(id(&ops[5]), id(&ops[6]))]);
    assert_eq!(pairs(&offered().await), last);
    let looks: Vec<(String, Value)> = audit_event::table
        .filter(audit_event::action.eq("tracking.read_twins"))
        .select((audit_event::object, audit_event::detail))
        .distinct()
        .load(&mut app.owner().await)
        .await
        .unwrap();
    let villages: BTreeSet<String> = looks.into_iter().map(|look| look.0).collect();
    let expected = [here, there].map(|village| format!("village:{village}"));
    assert_eq!(villages, BTreeSet::from(expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_recorded_by_a_card_is_offered_as_one_with_whom_a_list_names() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let import = async |list: &str, lines: String| {
        let path = format!(
            "/api/v1/rosters?list_name={list}&list_source=b&listed_on=2026-01-05&phones_agreed=true"
        );
        let request = lead
            .request(Method::POST, &path)
            .header("content-type", "text/csv")
            .header("idempotency-key", Uuid::new_v4().to_string());
        let file = format!("Họ tên,Năm sinh,CCCD,Điện thoại,Thôn\n{lines}");
        let told = lead.send(request.body(file)).await.expect(200).value();
        assert_eq!(told["refused"], 0, "{told}");
    };
    // The two lines of the list are two, however alike they are.
    import(
        "a",
        format!("Katơr Thị Thử,1990,,0912345678,{village}\nKatơr Thị Thứ,1991,,,{village}\nPi Năng Thử,1990,,,{village}\n"),
    )
    .await;
    let offered = async || -> Vec<PersonTwins> {
        let page: Page<PersonTwins> = lead.get("/api/v1/persons/twins").await.expect(200).json();
        page.items
    };
    assert!(offered().await.is_empty());
    // Scanned without a look at the list; a woman born in 1990.
    let scanned = record(&app, &volunteer, village, "058190123456")
        .with("name", "Katơr Thị Thử")
        .with("phone", "0912 345 678");
    push(&app, &volunteer, &[scanned]).await;
    let twins = offered().await;
    assert_eq!(twins.len(), 1, "{twins:?}");
    let (listed, met) = match twins[0].one.id_tail {
        None => (&twins[0].one, &twins[0].other),
        Some(_) => (&twins[0].other, &twins[0].one),
    };
    assert_eq!(
        (listed.name.as_str(), listed.birth_year, listed.stages.len()),
        ("Katơr Thị Thử", Some(1990), 0)
    );
    assert_eq!(twins[0].same_phone, Some(true));
    merge(&lead, met.person_id.0, listed.person_id.0).await;
    assert!(offered().await.is_empty());
    let unmet = lead
        .get("/api/v1/worklists/not_contacted?assigned=all")
        .await;
    let unmet = unmet.expect(200).value();
    assert_eq!(unmet["items"].as_array().unwrap().len(), 2);
    // A newer list that brings the number of whom an older one names without: both are known from lists only.
    import("c", format!("Pi Năng Thử,1990,058190654321,,{village}\n")).await;
    assert_eq!(offered().await.len(), 1);
}
