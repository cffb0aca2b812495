//! Makes one of each kind of thing, straight in the tables or the way its people would, and gives its id.

use super::booking::TestOffice;
use super::{Person, TestApp, citizen};
use api::booking::calendar::store::{NewException, insert_exception};
use api::booking::offices::store::set_slot_length;
use api::db::schema::{
    activity_correction, call_back, campaign, data_report, device, draw, notice, person,
    person_merge, police_report, reconciliation_task, roster, signal, team, transfer,
    village_assignment,
};
use api::reporting::periods::store::insert_period;
use api::reporting::registers::store::insert_entry;
use api::rights::rules::Due;
use api::rights::store::{Asker, Shown, insert_request};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::booking::GroupBooking;
use mobile_contracts::calendar::{Month, local_day};
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId, PersonId, UnitId};
use mobile_contracts::opening::ExceptionKind;
use mobile_contracts::reporting::OpenReportingPeriod;
use mobile_contracts::reporting_register::{EntryKind, WriteEntry};
use mobile_contracts::rights::RightsKind;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

/// Makes a day of an office that is far away an exception, and gives its id.
pub async fn exception_of(app: &TestApp, office_id: OfficeId) -> Uuid {
    let on = mobile_contracts::calendar::local_day(app.app.clock.now()) + TimeDelta::days(300);
    let new = NewException {
        office_id,
        kind: ExceptionKind::Closed,
        from_on: on,
        to_on: on,
        from_min: 0,
        to_min: 1440,
        capacity: None,
        sessions: &[],
        place: None,
        reason: "Tập huấn",
        note: "",
        closure_id: None,
        set_by: None,
    };
    let mut conn = app.conn().await;
    let written = insert_exception(&mut conn, &new).await.unwrap();
    written.unwrap()
}

/// Gives the slots of an office their length anew from a day that is far away, and says which.
pub async fn slot_length_of(
    app: &TestApp,
    office_id: OfficeId,
    account_id: AccountId,
) -> NaiveDate {
    let today = local_day(app.app.clock.now());
    let first_on = today + TimeDelta::days(300);
    let mut conn = app.conn().await;
    set_slot_length(&mut conn, office_id, first_on, 30, account_id, today)
        .await
        .unwrap();
    first_on
}

/// What somebody pushed in one batch.
pub struct Recorded {
    pub operation_id: Uuid,
    pub held_op_id: Uuid,
    pub recorded_person_id: Uuid,
    pub recorded_op_id: Uuid,
    pub activity_id: Uuid,
}

/// Records something in a village, something that is held, for its clock shows tomorrow, and somebody
/// without an ID number; gives the ids of the operations and of the person.
pub async fn record(app: &TestApp, author: &Person, village_id: UnitId) -> Recorded {
    let (op_id, held_op_id, person_id) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let activity_id = Uuid::now_v7();
    let now = app.app.clock.now();
    let operation = |op_id: Uuid, at: DateTime<Utc>| {
        json!({
            "op_id": op_id, "kind": "record", "author_id": author.account_id, "recorded_at": at,
            "clock_offset_ms": 0, "clock_offset_age_s": 0,
            "village_id": village_id, "stage": "level1_activated", "device_holder": "own",
        })
    };
    let recorded_op_id = Uuid::now_v7();
    let mut about_somebody = operation(recorded_op_id, now);
    about_somebody["subject"] = json!({ "kind": "provisional", "person_id": person_id });
    about_somebody["consent"] = json!({ "method": "spoken" });
    about_somebody["name"] = json!("Nguyễn Thị Thử");
    let held = operation(held_op_id, now + TimeDelta::days(1));
    let activity = json!({
        "op_id": activity_id, "kind": "activity", "author_id": author.account_id, "recorded_at": now,
        "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": village_id, "activity": "meeting",
    });
    let body = json!({
        "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now,
        "ops": [operation(op_id, now), held, about_somebody, activity],
    });
    let answer = author.post("/api/v1/sync/push", body).await.expect(200);
    let told = answer.value();
    assert_eq!(told["results"][0]["result"], "applied");
    assert_eq!(told["results"][1]["result"], "held");
    assert_eq!(told["results"][3]["result"], "applied");
    Recorded {
        operation_id: op_id,
        held_op_id,
        recorded_person_id: person_id,
        recorded_op_id,
        activity_id,
    }
}

/// An operation that somebody sent, whatever became of it: whoever may not record any more has theirs held.
pub async fn sent(app: &TestApp, author: &Person, village_id: UnitId) -> Uuid {
    let (op_id, now) = (Uuid::now_v7(), app.app.clock.now());
    let body = json!({
        "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now,
        "ops": [{
            "op_id": op_id, "kind": "activity", "author_id": author.account_id, "recorded_at": now,
            "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": village_id, "activity": "meeting",
        }],
    });
    author.post("/api/v1/sync/push", body).await.expect(200);
    op_id
}

/// A group of one that the caller booked, or a lead where the caller may not.
pub async fn group(
    app: &TestApp,
    commune_code: &str,
    caller: &Person,
    office: &TestOffice,
    starts_at: DateTime<Utc>,
) -> Uuid {
    let list = format!(
        "id_number,name,birth_on\n{},Nguyễn Thị Thử,01/01/1990\n",
        citizen::id_number()
    );
    let on = local_day(starts_at);
    let mut answer = caller.book_group(office, on, "fit=all", &list).await;
    if answer.status == 403 {
        let lead = app.lead(commune_code).await;
        answer = lead.book_group(office, on, "fit=all", &list).await;
    }
    let group: GroupBooking = answer.expect(200).json();
    group.group_id.unwrap()
}

/// Persons of a village of whom nothing was recorded yet.
pub async fn persons_of(app: &TestApp, village_id: UnitId) -> [Uuid; 3] {
    let ids = [Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7()];
    let rows = ids.map(|id| {
        (
            person::person_id.eq(id),
            person::village_id.eq(village_id),
            person::consent_method.eq("spoken"),
            person::consent_at.eq(app.app.clock.now()),
        )
    });
    diesel::insert_into(person::table)
        .values(rows.to_vec())
        .execute(&mut app.conn().await)
        .await
        .unwrap();
    ids
}

/// Makes two of them one, and gives the merge's id.
pub async fn merge_of(app: &TestApp, kept: Uuid, merged: Uuid, by: AccountId) -> Uuid {
    let merge_id = Uuid::now_v7();
    let mut conn = app.conn().await;
    diesel::insert_into(person_merge::table)
        .values((
            person_merge::merge_id.eq(merge_id),
            person_merge::merged_id.eq(merged),
            person_merge::kept_id.eq(kept),
            person_merge::merged_by.eq(by),
        ))
        .execute(&mut conn)
        .await
        .unwrap();
    diesel::update(person::table.find(PersonId(merged)))
        .set(person::canonical_id.eq(PersonId(kept)))
        .execute(&mut conn)
        .await
        .unwrap();
    merge_id
}

/// Gives a village to somebody, and gives the assignment's id.
pub async fn assignment_of(app: &TestApp, account_id: AccountId, village_id: UnitId) -> Uuid {
    let assignment_id = Uuid::now_v7();
    diesel::insert_into(village_assignment::table)
        .values((
            village_assignment::assignment_id.eq(assignment_id),
            village_assignment::account_id.eq(account_id),
            village_assignment::village_id.eq(village_id),
            village_assignment::place_no.eq(1_i16),
            village_assignment::begun_at.eq(app.app.clock.now()),
            village_assignment::begun_by.eq(account_id),
        ))
        .execute(&mut app.conn().await)
        .await
        .unwrap();
    assignment_id
}

/// Hands nothing from one to another, and gives the transfer's id.
pub async fn transfer_of(app: &TestApp, from: AccountId, to: AccountId) -> Uuid {
    let transfer_id = Uuid::now_v7();
    diesel::insert_into(transfer::table)
        .values((
            transfer::transfer_id.eq(transfer_id),
            transfer::from_account_id.eq(from),
            transfer::to_account_id.eq(to),
            transfer::reason.eq("Thử"),
            transfer::made_by.eq(from),
            transfer::made_at.eq(app.app.clock.now()),
        ))
        .execute(&mut app.conn().await)
        .await
        .unwrap();
    transfer_id
}

/// A list that names nobody who is left.
pub async fn roster_of(app: &TestApp, unit_id: UnitId, by: AccountId) -> Uuid {
    let roster_id = Uuid::now_v7();
    diesel::insert_into(roster::table)
        .values((
            roster::roster_id.eq(roster_id),
            roster::unit_id.eq(unit_id),
            roster::name.eq("Thử"),
            roster::source.eq("Thử"),
            roster::made_on.eq(local_day(app.app.clock.now())),
            roster::file_hash.eq(roster_id.as_bytes().to_vec()),
            roster::entries.eq(1),
            roster::imported_by.eq(by),
        ))
        .execute(&mut app.conn().await)
        .await
        .unwrap();
    roster_id
}

/// Receives what a person asks about their data, and gives the request's id.
pub async fn request_of(app: &TestApp, person: Uuid, village_id: UnitId, by: AccountId) -> Uuid {
    let asker = Asker {
        unit_id: village_id,
        person_id: Some(PersonId(person)),
        number: None,
        shown_by: Shown::Staff(by),
    };
    let on = local_day(app.app.clock.now());
    let due = Due {
        acknowledge_by: on,
        due_on: on,
    };
    let (mut conn, kind) = (app.conn().await, RightsKind::Access);
    let written = insert_request(&mut conn, &app.app.keys, kind, &asker, None, due).await;
    written.unwrap().0.rights_request_id
}

/// Raises a signal about somebody's work, and gives its id.
pub async fn signal_of(app: &TestApp, author_id: AccountId, commune_id: UnitId) -> Uuid {
    let signal_id = Uuid::now_v7();
    diesel::insert_into(signal::table)
        .values((
            signal::signal_id.eq(signal_id),
            signal::fingerprint.eq(signal_id.as_bytes().to_vec()),
            signal::rule.eq("helper_device"),
            signal::severity.eq("info"),
            signal::author_id.eq(author_id),
            signal::commune_id.eq(commune_id),
            signal::on_day.eq(local_day(app.app.clock.now())),
            signal::evidence.eq(json!({ "acts": 3, "threshold": 2 })),
            signal::op_ids.eq(Vec::<Uuid>::new()),
            signal::acts.eq(3),
        ))
        .execute(&mut app.conn().await)
        .await
        .unwrap();
    signal_id
}

/// A draw of a week of its own that was told, and gives its id.
pub async fn draw_of(app: &TestApp, commune_id: UnitId, state: &str) -> Uuid {
    static WEEKS: AtomicI64 = AtomicI64::new(1);
    let draw_id = Uuid::now_v7();
    let now = app.app.clock.now();
    let weeks = TimeDelta::weeks(WEEKS.fetch_add(1, Ordering::Relaxed));
    let monday = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + weeks;
    let seed = vec![6; 32];
    diesel::insert_into(draw::table)
        .values((
            draw::draw_id.eq(draw_id),
            draw::mass_union.eq("women"),
            draw::commune_id.eq(commune_id),
            draw::week_on.eq(monday),
            draw::commitment.eq(Sha256::digest(&seed).to_vec()),
            draw::committed_at.eq(monday.and_hms_opt(0, 0, 0).unwrap().and_utc()),
            draw::seed.eq(seed),
            draw::drawn_at.eq(now),
            draw::sample_size.eq(1),
            draw::state.eq(state),
        ))
        .execute(&mut app.conn().await)
        .await
        .unwrap();
    draw_id
}

/// A record that somebody is to check, and gives the id of that.
pub async fn call_back_of(
    app: &TestApp,
    op_id: Uuid,
    commune_id: UnitId,
    verifier_id: AccountId,
) -> Uuid {
    let call_back_id = Uuid::now_v7();
    let draw_id = draw_of(app, commune_id, "drawn").await;
    diesel::insert_into(call_back::table)
        .values((
            call_back::call_back_id.eq(call_back_id),
            call_back::draw_id.eq(draw_id),
            call_back::op_id.eq(op_id),
            call_back::position.eq(1),
            call_back::verifier_id.eq(verifier_id),
            call_back::assigned_at.eq(app.app.clock.now()),
        ))
        .execute(&mut app.conn().await)
        .await
        .unwrap();
    call_back_id
}

/// A list of the police in a month of its own, and gives its id.
pub async fn police_list_of(app: &TestApp, commune_id: UnitId, by: AccountId) -> Uuid {
    let task_id = task_of(app, commune_id, by).await;
    let police_list_id = Uuid::now_v7();
    diesel::sql_query(
        "insert into police_list (police_list_id, commune_id, month, stage, theirs, ours, elsewhere,
             only_theirs, only_ours, without_number, matched, imported_by)
         select $1, commune_id, month, stage, theirs, ours, elsewhere, only_theirs, only_ours,
             without_number, '{}', imported_by
         from reconciliation_task t join police_report r using (commune_id, month, stage)
         where t.task_id = $2",
    )
    .bind::<diesel::sql_types::Uuid, _>(police_list_id)
    .bind::<diesel::sql_types::Uuid, _>(task_id)
    .execute(&mut app.conn().await)
    .await
    .unwrap();
    police_list_id
}

/// A commune whose numbers differ from the police's in a month of its own, and gives the task's id.
pub async fn task_of(app: &TestApp, commune_id: UnitId, by: AccountId) -> Uuid {
    static MONTHS: AtomicI64 = AtomicI64::new(1);
    let months = MONTHS.fetch_add(1, Ordering::Relaxed);
    // Long before any month that a list is imported for, however many tasks are made.
    let month = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
    let month = month + chrono::Months::new(u32::try_from(months).unwrap());
    let task_id = Uuid::now_v7();
    let mut conn = app.conn().await;
    let of_month = (
        police_report::commune_id.eq(commune_id),
        police_report::month.eq(month),
        police_report::stage.eq("level2_activated"),
        police_report::imported_by.eq(by),
        police_report::theirs.eq(9),
        police_report::ours.eq(3),
        police_report::matched.eq(3),
        police_report::elsewhere.eq(0),
        police_report::only_theirs.eq(6),
        police_report::only_ours.eq(0),
        police_report::without_number.eq(0),
    );
    diesel::insert_into(police_report::table)
        .values(of_month)
        .execute(&mut conn)
        .await
        .unwrap();
    diesel::insert_into(reconciliation_task::table)
        .values((
            reconciliation_task::task_id.eq(task_id),
            reconciliation_task::commune_id.eq(commune_id),
            reconciliation_task::month.eq(month),
            reconciliation_task::stage.eq("level2_activated"),
            reconciliation_task::due_on.eq(local_day(app.app.clock.now())),
        ))
        .execute(&mut conn)
        .await
        .unwrap();
    task_id
}

/// Corrects an outreach activity, and gives the correction's id.
pub async fn correction_of(app: &TestApp, activity_id: Uuid, by: AccountId) -> Uuid {
    let correction_id = Uuid::now_v7();
    diesel::insert_into(activity_correction::table)
        .values((
            activity_correction::correction_id.eq(correction_id),
            activity_correction::op_id.eq(activity_id),
            activity_correction::voids.eq(false),
            activity_correction::what.eq("meeting"),
            activity_correction::reason.eq("đếm lại"),
            activity_correction::corrected_by.eq(by),
        ))
        .execute(&mut app.conn().await)
        .await
        .unwrap();
    correction_id
}

/// Reports something that the police have wrong of somebody, and gives the report's id.
pub async fn report_of(app: &TestApp, person_id: Uuid, village_id: UnitId, by: AccountId) -> Uuid {
    let report_id = Uuid::now_v7();
    diesel::insert_into(data_report::table)
        .values((
            data_report::report_id.eq(report_id),
            data_report::person_id.eq(person_id),
            data_report::village_id.eq(village_id),
            data_report::what.eq("wrong_phone"),
            data_report::reported_by.eq(by),
        ))
        .execute(&mut app.conn().await)
        .await
        .unwrap();
    report_id
}

/// Opens a campaign of a commune with a team of nobody yet, and gives both ids.
pub async fn campaign_of(app: &TestApp, unit_id: UnitId, by: AccountId) -> (Uuid, Uuid) {
    let (campaign_id, team_id) = (Uuid::now_v7(), Uuid::now_v7());
    let today = local_day(app.app.clock.now());
    let mut conn = app.conn().await;
    diesel::insert_into(campaign::table)
        .values((
            campaign::campaign_id.eq(campaign_id),
            campaign::unit_id.eq(unit_id),
            campaign::name.eq("Ra quân"),
            campaign::source.eq("KH thử"),
            campaign::starts_on.eq(today),
            campaign::ends_on.eq(today + TimeDelta::days(30)),
            campaign::created_by.eq(by),
        ))
        .execute(&mut conn)
        .await
        .unwrap();
    diesel::insert_into(team::table)
        .values((
            team::team_id.eq(team_id),
            team::campaign_id.eq(campaign_id),
            team::unit_id.eq(unit_id),
            team::mass_union.eq("youth"),
            team::name.eq("Đội thử"),
            team::created_by.eq(by),
        ))
        .execute(&mut conn)
        .await
        .unwrap();
    (campaign_id, team_id)
}

/// A reporting period in a month of its own, and gives its id.
pub async fn period_of(app: &TestApp, unit_id: UnitId, by: AccountId) -> Uuid {
    static MONTHS: AtomicI64 = AtomicI64::new(0);
    let months = MONTHS.fetch_add(1, Ordering::Relaxed);
    let first = NaiveDate::from_ymd_opt(2200, 1, 1).unwrap();
    let first = first + chrono::Months::new(u32::try_from(months).unwrap());
    let month = Month::of(first).unwrap();
    let new = OpenReportingPeriod {
        unit_id,
        month,
        starts_on: first,
        ends_on: month.last(),
        cumulative_from: first,
    };
    let mut conn = app.conn().await;
    let written = insert_period(&mut conn, Uuid::now_v7(), &new, by).await;
    written.unwrap().period_id
}

/// Something that is left to do, and gives its id.
pub async fn entry_of(app: &TestApp, unit_id: UnitId, by: AccountId) -> Uuid {
    let new = WriteEntry {
        unit_id,
        kind: EntryKind::Task,
        noted_on: NaiveDate::from_ymd_opt(2026, 1, 5).unwrap(),
        body: "Sở Tư pháp".to_owned(),
        number: None,
        subject: "Thử".to_owned(),
        due_on: None,
        assigned_unit_id: None,
    };
    let mut conn = app.conn().await;
    let written = insert_entry(&mut conn, Uuid::now_v7(), &new, by).await;
    written.unwrap().entry_id
}

/// Registers a phone of somebody, and gives its id.
pub async fn device_of(app: &TestApp, account_id: AccountId) -> Uuid {
    let device_id = Uuid::now_v7();
    diesel::insert_into(device::table)
        .values((
            device::device_id.eq(device_id),
            device::account_id.eq(account_id.0),
            device::family_id.eq(Uuid::now_v7()),
            device::public_key.eq(vec![4; 65]),
            device::app.eq("pwa"),
            device::version.eq("1.0.0"),
        ))
        .execute(&mut app.conn().await)
        .await
        .unwrap();
    device_id
}

/// What the owner of an appointment is to be told at once.
pub async fn notice_of(app: &TestApp, appointment_id: AppointmentId) -> Uuid {
    notice::table
        .filter(notice::subject_id.eq(appointment_id.0))
        .filter(notice::kind.eq("booking.confirmed"))
        .select(notice::notice_id)
        .first(&mut app.conn().await)
        .await
        .unwrap()
}
