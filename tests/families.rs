//! Families: several people in one step, together in time, all or none, whoever keeps the holds.

use std::collections::BTreeMap;

use api::booking::offices::store::replace_hours;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use mobile_contracts::booking::{BookedParty, Hold, NearestSlots, OfficeHours, Service};
use mobile_contracts::calendar::{local_day, local_day_bounds};
use serde_json::json;
use uuid::Uuid;

use crate::harness::booking::{TestOffice, assert_laws, confirmation, wish};
use crate::harness::{Person, TestApp, citizen, eventually};

/// So many people whom nobody knows.
fn family(people: usize) -> Vec<String> {
    (0..people).map(|_| citizen::id_number()).collect()
}

fn refs(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}

/// Holds for a family and confirms at once; `None` when there is no room for all of them.
async fn try_to_book(
    person: &Person,
    office: &TestOffice,
    starts_at: DateTime<Utc>,
    ids: &[String],
) -> Option<BookedParty> {
    let answer = person.hold(office, starts_at, &refs(ids)).await;
    if answer.status != 201 {
        answer.refused(409, "slot-full");
        return None;
    }
    let answer = person.confirm(&answer.json::<Hold>(), &refs(ids)).await;
    if answer.status != 201 {
        answer.refused(409, "slot-full");
        return None;
    }
    Some(answer.json())
}

/// How many of a party start when.
fn starts(party: &BookedParty) -> BTreeMap<DateTime<Utc>, usize> {
    let mut starts = BTreeMap::new();
    for one in &party.appointments {
        *starts.entry(one.starts_at).or_default() += 1;
    }
    starts
}

/// Both ways in which holds are kept.
async fn with_and_without_redis() -> [TestApp; 2] {
    let absent = TestApp::with().without_redis().start().await;
    [TestApp::start().await, absent]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_of_four_at_one_kit_takes_two_half_hours_and_not_four() {
    for app in with_and_without_redis().await {
        let office = app.office("22786", 1).await;
        let [first, second, third] = app.in_a_row(3)[..] else {
            panic!()
        };
        let (person, ids) = (app.stranger(), family(4));
        let hold: Hold = person
            .hold(&office, first, &refs(&ids))
            .await
            .expect(201)
            .json();
        let held: Vec<_> = hold.places.iter().map(|place| place.starts_at).collect();
        assert_eq!(held, [first, second], "45 minutes of 60");
        assert_eq!(
            (hold.starts_at, hold.place_nos.as_slice()),
            (first, &[1, 1][..])
        );
        let party: BookedParty = person.confirm(&hold, &refs(&ids)).await.expect(201).json();
        assert_eq!(starts(&party), BTreeMap::from([(first, 2), (second, 2)]));
        for one in &party.appointments {
            assert_eq!(person.appointment(one).await.status, "booked");
        }
        assert_eq!(person.slot(&office, first).await.free, 0);
        assert_eq!(person.slot(&office, second).await.free, 0);
        assert_eq!(person.slot(&office, third).await.free, 1);
        assert_laws(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_tells_how_long_a_family_takes() {
    let app = TestApp::start().await;
    let services: Vec<Service> = app
        .stranger()
        .get("/api/v1/services")
        .await
        .expect(200)
        .json();
    let new = services.iter().find(|one| one.service_code == "cccd_new");
    assert_eq!(new.unwrap().party_minutes, [15, 25, 35, 45, 55, 65]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_families_want_six_places_of_two_slots_and_one_gets_all_that_it_needs() {
    for app in with_and_without_redis().await {
        let office = app.office("22786", 3).await;
        let [first, second] = app.in_a_row(2)[..] else {
            panic!()
        };
        // Five people are 55 minutes, which are four of six places.
        let families = [(app.stranger(), family(5)), (app.stranger(), family(5))];
        let booked = join_all(
            families
                .iter()
                .map(|(person, ids)| try_to_book(person, &office, first, ids)),
        )
        .await;
        let booked: Vec<BookedParty> = booked.into_iter().flatten().collect();
        assert_eq!(booked.len(), 1, "one has everything, the other nothing");
        assert_eq!(booked[0].appointments.len(), 5);
        let person = app.stranger();
        assert_eq!(person.slot(&office, first).await.free, 0);
        assert_eq!(person.slot(&office, second).await.free, 2);
        assert_laws(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_families_that_cross_get_everything_or_nothing_and_never_stop_each_other() {
    for app in with_and_without_redis().await {
        let office = app.office("22786", 3).await;
        let row = app.in_a_row(6);
        let families: Vec<_> = (0..40)
            .map(|at| (app.stranger(), family(2 + at % 5), row[at % row.len()]))
            .collect();
        let booked = join_all(
            families
                .iter()
                .map(|(person, ids, first)| try_to_book(person, &office, *first, ids)),
        )
        .await;
        let mut parties = 0;
        for ((_, ids, first), party) in families.iter().zip(&booked) {
            let Some(party) = party else { continue };
            parties += 1;
            assert_eq!(party.appointments.len(), ids.len());
            let starts: Vec<_> = starts(party).into_keys().collect();
            assert_eq!(starts[0], *first);
            for pair in starts.windows(2) {
                assert_eq!(pair[1] - pair[0], TimeDelta::minutes(30), "no gap");
            }
        }
        assert!(parties >= 4, "{parties}");
        assert_laws(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn families_whose_holds_were_forgotten_cross_and_never_stop_each_other() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    let row = app.in_a_row(4);
    let mut holders = Vec::new();
    for at in 0..24 {
        let (person, ids) = (app.stranger(), family(2 + at % 4));
        let hold: Hold = person
            .hold(&office, row[at % 3], &refs(&ids))
            .await
            .expect(201)
            .json();
        person.give_back(&hold).await.expect(204);
        holders.push((person, ids, hold));
    }
    let answers = join_all(
        holders
            .iter()
            .map(async |(person, ids, hold)| person.confirm(hold, &refs(ids)).await),
    )
    .await;
    let mut booked = 0;
    for (answer, (_, ids, _)) in answers.iter().zip(&holders) {
        if answer.status == 201 {
            let party: BookedParty = answer.json();
            assert_eq!(party.appointments.len(), ids.len());
            booked += 1;
        } else {
            answer.refused(409, "slot-full");
        }
    }
    assert!(booked >= 2, "{booked}");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_families_with_the_same_people_in_another_order_wait_and_do_not_deadlock() {
    let app = TestApp::start().await;
    let office = app.office("22786", 50).await;
    let row = app.in_a_row(2);
    let person = app.stranger();
    for _ in 0..10 {
        let ids = family(4);
        let reversed: Vec<String> = ids.iter().rev().cloned().collect();
        let one: Hold = person
            .hold(&office, row[0], &refs(&ids))
            .await
            .expect(201)
            .json();
        let other = person.hold(&office, row[1], &refs(&reversed)).await;
        let other: Hold = other.expect(201).json();
        let (ids, reversed) = (refs(&ids), refs(&reversed));
        let (left, right) = tokio::join!(
            person.confirm(&one, &ids),
            person.confirm(&other, &reversed)
        );
        let mut statuses = [left.status.as_u16(), right.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{} {}", left.text, right.text);
        let (booked, refused) = if left.status == 201 {
            (left, right)
        } else {
            (right, left)
        };
        refused.refused(409, "already-booked");
        for one in booked.json::<BookedParty>().appointments {
            person.cancel(&one).await.expect(200);
        }
    }
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn if_the_third_of_a_family_is_booked_already_nobody_is_and_the_answer_names_who() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let row = app.in_a_row(4);
    let (person, ids) = (app.stranger(), family(4));
    person.book(&office, row[3], &ids[2]).await;
    let hold: Hold = person
        .hold(&office, row[0], &refs(&ids))
        .await
        .expect(201)
        .json();
    let answer = person.confirm(&hold, &refs(&ids)).await;
    let problem = answer.refused(409, "already-booked");
    assert_eq!(problem.more["visitors"], json!([2]));
    assert!(!answer.text.contains("starts_at"), "nothing of the first");
    person.give_back(&hold).await.expect(204);
    eventually(async || (person.slot(&office, row[0]).await.free == 1).then_some(())).await;
    // The other three have nothing, so each of them can book.
    let others = [ids[0].clone(), ids[1].clone(), ids[3].clone()];
    let party = try_to_book(&person, &office, row[0], &others).await;
    assert_eq!(party.unwrap().appointments.len(), 3);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_again_gives_the_same_hold_and_confirming_again_the_same_appointments() {
    for app in with_and_without_redis().await {
        let office = app.office("22786", 2).await;
        let [first, second] = app.in_a_row(2)[..] else {
            panic!()
        };
        let (person, ids) = (app.stranger(), family(4));
        let mut body = wish(&office, first, &refs(&ids));
        let hold: Hold = person.post("/api/v1/holds", &body).await.expect(201).json();
        let again: Hold = person.post("/api/v1/holds", &body).await.expect(201).json();
        assert_eq!(hold.hold_token, again.hold_token);
        // Begun one slot later, the same family has a new hold, of which its old one is no obstacle.
        body["starts_at"] = json!(second);
        let later: Hold = person.post("/api/v1/holds", &body).await.expect(201).json();
        assert_ne!(later.hold_id, hold.hold_id);
        assert!(later.places.iter().all(|place| place.starts_at >= second));
        body["starts_at"] = json!(first);
        let earlier: Hold = person.post("/api/v1/holds", &body).await.expect(201).json();
        assert_eq!(earlier.places[0].starts_at, first);

        let key = Uuid::new_v4();
        let body = confirmation(&earlier.hold_token, &refs(&ids));
        let answers = join_all(
            (0..8).map(|_| async { person.post_once("/api/v1/appointments", key, &body).await }),
        )
        .await;
        for answer in &answers {
            assert_eq!(answer.status, 201, "{}", answer.text);
            assert_eq!(answer.text, answers[0].text);
        }
        assert_laws(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_a_family_is_freed_when_its_last_one_leaves_it() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let [first, second, third] = app.in_a_row(3)[..] else {
        panic!()
    };
    let (person, ids) = (app.stranger(), family(2));
    // Two people are 25 minutes: one place of half an hour.
    let party = try_to_book(&person, &office, first, &ids).await.unwrap();
    assert_eq!(starts(&party), BTreeMap::from([(first, 2)]));
    person.cancel(&party.appointments[0]).await.expect(200);
    assert_eq!(
        person.slot(&office, first).await.free,
        0,
        "the second one comes"
    );
    assert_laws(&app).await;
    let late = citizen::id_number();
    person
        .hold(&office, first, &[&late])
        .await
        .refused(409, "slot-full");
    // The one who stays can be moved, and only then somebody else has the time.
    let hold = person
        .hold_for_move(&office, third, &party.appointments[1])
        .await;
    let hold: Hold = hold.expect(201).json();
    person
        .reschedule(&party.appointments[1], &hold)
        .await
        .expect(200);
    eventually(async || (person.slot(&office, first).await.free == 1).then_some(())).await;
    person.book(&office, first, &late).await;

    // Who rides along frees nothing by leaving.
    let party = try_to_book(&person, &office, second, &family(2))
        .await
        .unwrap();
    person.cancel(&party.appointments[1]).await.expect(200);
    assert_eq!(person.slot(&office, second).await.free, 0);
    person.cancel(&party.appointments[0]).await.expect(200);
    eventually(async || (person.slot(&office, second).await.free == 1).then_some(())).await;
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_whose_time_was_inherited_is_nobodys_not_even_the_desks() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let [first, second] = app.in_a_row(2)[..] else {
        panic!()
    };
    let person = app.stranger();
    let party = try_to_book(&person, &office, first, &family(2))
        .await
        .unwrap();
    person.cancel(&party.appointments[0]).await.expect(200);
    let other = person.book(&office, second, &citizen::id_number()).await;
    let officer = app.officer("22786").await;
    let path = format!(
        "/api/v1/offices/{}/desk/appointments/{}/move",
        office.office_id, other.appointment_id
    );
    officer
        .post(&path, json!({ "starts_at": first }))
        .await
        .refused(409, "slot-full");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nearest_slots_of_a_family_are_those_where_all_of_it_fits_before_lunch() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let hours: Vec<OfficeHours> = (1..=7)
        .flat_map(|weekday| {
            [(1, 480, 570), (2, 780, 840)].map(|(session, opens_min, closes_min)| OfficeHours {
                weekday,
                session,
                opens_min,
                closes_min,
                capacity: 1,
            })
        })
        .collect();
    let mut conn = app.owner().await;
    replace_hours(&mut conn, office.office_id, &hours)
        .await
        .unwrap();
    app.app.availability.forget_office(office.office_id);
    let tomorrow = local_day(app.app.clock.now()).succ_opt().unwrap();
    let midnight = local_day_bounds(tomorrow).start;
    let at = |minute| midnight + TimeDelta::minutes(minute);
    let person = app.stranger();
    let find = async |people: u16| -> NearestSlots {
        let path =
            format!("/api/v1/slots/nearest?service=cccd_new&from={tomorrow}&people={people}");
        person.get(&path).await.expect(200).json()
    };
    let of_day = |found: NearestSlots| -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let slots = found.slots.iter();
        let slots = slots.filter(|slot| local_day(slot.starts_at) == tomorrow);
        slots
            .map(|slot| (slot.starts_at, slot.party_ends_at))
            .collect()
    };
    let one = of_day(find(1).await);
    assert_eq!(one.len(), 5, "every slot: {one:?}");
    let four = of_day(find(4).await);
    let expected = [(480, 540), (510, 570), (780, 840)];
    assert_eq!(four, expected.map(|(from, to)| (at(from), at(to))));
    // The last slot of the morning is not followed by the first of the afternoon.
    let problem = person
        .hold(&office, at(540), &refs(&family(4)))
        .await
        .refused(409, "slot-full");
    let others = problem.more["alternatives"].as_array().unwrap();
    assert!(
        !others.is_empty()
            && others
                .iter()
                .all(|slot| slot["starts_at"] != json!(at(540)))
    );
    let hold: Hold = person
        .hold(&office, at(510), &refs(&family(4)))
        .await
        .expect(201)
        .json();
    assert_eq!(hold.places.len(), 2);
    // What is held in the middle is a gap for everybody else.
    let four = of_day(find(4).await);
    assert_eq!(four, [(at(780), at(840))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_given_out_before_an_update_still_confirms() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let starts_at = app.coming(1)[0];
    let (person, id) = (app.stranger(), citizen::id_number());
    let hold: Hold = person
        .hold(&office, starts_at, &[&id])
        .await
        .expect(201)
        .json();
    let now = URL_SAFE_NO_PAD.decode(&hold.hold_token).unwrap();
    // The same hold as its first version spelled it: one slot, and numbers alone.
    let said = &now[..now.len() - 16];
    let mut before = said[..said.len() - 4].to_vec();
    before[0] = 1;
    before.extend_from_slice(&hold.place_nos[0].to_be_bytes());
    let tag = app.app.keys.mac("hold/v1", &[&before]);
    before.extend_from_slice(&tag[..16]);
    let hold = Hold {
        hold_token: URL_SAFE_NO_PAD.encode(before),
        ..hold
    };
    let party: BookedParty = person.confirm(&hold, &[&id]).await.expect(201).json();
    assert_eq!(party.appointments[0].place_no, hold.place_nos[0]);
    assert_laws(&app).await;
}
