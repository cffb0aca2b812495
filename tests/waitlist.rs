//! The waitlist over HTTP: a freed place goes to one named person at a time, with Redis and without.

use api::booking::{sweeper, waitlist};
use api::db::schema::{notice, place, waitlist_entry};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use futures_util::future::join_all;
use mobile_contracts::booking::{BookedAppointment, BookedParty, Hold};
use mobile_contracts::calendar::local_day;
use mobile_contracts::waitlist::{WaitlistCount, WaitlistEntry};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::booking::pages::hidden;
use crate::harness::booking::{TestOffice, assert_laws, confirmation};
use crate::harness::{Answer, Person, TestApp, citizen};

/// A body of `POST /waitlist` for the day of a slot.
fn wait_for(office: &TestOffice, starts_at: DateTime<Utc>, id_number: &str) -> Value {
    json!({
        "service_code": "cccd_new",
        "office_ids": [office.office_id],
        "from_on": local_day(starts_at),
        "id_number": id_number,
        "phone": citizen::phone(),
        "device_id": Uuid::new_v4(),
    })
}

async fn join(person: &Person, body: Value) -> WaitlistEntry {
    let answer = person
        .post_once("/api/v1/waitlist", Uuid::new_v4(), body)
        .await;
    answer.expect(201).json()
}

fn key(entry: &WaitlistEntry) -> Value {
    json!({ "code": entry.code, "secret": entry.secret })
}

async fn look(person: &Person, entry: &WaitlistEntry) -> WaitlistEntry {
    let answer = person.post("/api/v1/waitlist/lookup", key(entry)).await;
    answer.expect(200).json()
}

/// Says yes: an ordinary confirmation with the offer's token.
async fn accept(person: &Person, entry: &WaitlistEntry, id_number: &str) -> Answer {
    let offer = look(person, entry).await.offer.expect("an offer");
    let body = confirmation(&offer.hold_token, &[id_number]);
    person
        .post_once("/api/v1/appointments", Uuid::new_v4(), body)
        .await
}

/// An office with one slot of interest, full; and the appointments that fill it.
async fn full_slot(
    app: &TestApp,
    capacity: i16,
) -> (TestOffice, DateTime<Utc>, Vec<BookedAppointment>) {
    let office = app.office("22786", capacity).await;
    let starts_at = *app.coming(8).last().unwrap();
    let stranger = app.stranger();
    let mut booked = Vec::new();
    for _ in 0..capacity {
        booked.push(
            stranger
                .book(&office, starts_at, &citizen::id_number())
                .await,
        );
    }
    (office, starts_at, booked)
}

/// Waits for this slot only.
fn only(mut body: Value, starts_at: DateTime<Utc>) -> Value {
    let minute = api::booking::slots::rules::minute_of_day(starts_at);
    body["from_min"] = json!(minute);
    body["to_min"] = json!(minute + 1);
    body
}

async fn sweep(app: &TestApp) {
    // A picture of the day is trusted for a second; a test does not wait for it.
    app.app.availability.forget_all();
    sweeper::round(&app.app).await.unwrap();
}

async fn a_freed_place_passes_from_one_to_the_next(app: &TestApp) {
    let (office, starts_at, booked) = full_slot(app, 1).await;
    let stranger = app.stranger();
    let (one, two) = (citizen::id_number(), citizen::id_number());
    let first = join(
        &stranger,
        only(wait_for(&office, starts_at, &one), starts_at),
    )
    .await;
    let second = join(
        &stranger,
        only(wait_for(&office, starts_at, &two), starts_at),
    )
    .await;
    assert_eq!((first.state.as_str(), first.ahead), ("waiting", 0));
    assert_eq!((second.ahead, second.offers_left), (1, 3));

    stranger.cancel(&booked[0]).await.expect(200);
    let offered = look(&stranger, &first).await;
    let offer = offered
        .offer
        .expect("who waited first is offered the place");
    assert_eq!(
        (offered.state.as_str(), offer.starts_at),
        ("offered", starts_at)
    );
    let left = offer.until - app.app.clock.now();
    assert!(
        left <= TimeDelta::minutes(15) && left > TimeDelta::minutes(14),
        "{left}"
    );
    assert_eq!(
        look(&stranger, &second).await.offer,
        None,
        "one offer at a time"
    );
    stranger
        .hold(&office, starts_at, &[&citizen::id_number()])
        .await
        .refused(409, "slot-full");

    let declined = stranger.post("/api/v1/waitlist/decline", key(&first)).await;
    let declined: WaitlistEntry = declined.expect(200).json();
    assert_eq!(
        (declined.state.as_str(), declined.offers_left),
        ("waiting", 2)
    );
    assert_eq!(look(&stranger, &first).await.offer, None);

    let answer = accept(&stranger, &second, &two).await;
    let party: BookedParty = answer.expect(201).json();
    assert_eq!(party.appointments[0].starts_at, starts_at);
    sweep(app).await;
    assert_eq!(look(&stranger, &second).await.state, "taken");
    let kinds: Vec<String> = notice::table
        .filter(notice::kind.eq("booking.offer"))
        .select(notice::kind)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(kinds.len(), 2, "each of them was told once");
    assert_laws(app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_freed_place_goes_to_one_named_person_then_to_the_next() {
    a_freed_place_passes_from_one_to_the_next(&TestApp::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_freed_place_goes_to_one_named_person_without_redis_too() {
    a_freed_place_passes_from_one_to_the_next(&TestApp::with().without_redis().start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_lapses_passes_on_and_three_end_the_waiting() {
    let app = TestApp::start().await;
    let (office, starts_at, booked) = full_slot(&app, 1).await;
    let stranger = app.stranger();
    let first = join(
        &stranger,
        only(
            wait_for(&office, starts_at, &citizen::id_number()),
            starts_at,
        ),
    )
    .await;
    let second = join(
        &stranger,
        only(
            wait_for(&office, starts_at, &citizen::id_number()),
            starts_at,
        ),
    )
    .await;
    stranger.cancel(&booked[0]).await.expect(200);
    let mut asked = Vec::new();
    for _ in 0..6 {
        let entries = [
            look(&stranger, &first).await,
            look(&stranger, &second).await,
        ];
        let offered: Vec<usize> = (0..2).filter(|at| entries[*at].offer.is_some()).collect();
        assert_eq!(offered.len(), 1, "{entries:?}");
        asked.push(offered[0]);
        app.advance(TimeDelta::minutes(15) + TimeDelta::seconds(1))
            .await;
        // Time has passed, nobody has swept yet: the place is not for whoever happens to look.
        stranger
            .hold(&office, starts_at, &[&citizen::id_number()])
            .await
            .refused(409, "slot-full");
        sweep(&app).await;
    }
    assert_eq!(asked, [0, 1, 0, 1, 0, 1], "in turns");
    for entry in [&first, &second] {
        let ended = look(&stranger, entry).await;
        assert_eq!((ended.state.as_str(), ended.offers_left), ("ended", 0));
    }
    app.app.availability.forget_all();
    stranger
        .hold(&office, starts_at, &[&citizen::id_number()])
        .await
        .expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn priority_classes_are_asked_first_and_strangers_get_strangers_places_only() {
    let app = TestApp::start().await;
    let (office, starts_at, booked) = full_slot(&app, 2).await;
    let stranger = app.stranger();
    let early = join(
        &stranger,
        only(
            wait_for(&office, starts_at, &citizen::id_number()),
            starts_at,
        ),
    )
    .await;
    let mut body = only(
        wait_for(&office, starts_at, &citizen::id_number()),
        starts_at,
    );
    body["class"] = json!("pregnant");
    let pregnant = join(&stranger, body).await;
    assert_eq!(look(&stranger, &early).await.ahead, 1);
    stranger.cancel(&booked[0]).await.expect(200);
    assert!(look(&stranger, &pregnant).await.offer.is_some());
    assert!(look(&stranger, &early).await.offer.is_none());

    // The other place may only be had by those for whom somebody vouches.
    diesel::update(place::table.filter(place::place_no.eq(booked[1].place_no)))
        .set(place::for_unverified.eq(false))
        .execute(&mut app.owner().await)
        .await
        .unwrap();
    let volunteer = app.volunteer("22786").await;
    let id = citizen::id_number();
    let vouched = join(
        &volunteer,
        only(wait_for(&office, starts_at, &id), starts_at),
    )
    .await;
    stranger.cancel(&booked[1]).await.expect(200);
    assert!(look(&stranger, &early).await.offer.is_none());
    assert!(look(&stranger, &vouched).await.offer.is_some());
    // The person may say yes by themselves: the token was given to them.
    accept(&stranger, &vouched, &id).await.expect(201);

    let officer = app.officer("22786").await;
    let path = format!(
        "/api/v1/offices/{}/desk/waitlist?on={}",
        office.office_id,
        local_day(starts_at)
    );
    let counts: Vec<WaitlistCount> = officer.get(&path).await.expect(200).json();
    let waiting: i64 = counts.iter().map(|count| count.waiting).sum();
    assert_eq!(waiting, 1, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_is_booked_is_offered_a_place() {
    let app = TestApp::start().await;
    let (office, starts_at, booked) = full_slot(&app, 1).await;
    let other = *app.coming(4).last().unwrap();
    let stranger = app.stranger();
    let id = citizen::id_number();
    let entry = join(
        &stranger,
        only(wait_for(&office, starts_at, &id), starts_at),
    )
    .await;
    stranger.book(&office, other, &id).await;
    stranger.cancel(&booked[0]).await.expect(200);
    assert!(look(&stranger, &entry).await.offer.is_none());
    sweep(&app).await;
    assert_eq!(look(&stranger, &entry).await.state, "taken");
    stranger
        .post_once(
            "/api/v1/waitlist",
            Uuid::new_v4(),
            wait_for(&office, starts_at, &id),
        )
        .await
        .refused(409, "already-booked");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_books_elsewhere_gives_the_offered_place_to_the_next() {
    let app = TestApp::start().await;
    let (office, starts_at, booked) = full_slot(&app, 1).await;
    let other = *app.coming(4).last().unwrap();
    let stranger = app.stranger();
    let id = citizen::id_number();
    let first = join(
        &stranger,
        only(wait_for(&office, starts_at, &id), starts_at),
    )
    .await;
    let second = join(
        &stranger,
        only(
            wait_for(&office, starts_at, &citizen::id_number()),
            starts_at,
        ),
    )
    .await;
    stranger.cancel(&booked[0]).await.expect(200);
    assert!(look(&stranger, &first).await.offer.is_some());
    stranger.book(&office, other, &id).await;
    sweep(&app).await;
    assert_eq!(look(&stranger, &first).await.state, "taken");
    assert!(look(&stranger, &second).await.offer.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_waits_is_offered_a_strangers_place_behind_free_ones_that_are_not() {
    let app = TestApp::start().await;
    let (office, starts_at, booked) = full_slot(&app, 2).await;
    let stranger = app.stranger();
    let body = wait_for(&office, starts_at, &citizen::id_number());
    let entry = join(&stranger, only(body, starts_at)).await;
    // The first place may only be had by those for whom somebody vouches.
    diesel::update(place::table.filter(place::place_no.eq(1)))
        .set(place::for_unverified.eq(false))
        .execute(&mut app.owner().await)
        .await
        .unwrap();
    // Both become free where no transaction offers them: nobody waits when they do.
    diesel::update(waitlist_entry::table)
        .set(waitlist_entry::state.eq("left"))
        .execute(&mut app.owner().await)
        .await
        .unwrap();
    for one in &booked {
        stranger.cancel(one).await.expect(200);
    }
    diesel::update(waitlist_entry::table)
        .set(waitlist_entry::state.eq("waiting"))
        .execute(&mut app.owner().await)
        .await
        .unwrap();
    sweep(&app).await;
    assert!(look(&stranger, &entry).await.offer.is_some());
}

/// With Redis away holds are kept where offers are.
#[tokio::test(flavor = "multi_thread")]
async fn who_holds_another_place_keeps_what_was_offered() {
    let app = TestApp::with().without_redis().start().await;
    let (office, starts_at, booked) = full_slot(&app, 1).await;
    let other = *app.coming(4).last().unwrap();
    let stranger = app.stranger();
    let id = citizen::id_number();
    let body = wait_for(&office, starts_at, &id);
    let entry = join(&stranger, only(body, starts_at)).await;
    stranger.cancel(&booked[0]).await.expect(200);
    stranger.hold(&office, other, &[&id]).await.expect(201);
    stranger
        .hold(&office, starts_at, &[&citizen::id_number()])
        .await
        .refused(409, "slot-full");
    accept(&stranger, &entry, &id).await.expect(201);
    assert_laws(&app).await;
}

/// Nothing has swept between the yes and the cancellation.
#[tokio::test(flavor = "multi_thread")]
async fn who_says_yes_and_cancels_at_once_has_no_offer_of_a_place_that_went_on() {
    let app = TestApp::start().await;
    let (office, starts_at, booked) = full_slot(&app, 1).await;
    let stranger = app.stranger();
    let id = citizen::id_number();
    let body = only(wait_for(&office, starts_at, &id), starts_at);
    let first = join(&stranger, body).await;
    let body = wait_for(&office, starts_at, &citizen::id_number());
    let second = join(&stranger, only(body, starts_at)).await;
    stranger.cancel(&booked[0]).await.expect(200);
    let party: BookedParty = accept(&stranger, &first, &id).await.expect(201).json();
    let taken = look(&stranger, &first).await;
    assert_eq!((taken.state.as_str(), taken.offer), ("taken", None));
    stranger.cancel(&party.appointments[0]).await.expect(200);
    assert_eq!(look(&stranger, &first).await.offer, None);
    assert!(look(&stranger, &second).await.offer.is_some());
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn moving_away_offers_the_place_and_leaving_passes_it_on() {
    let app = TestApp::start().await;
    let (office, starts_at, booked) = full_slot(&app, 1).await;
    let other = *app.coming(4).last().unwrap();
    let stranger = app.stranger();
    let first = join(
        &stranger,
        only(
            wait_for(&office, starts_at, &citizen::id_number()),
            starts_at,
        ),
    )
    .await;
    let second = join(
        &stranger,
        only(
            wait_for(&office, starts_at, &citizen::id_number()),
            starts_at,
        ),
    )
    .await;
    let hold: Hold = stranger
        .hold_for_move(&office, other, &booked[0])
        .await
        .expect(201)
        .json();
    stranger.reschedule(&booked[0], &hold).await.expect(200);
    assert!(look(&stranger, &first).await.offer.is_some());
    let left = stranger.post("/api/v1/waitlist/leave", key(&first)).await;
    assert_eq!(left.expect(200).json::<WaitlistEntry>().state, "left");
    assert!(look(&stranger, &second).await.offer.is_some());
    // Again: nothing changes, and there is nothing to decline.
    stranger
        .post("/api/v1/waitlist/leave", key(&first))
        .await
        .expect(200);
    stranger
        .post("/api/v1/waitlist/decline", key(&first))
        .await
        .refused(409, "no-offer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_free_already_is_offered_at_once_and_kept_from_others() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let starts_at = *app.coming(8).last().unwrap();
    let stranger = app.stranger();
    let id = citizen::id_number();
    let entry = join(
        &stranger,
        only(wait_for(&office, starts_at, &id), starts_at),
    )
    .await;
    assert!(look(&stranger, &entry).await.offer.is_some());
    stranger
        .hold(&office, starts_at, &[&citizen::id_number()])
        .await
        .refused(409, "slot-full");
    accept(&stranger, &entry, &id).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_place_of_a_hold_that_lapsed_is_offered_and_a_live_hold_is_nobodys() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let starts_at = *app.coming(8).last().unwrap();
    let stranger = app.stranger();
    stranger
        .hold(&office, starts_at, &[&citizen::id_number()])
        .await
        .expect(201);
    let entry = join(
        &stranger,
        only(
            wait_for(&office, starts_at, &citizen::id_number()),
            starts_at,
        ),
    )
    .await;
    sweep(&app).await;
    assert!(look(&stranger, &entry).await.offer.is_none(), "it is held");
    app.advance(TimeDelta::seconds(130)).await;
    sweep(&app).await;
    assert!(look(&stranger, &entry).await.offer.is_some());
}

/// Twenty wait, eight places are given back at once at two processes that sweep meanwhile: each place
/// is offered to one person, nobody is offered two, and those who waited longest come first.
#[tokio::test(flavor = "multi_thread")]
async fn eight_places_freed_at_once_are_offered_to_eight_people() {
    let app = TestApp::start().await;
    let twin = TestApp::with().start_on(app.database.clone()).await;
    let (office, starts_at, booked) = full_slot(&app, 8).await;
    let stranger = app.stranger();
    let mut entries = Vec::new();
    for _ in 0..20 {
        let body = only(
            wait_for(&office, starts_at, &citizen::id_number()),
            starts_at,
        );
        entries.push(join(&stranger, body).await);
    }
    let at_twin = twin.stranger();
    let cancelling = join_all(booked.iter().enumerate().map(async |(at, one)| {
        let person = if at % 2 == 0 { &stranger } else { &at_twin };
        person.cancel(one).await.expect(200);
    }));
    let sweeping = async {
        for _ in 0..10 {
            for app in [&app, &twin] {
                waitlist::sweep::round(&app.app).await.unwrap();
            }
        }
    };
    tokio::join!(cancelling, sweeping);
    sweep(&app).await;
    let offered: Vec<(Uuid, Option<i16>)> = waitlist_entry::table
        .filter(waitlist_entry::state.eq("offered"))
        .order(waitlist_entry::joined_at)
        .select((waitlist_entry::entry_id, waitlist_entry::offer_place_no))
        .load(&mut app.conn().await)
        .await
        .unwrap();
    let who: Vec<Uuid> = offered.iter().map(|(entry_id, _)| *entry_id).collect();
    let first: Vec<Uuid> = entries.iter().take(8).map(|entry| entry.entry_id).collect();
    assert_eq!(who, first, "the first eight");
    let mut places: Vec<i16> = offered
        .iter()
        .filter_map(|(_, place_no)| *place_no)
        .collect();
    places.sort_unstable();
    assert_eq!(places, (1..=8).collect::<Vec<_>>(), "a place each");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_entries_are_told_all_at_once_and_wrong_secrets_alike() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let starts_at = *app.coming(8).last().unwrap();
    let stranger = app.stranger();
    let id = citizen::id_number();
    let mut body = wait_for(&office, starts_at, "123");
    body["phone"] = json!("12");
    body["to_on"] = json!("2020-01-01");
    body["from_min"] = json!(600);
    body["to_min"] = json!(600);
    let problem = stranger
        .post_once("/api/v1/waitlist", Uuid::new_v4(), body)
        .await
        .refused(422, "invalid");
    let mut pointers: Vec<&str> = problem
        .errors
        .iter()
        .map(|one| one.pointer.as_str())
        .collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/id_number", "/phone", "/to_min", "/to_on"]);
    let mut body = wait_for(&office, starts_at, &id);
    body["class"] = json!("elderly");
    let problem = stranger
        .post_once("/api/v1/waitlist", Uuid::new_v4(), body)
        .await
        .refused(422, "invalid");
    assert_eq!(problem.errors[0].pointer, "/class");

    let once = Uuid::new_v4();
    let body = wait_for(&office, starts_at, &id);
    let entry: WaitlistEntry = stranger
        .post_once("/api/v1/waitlist", once, &body)
        .await
        .expect(201)
        .json();
    let again: WaitlistEntry = stranger
        .post_once("/api/v1/waitlist", once, &body)
        .await
        .expect(201)
        .json();
    assert_eq!((&again.code, &again.secret), (&entry.code, &entry.secret));
    stranger
        .post_once("/api/v1/waitlist", Uuid::new_v4(), &body)
        .await
        .refused(409, "already-waiting");
    for wrong in [
        json!({ "code": entry.code, "secret": "00000-00000" }),
        json!({ "code": "0000-0000", "secret": entry.secret }),
    ] {
        stranger
            .post("/api/v1/waitlist/lookup", wrong)
            .await
            .refused(404, "waitlist-entry-not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_scripts_waits_and_says_yes() {
    let app = TestApp::start().await;
    let (office, starts_at, booked) = full_slot(&app, 1).await;
    let person = app.stranger();
    let read = async |path: &str| {
        let request = person.request(reqwest::Method::GET, path);
        request.send().await.unwrap().text().await.unwrap()
    };
    let form = read("/cho/vao?service=cccd_new").await;
    let (office_id, day, id, phone) = (
        office.office_id.to_string(),
        local_day(starts_at).to_string(),
        citizen::id_number(),
        citizen::phone(),
    );
    let (device, once) = (hidden(&form, "device_id"), hidden(&form, "key"));
    let fields = [
        ("service", "cccd_new"),
        ("office_id", office_id.as_str()),
        ("from_on", day.as_str()),
        ("to_on", day.as_str()),
        ("id_number", id.as_str()),
        ("phone", phone.as_str()),
        ("class", "none"),
        ("device_id", device.as_str()),
        ("key", once.as_str()),
    ];
    // The day has other slots that are free: the first of them is offered at once, and declined.
    let (status, joined) = person.post_form("/cho/vao", &fields).await;
    assert_eq!(status, 201, "{joined}");
    let mut told = joined.split("class=\"code\">").skip(1);
    let mut next = || told.next().unwrap().split('<').next().unwrap().to_owned();
    let (code, secret) = (next(), next());
    let own = [("code", code.as_str()), ("secret", secret.as_str())];
    let (status, page) = person.post_form("/cho", &own).await;
    assert!(status == 200 && page.contains("Nhận chỗ"), "{page}");
    let (status, _) = person.post_form("/cho/tu-choi", &own).await;
    assert_eq!(status, 200);
    person.cancel(&booked[0]).await.expect(200);
    let (_, page) = person.post_form("/cho", &own).await;
    let (token, key) = (hidden(&page, "hold_token"), hidden(&page, "key"));
    let yes = [
        ("hold_token", token.as_str()),
        ("key", key.as_str()),
        ("service", "cccd_new"),
        ("name", "Nguyễn Thị Thử"),
        ("id_number", id.as_str()),
    ];
    let (status, page) = person.post_form("/dat-lich/xac-nhan", &yes).await;
    assert_eq!(status, 201, "{page}");
    sweep(&app).await;
    let (_, page) = person.post_form("/cho", &own).await;
    assert!(page.contains("Đã có lịch hẹn"), "{page}");
    let wrong = [("code", code.as_str()), ("secret", "00000-00000")];
    let (status, _) = person.post_form("/cho", &wrong).await;
    assert_eq!(status, 404);
}
