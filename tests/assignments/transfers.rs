//! The work of one volunteer handed to another: all or none, undone within a day.

use api::db::schema::{fact, person_assignment, village_assignment};
use api::tracking::verify;
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::assignment::{Transfer, TransferRehearsal};
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::page::Page;
use serde_json::json;
use uuid::Uuid;

use super::{HERE, Scene, on, own, places};
use crate::harness::{Person, citizen};

#[tokio::test(flavor = "multi_thread")]
async fn all_the_work_of_one_who_leaves_goes_in_one_act_and_comes_back_within_a_day() {
    let scene = Scene::set().await;
    let (one, other, villages) = (&scene.one, &scene.other, &scene.villages);
    scene.assign(one, &villages[..2]).await;
    scene.assign(other, &villages[1..]).await;
    let approved = citizen::id_number();
    let op = scene
        .reach(one, villages[0], &approved, "level2_approved")
        .await;
    let person = scene.person_of(op).await;
    // Somebody in a village of the other one for whom this one cares.
    let cared = scene
        .reach(one, villages[2], &citizen::id_number(), "installed")
        .await;
    let cared = scene.person_of(cared).await;
    let care = format!("/api/v1/persons/{cared}/caretaker");
    let by = |who: &Person| json!({ "account_id": who.account_id });
    scene.lead.put(&care, by(one)).await.expect(200);
    assert_eq!(on(one, "not_activated", "").await.len(), 1);
    assert!(on(other, "not_activated", "").await.is_empty());
    let clock = on(one, "approved", "").await;
    assert_eq!((clock.len(), clock[0].days_left), (1, Some(7)));
    assert!(on(other, "approved", "").await.is_empty());
    // Something of theirs is held: it stays.
    let held = json!({
        "op_id": Uuid::now_v7(), "kind": "record", "author_id": one.account_id,
        "recorded_at": scene.app.app.clock.now() + TimeDelta::days(1), "clock_offset_ms": 0,
        "clock_offset_age_s": 0, "village_id": villages[0], "stage": "installed", "device_holder": "own",
    });
    let push = json!({
        "protocol": 1, "device_id": Uuid::now_v7(), "client_time": scene.app.app.clock.now(), "ops": [held],
    });
    let answer = one.post("/api/v1/sync/push", push).await.expect(200);
    assert_eq!(answer.value()["results"][0]["result"], "held");

    let body = scene.body();
    let rehearsed: TransferRehearsal = scene
        .lead
        .post("/api/v1/transfers/rehearsal", &body)
        .await
        .expect(200)
        .json();
    assert_eq!(rehearsed.villages, [villages[0]]);
    assert_eq!(rehearsed.villages_there_already, [villages[1]]);
    assert_eq!((rehearsed.people, rehearsed.people_by_name), (2, 1));
    assert_eq!((rehearsed.due_soon, rehearsed.overdue), (1, 0));
    assert_eq!(rehearsed.stays.held_operations, 1);
    assert_eq!((rehearsed.villages_after, rehearsed.can_be_done), (3, true));
    let list = |name: &str| {
        let mut lists = rehearsed.lists.iter();
        lists.find(|one| one.worklist == name).unwrap().people
    };
    assert_eq!((list("approved"), list("not_activated")), (1, 1));
    assert_eq!(
        own(one).await.villages.len(),
        2,
        "a rehearsal moves nothing"
    );

    let key = Uuid::new_v4();
    let moved: Transfer = scene
        .lead
        .post_once("/api/v1/transfers", key, &body)
        .await
        .expect(201)
        .json();
    // The answer was lost: the same press again is the same transfer.
    let again: Transfer = scene
        .lead
        .post_once("/api/v1/transfers", key, &body)
        .await
        .expect(201)
        .json();
    assert_eq!(again, moved);
    assert_eq!(moved.people_by_name, 1);
    assert!(own(one).await.villages.is_empty());
    assert_eq!(places(&own(other).await.villages), *villages);
    assert_eq!(on(other, "approved", "").await[0].days_left, Some(7));
    assert_eq!(on(other, "approved", "").await[0].person_id, person);
    assert_eq!(on(other, "not_activated", "").await.len(), 1);
    // Credit stays with whoever recorded.
    let author: AccountId = fact::table
        .filter(fact::op_id.eq(op))
        .select(fact::author_id)
        .first(&mut scene.app.conn().await)
        .await
        .unwrap();
    assert_eq!(Some(author), one.account_id);
    let differences = verify::list_differences(&mut scene.app.owner().await).await;
    assert!(differences.unwrap().is_empty());
    scene
        .lead
        .post_once("/api/v1/transfers", Uuid::new_v4(), &body)
        .await
        .refused(409, "nothing-to-transfer");

    let undone: Transfer = scene.undo(&moved).await.expect(200).json();
    assert_eq!(undone.undone_by, scene.lead.account_id);
    scene.undo(&moved).await.refused(409, "transfer-undone");
    assert_eq!(places(&own(one).await.villages), villages[..2]);
    assert_eq!(places(&own(other).await.villages), villages[1..]);
    assert_eq!((own(one).await.people, own(other).await.people), (1, 0));
    assert_eq!(on(one, "approved", "").await.len(), 1);
    let page: Page<Transfer> = scene.lead.get("/api/v1/transfers").await.expect(200).json();
    assert_eq!(page.items, [undone]);
    for action in ["tracking.transfer_work", "tracking.undo_transfer"] {
        assert_eq!(scene.audited(action).await, 1, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_village_goes_alone_and_what_went_on_since_or_a_day_ago_is_not_torn_back() {
    let scene = Scene::set().await;
    let villages = &scene.villages;
    scene.assign(&scene.one, &villages[..2]).await;
    let mut body = scene.body();
    body["village_ids"] = json!([villages[2]]);
    scene
        .lead
        .post_once("/api/v1/transfers", Uuid::new_v4(), &body)
        .await
        .refused(409, "village-not-theirs");
    body["village_ids"] = json!([villages[0]]);
    let first = scene.transfer(&body).await;
    assert_eq!(places(&own(&scene.one).await.villages), [villages[1]]);
    assert_eq!(places(&own(&scene.other).await.villages), [villages[0]]);
    // It goes on to a third.
    let third = scene.app.volunteer(HERE).await;
    let on = json!({
        "from_account_id": scene.other.account_id, "to_account_id": third.account_id, "reason": "Đổi ca",
    });
    let second = scene.transfer(&on).await;
    scene.undo(&first).await.refused(409, "transfer-overtaken");
    assert_eq!(places(&own(&third).await.villages), [villages[0]]);
    scene.app.advance(TimeDelta::hours(25)).await;
    let lead = scene.app.lead(HERE).await;
    let path = format!("/api/v1/transfers/{}/undo", second.transfer_id);
    lead.post(&path, json!({}))
        .await
        .refused(409, "transfer-too-old");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_works_more_than_twenty_villages_and_a_transfer_is_all_or_nothing() {
    let scene = Scene::set().await;
    let province = scene.app.commune("56").await;
    let wide = MassUnion::Youth;
    let wide = scene.app.account(Role::Volunteer, wide, province).await;
    let commander = scene.app.commander().await;
    let today = mobile_contracts::calendar::local_day(scene.app.app.clock.now());
    let all = scene
        .app
        .geography()
        .await
        .within(province, api::geography::Level::Village, today);
    let assign = async |who: &Person, villages: &[UnitId]| {
        let body = json!({ "account_id": who.account_id, "village_ids": villages });
        commander
            .post_once("/api/v1/assignments", Uuid::new_v4(), body)
            .await
    };
    assign(&wide, &all[..20]).await.expect(201);
    assign(&wide, &all[20..21])
        .await
        .refused(409, "too-many-villages");
    assign(&wide, &[all[0], all[0]])
        .await
        .refused(422, "invalid");
    // Twenty-one do not fit, and then none goes.
    let full = scene
        .app
        .account(Role::Volunteer, MassUnion::Youth, province)
        .await;
    assign(&full, &all[20..21]).await.expect(201);
    let body = json!({
        "from_account_id": wide.account_id, "to_account_id": full.account_id, "reason": "Nghỉ",
    });
    let rehearsed: TransferRehearsal = commander
        .post("/api/v1/transfers/rehearsal", &body)
        .await
        .expect(200)
        .json();
    assert_eq!(
        (rehearsed.villages_after, rehearsed.can_be_done),
        (21, false)
    );
    commander
        .post_once("/api/v1/transfers", Uuid::new_v4(), &body)
        .await
        .refused(409, "too-many-villages");
    assert_eq!(own(&wide).await.villages.len(), 20);
    // What the program does not check the table does: the same village twice at a time.
    let twice = diesel::insert_into(village_assignment::table)
        .values((
            village_assignment::assignment_id.eq(Uuid::now_v7()),
            village_assignment::account_id.eq(full.account_id.unwrap()),
            village_assignment::village_id.eq(all[20]),
            village_assignment::place_no.eq(2_i16),
            village_assignment::begun_at.eq(scene.app.app.clock.now()),
            village_assignment::begun_by.eq(full.account_id.unwrap()),
        ))
        .execute(&mut scene.app.conn().await)
        .await;
    assert_eq!(
        api::db::constraint::name(&twice.unwrap_err()),
        Some("village_assignment_once")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_leads_who_move_the_same_work_at_once_move_it_once() {
    let scene = Scene::set().await;
    let third = scene.app.volunteer(HERE).await;
    let second_lead = scene.app.lead(HERE).await;
    for _ in 0..4 {
        scene.assign(&scene.one, &scene.villages).await;
        let to = |who: &Person| {
            let mut body = scene.body();
            body["to_account_id"] = json!(who.account_id);
            body
        };
        let path = "/api/v1/transfers";
        let (a, b) = tokio::join!(
            scene.lead.post_once(path, Uuid::new_v4(), to(&scene.other)),
            second_lead.post_once(path, Uuid::new_v4(), to(&third)),
        );
        let mut told = [a.status.as_u16(), b.status.as_u16()];
        told.sort_unstable();
        assert_eq!(told, [201, 409], "{} {}", a.text, b.text);
        let standing: i64 = village_assignment::table
            .filter(village_assignment::ended_at.is_null())
            .count()
            .get_result(&mut scene.app.conn().await)
            .await
            .unwrap();
        assert_eq!(standing, 3);
        for who in [&scene.other, &third] {
            for row in own(who).await.villages {
                let path = format!("/api/v1/assignments/{}", row.assignment_id);
                scene.lead.delete(&path).await.expect(204);
            }
        }
    }
    let people: i64 = person_assignment::table
        .count()
        .get_result(&mut scene.app.conn().await)
        .await
        .unwrap();
    assert_eq!(people, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_over_people_of_villages_in_which_they_could_not_record() {
    let scene = Scene::set().await;
    let (here, there) = (scene.villages[0], scene.villages[1]);
    let narrow = MassUnion::Youth;
    let narrow = scene.app.account(Role::Volunteer, narrow, here).await;
    let op = scene
        .reach(&scene.one, there, &citizen::id_number(), "installed")
        .await;
    let person = scene.person_of(op).await;
    let care = format!("/api/v1/persons/{person}/caretaker");
    let by = json!({ "account_id": scene.one.account_id });
    scene.lead.put(&care, by).await.expect(200);
    scene.assign(&scene.one, &[here]).await;
    let mut body = scene.body();
    body["to_account_id"] = json!(narrow.account_id);
    let rehearsed: TransferRehearsal = scene
        .lead
        .post("/api/v1/transfers/rehearsal", &body)
        .await
        .expect(200)
        .json();
    assert!(!rehearsed.can_be_done);
    scene
        .lead
        .post_once("/api/v1/transfers", Uuid::new_v4(), &body)
        .await
        .refused(409, "village-outside-volunteer");
    // Their village alone may go.
    body["village_ids"] = json!([here]);
    scene
        .lead
        .post_once("/api/v1/transfers", Uuid::new_v4(), &body)
        .await
        .expect(201);
}
