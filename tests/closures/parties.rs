//! Families when a slot closes, and many who confirm meanwhile.

use chrono::TimeDelta;
use futures_util::future::join_all;
use mobile_contracts::booking::{BookedParty, DeskDay, Hold};
use mobile_contracts::opening::ChangedOffice;
use serde_json::json;

use super::{add, book_party, clock, closing, closing_hours, hours, messages, seated, tomorrow};
use crate::harness::booking::assert_laws;
use crate::harness::{TestApp, citizen, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_party_is_moved_together_or_stays_together_without_a_place() {
    let app = TestApp::start().await;
    let office = app.office("22786", 3).await;
    let (officer, stranger, on) = (app.officer("22786").await, app.stranger(), tomorrow(&app));
    officer
        .put(&office.path("/hours"), hours(1..=7, 480, 720, 3))
        .await
        .expect(200);
    let later = closing(on + TimeDelta::days(1), on + TimeDelta::days(30));
    add(&officer, &office, "", &later).await.expect(200);
    let first = book_party(&stranger, &office, clock(on, 8.0), 3).await;
    let second = book_party(&stranger, &office, clock(on, 9.0), 3).await;
    let single = stranger
        .book(&office, clock(on, 11.0), &citizen::id_number())
        .await;
    let closed = closing_hours(on, 480, 660);
    let told: ChangedOffice = add(&officer, &office, "on_conflict=move", &closed)
        .await
        .expect(200)
        .json();
    assert_eq!(
        (told.rearrangement.moved, told.rearrangement.conflicts),
        (3, 3)
    );
    // One after the other, where there is no gap.
    for (one, hour) in first.appointments.iter().zip([11.0, 11.0, 11.5]) {
        let now = stranger.appointment(one).await;
        assert_eq!(
            (now.status.as_str(), now.starts_at),
            ("booked", clock(on, hour))
        );
    }
    for one in &second.appointments {
        assert_eq!(stranger.appointment(one).await.status, "conflict");
    }
    // Three come at once, or nobody does.
    let one = second.appointments[1].appointment_id;
    let path = office.path(&format!("/desk/conflicts/{one}/resolve"));
    let to = json!({ "resolution": "move", "starts_at": clock(on, 11.0) });
    officer.post(&path, &to).await.refused(409, "slot-full");
    for one in &second.appointments {
        assert_eq!(stranger.appointment(one).await.status, "conflict");
    }
    stranger.cancel(&single).await.expect(200);
    let two_more =
        json!({ "starts_at": clock(on, 11.0), "places": 2, "reason": "Gia đình bị dời lịch" });
    officer
        .put(&office.path("/extra-places"), &two_more)
        .await
        .expect(200);
    let day: DeskDay = officer.post(&path, &to).await.expect(200).json();
    assert_eq!(day.appointments.len(), 3);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_over_two_slots_leaves_both_when_one_of_them_closes() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    let (officer, stranger, on) = (app.officer("22786").await, app.stranger(), tomorrow(&app));
    let family = book_party(&stranger, &office, clock(on, 8.0), 4).await;
    let hours_of = async || {
        let mut starts = Vec::new();
        for one in &family.appointments {
            let now = stranger.appointment(one).await;
            assert_eq!(now.status, "booked");
            starts.push((now.starts_at - clock(on, 0.0)).num_minutes());
        }
        starts
    };
    assert_eq!(
        hours_of().await,
        [480, 480, 510, 510],
        "the last shares a place"
    );
    let closed = closing_hours(on, 510, 540);
    let told: ChangedOffice = add(&officer, &office, "dry_run=true", &closed)
        .await
        .expect(200)
        .json();
    assert_eq!(told.rearrangement.moved, 4);
    assert_laws(&app).await;
    let options = format!("on_conflict=move&preview={}", told.rearrangement.preview);
    let done: ChangedOffice = add(&officer, &office, &options, &closed)
        .await
        .expect(200)
        .json();
    assert_eq!(done.rearrangement.people, told.rearrangement.people);
    assert_eq!(hours_of().await, [540, 540, 570, 570]);
    assert_eq!(messages(&app, "booking.closed_moved").await, (4, 4));
    assert_laws(&app).await;
    // What they left is free again, and what they have is not.
    assert_eq!(stranger.slot(&office, clock(on, 8.0)).await.free, 2);
    assert_eq!(stranger.slot(&office, clock(on, 9.0)).await.free, 0);
    assert_eq!(stranger.slot(&office, clock(on, 9.5)).await.free, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_people_confirm_while_the_morning_closes_and_nobody_is_lost() {
    let app = TestApp::start().await;
    let office = app.office("22786", 8).await;
    let (officer, on) = (app.officer("22786").await, tomorrow(&app));
    let mut holders = Vec::new();
    for at in 0..40 {
        let (person, id) = (app.stranger(), citizen::id_number());
        let starts_at = clock(on, 8.0 + 0.5 * f64::from(at % 5));
        let hold: Hold = person
            .hold(&office, starts_at, &[&id])
            .await
            .expect(201)
            .json();
        holders.push((person, id, hold));
    }
    let closed = closing_hours(on, 480, 660);
    let confirm = join_all(
        holders
            .iter()
            .map(async |(person, id, hold)| person.confirm(hold, &[id]).await),
    );
    let (answers, change) = tokio::join!(confirm, async {
        // In the midst of them.
        eventually(async || {
            (seated(&app, &office, clock(on, 8.0), clock(on, 11.0)).await > 3).then_some(())
        })
        .await;
        add(&officer, &office, "on_conflict=move&reach=office", &closed).await
    });
    let change: ChangedOffice = change.expect(200).json();
    assert_eq!(change.rearrangement.conflicts, 0, "the afternoon has room");
    let mut booked = 0;
    for ((person, ..), answer) in holders.iter().zip(&answers) {
        if answer.status == 201 {
            let party: BookedParty = answer.json();
            let now = person.appointment(&party.appointments[0]).await;
            assert_eq!(now.status, "booked");
            assert!(now.starts_at >= clock(on, 11.0), "{}", now.starts_at);
            booked += 1;
        } else {
            assert!(
                [409, 410, 503].contains(&answer.status.as_u16()),
                "{}",
                answer.text
            );
        }
    }
    assert_eq!(
        seated(&app, &office, clock(on, 8.0), clock(on, 11.0)).await,
        0
    );
    assert_eq!(change.rearrangement.moved, booked);
    assert_eq!(
        messages(&app, "booking.closed_moved").await,
        (booked as usize, booked as usize)
    );
    assert_laws(&app).await;
}
