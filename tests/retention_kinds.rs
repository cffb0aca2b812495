//! Every kind of record that is kept for a time: there until its days are over, and gone or emptied after them, with
//! its line in the audit trail and without what it is counted by.

use std::collections::BTreeMap;

use api::retention::rules::Kind;
use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::SimpleAsyncConnection as _;
use serde_json::json;

use crate::harness::{TestApp, citizen};
use crate::retention::{count, due, purge, speak_of};

const COMMUNE: &str = "22786";

/// What a kind is of, and what of it is for longer.
struct Case {
    /// Rows that are there at first, each of which goes, or matches no more.
    old: &'static str,
    stays: &'static str,
}

/// Where a kind's rows stand. `{start}` is when the last of them was made.
fn case(kind: Kind) -> Case {
    let (old, stays) = match kind {
        Kind::AppointmentNames => ("appointment where octet_length(name) > 0", "appointment"),
        Kind::TicketNames => ("ticket where citizen_blind is not null", "ticket"),
        Kind::Notices => ("notice where settled_at <= '{start}'", "appointment"),
        Kind::Waitlist => ("waitlist_entry", "service"),
        Kind::RequestNames => (
            "appointment_request where name is not null",
            "appointment_request where state = 'lapsed'",
        ),
        Kind::Holds => ("place where hold_id is not null", "place"),
        Kind::LimitLifts => ("limit_lift", "account"),
        Kind::SavedAnswers => ("idempotency where created_at <= '{start}'", "account"),
        Kind::Sessions => ("session_family", "account"),
        Kind::SignInBrakes => ("sign_in_brake", "account"),
        Kind::KnownDevices => ("known_device", "account"),
        Kind::OneTimeCodes => ("one_time_code", "account"),
        Kind::Devices => ("device", "operation"),
        Kind::Quarantine => (
            "operation where raw is not null",
            "operation where result = 'held' and payload_hash is not null",
        ),
        Kind::Tombstones => ("pull_position where gone_at is not null", "unit"),
        Kind::RosterEntries => ("roster_entry", "roster where entries = 2"),
        Kind::UnmetPeople => (
            "person where consent_method = 'list'",
            "person where consent_method <> 'list'",
        ),
        Kind::Notes => ("note where octet_length(text) > 0", "note"),
        Kind::WorkReasons => (
            "(select reason from void union all select reason from void_undo
              union all select reason from review union all select reason from record_correction
              union all select reason from activity_correction
              union all select reason from data_report_step) words where reason <> '***'",
            "void",
        ),
        Kind::ExportReasons => ("export_reason", "audit_event"),
        Kind::TrustReasons => (
            "(select reason from lot_action union all select reason from police_list
              union all select note from reconciliation_step) words where reason <> '***'",
            "police_list where ended = 'undone'",
        ),
        Kind::SignalNotes => (
            "signal_answer where octet_length(note) > 0",
            "signal_answer where answer = 'explained'",
        ),
        Kind::StoppedAccounts => (
            "account where disabled_at is not null and octet_length(phone) > 0",
            "account where disabled_at is not null",
        ),
        Kind::DataReportWords => (
            "data_report where words is not null",
            "data_report where state = 'refused'",
        ),
        Kind::ActivityTexts => (
            "activity where text is not null",
            "activity where attended = 40",
        ),
        Kind::MemberCounts => (
            "membership where counted_on < '2026-03-01'",
            "membership where counted_on > '2026-03-01'",
        ),
        Kind::VillageAssignments => ("village_assignment", "unit"),
        Kind::PersonAssignments => ("person_assignment", "person"),
        Kind::Transfers => ("transfer", "account"),
        Kind::People => ("person where name is not null", "fact"),
        Kind::RightsRequests => ("rights_request", "account"),
        Kind::Recounts => ("recount", "rollup_total"),
        Kind::DeprecatedCalls => ("deprecated_call", "account"),
        Kind::RetentionRuns => ("retention_run where ran_at < '{start}'", "audit_event"),
    };
    Case { old, stays }
}

/// Somebody is served at a desk, spoken of and met; a volunteer stops; the rest as the file has it.
async fn a_row_of_each(app: &TestApp) {
    let mut desk = app.desk(COMMUNE).await;
    let slot = app.coming(2)[1];
    let stranger = app.stranger();
    let booked = stranger
        .book(&desk.office, slot, &citizen::id_number())
        .await;
    let early = slot - TimeDelta::minutes(10) - app.app.clock.now();
    app.pass(&mut desk, early).await;
    let checked_in = desk.check_in(&booked.code).await;
    assert!(checked_in.status.is_success(), "{checked_in:?}");
    let ticket = desk.called(1).await.ticket_id;
    desk.act(ticket, "start").await.expect(200);
    desk.finish(ticket, "card_requested").await.expect(200);
    let lead = app.lead(COMMUNE).await;
    let (author, stopped) = (app.volunteer(COMMUNE).await, app.volunteer(COMMUNE).await);
    speak_of(app, &author, &citizen::id_number()).await;
    let stop = format!("/api/v1/accounts/{}", stopped.account_id.unwrap());
    lead.patch(&stop, json!({ "disabled": true }))
        .await
        .expect(200);
    let rows = include_str!("retention_kinds.sql");
    app.owner().await.batch_execute(rows).await.unwrap();
}

/// Kinds by the days that they are kept.
fn by_days(app: &TestApp) -> BTreeMap<u32, Vec<Kind>> {
    let mut all: BTreeMap<u32, Vec<Kind>> = BTreeMap::new();
    for kind in Kind::ALL {
        let days = app.app.config.retention.days(*kind);
        all.entry(days).or_default().push(*kind);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_kept_for_its_days_and_no_longer() {
    let app = TestApp::start().await;
    a_row_of_each(&app).await;
    assert!(purge(&app).await.is_empty(), "nothing is old");
    let start = app.app.clock.now();
    let rows = async |kind: Kind| {
        let Case { old, stays } = case(kind);
        let [old, stays] = [old, stays].map(|sql| sql.replace("{start}", &start.to_rfc3339()));
        (count(&app, &old).await, count(&app, &stays).await)
    };
    let mut made = BTreeMap::new();
    for kind in Kind::ALL {
        let (old, stays) = rows(*kind).await;
        assert!(old > 0 && stays > 0, "{kind:?}: {old} and {stays} rows");
        made.insert(*kind, old);
    }
    for (days, kinds) in by_days(&app) {
        let of_those = |all: Vec<(Kind, i64)>| -> BTreeMap<Kind, i64> {
            let those = all.into_iter().filter(|(kind, _)| kinds.contains(kind));
            those.collect()
        };
        let expected: BTreeMap<Kind, i64> = kinds.iter().map(|kind| (*kind, made[kind])).collect();
        let over = start + TimeDelta::days(days.into());
        // The first rows were made two hours before the last.
        reach(&app, over - TimeDelta::hours(3)).await;
        assert_eq!(of_those(due(&app).await), BTreeMap::new(), "{days} days");
        reach(&app, over + TimeDelta::days(1)).await;
        let mut before = BTreeMap::new();
        assert_eq!(of_those(due(&app).await), expected, "{days} days");
        for kind in &kinds {
            let (old, stays) = rows(*kind).await;
            assert_eq!(old, made[kind], "counting changes nothing: {kind:?}");
            before.insert(*kind, stays);
        }
        assert_eq!(of_those(purge(&app).await), expected, "{days} days");
        for kind in &kinds {
            let (old, stays) = rows(*kind).await;
            assert_eq!(old, 0, "{kind:?}");
            assert!(stays >= before[kind], "{kind:?}: {stays} of {before:?}");
            let audited = format!(
                "audit_event where action = 'retention.purge' and object = 'retention:{}'
                 and detail = '{{\"purged\": {}, \"days\": {days}}}'",
                kind.as_str(),
                made[kind]
            );
            assert_eq!(count(&app, &audited).await, 1, "{kind:?}");
        }
        assert_eq!(of_those(purge(&app).await), BTreeMap::new(), "once");
    }
}

/// Waits until then.
async fn reach(app: &TestApp, then: DateTime<Utc>) {
    app.advance(then - app.app.clock.now()).await;
}
