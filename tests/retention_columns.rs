//! Every column that can hold words or bytes: either it goes with a kind of record that is kept for a time, or it is
//! said here why it stays. Whoever adds one says which.

use std::collections::BTreeMap;

use api::retention::rules::Kind;
use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl as _;

use crate::harness::TestApp;

/// Columns that go with a kind: emptied with it, or deleted with their rows.
const KEPT: &[(Kind, &str)] = &[
    (
        Kind::AppointmentNames,
        "appointment: citizen_blind id_tail name phone proxy_name proxy_relation guardian_name code",
    ),
    (
        Kind::TicketNames,
        "ticket: citizen_blind;\
         ticket_person: consent id_tail name",
    ),
    (
        Kind::Notices,
        "notice: channel dedupe_key failure kind params recipient state",
    ),
    (
        Kind::Waitlist,
        "waitlist_entry: citizen_blind class code hold_person phone service_code state",
    ),
    (Kind::RequestNames, "appointment_request: name phone"),
    (Kind::Holds, "place: hold_device hold_party hold_person"),
    (Kind::LimitLifts, "limit_lift: citizen_blind reason"),
    (Kind::SavedAnswers, "idempotency: actor body request_hash"),
    (
        Kind::Sessions,
        "session: access_hash refresh_hash;\
         session_family: device_key end_reason",
    ),
    (Kind::SignInBrakes, "sign_in_brake: device phone_blind"),
    (Kind::KnownDevices, "known_device: device_hash"),
    (Kind::OneTimeCodes, "one_time_code: code_hash purpose"),
    (
        Kind::Devices,
        "device: app last_error lost_reason public_key version",
    ),
    (
        Kind::Quarantine,
        "operation: raw;\
         held_record: mass_union stage subject_blind",
    ),
    (Kind::Tombstones, "pull_position: collection row_key"),
    (Kind::RosterEntries, "roster_entry: groups name phone sex"),
    (Kind::Notes, "note: text"),
    (
        Kind::WorkReasons,
        "void: reason;\
         void_undo: reason;\
         review: reason;\
         record_correction: reason;\
         activity_correction: reason;\
         data_report_step: reason",
    ),
    (Kind::ExportReasons, "export_reason: reason"),
    (
        Kind::TrustReasons,
        "lot_action: reason;\
         reconciliation_step: note;\
         police_list: reason",
    ),
    (Kind::SignalNotes, "signal_answer: note"),
    (
        Kind::StoppedAccounts,
        "account: phone_blind phone name password_hash",
    ),
    (Kind::DataReportWords, "data_report: words"),
    (Kind::ActivityTexts, "activity: text"),
    (Kind::MemberCounts, "membership: mass_union source"),
    (Kind::Transfers, "transfer: reason"),
    (
        Kind::People,
        "person: subject_blind id_tail name phone sex hint;\
         person_field: value",
    ),
    (
        Kind::RightsRequests,
        "rights_request: answer extension_reason ground id_tail identity_shown kind own_hash shown_by state subject_blind words",
    ),
    (Kind::Recounts, "recount: first_differences"),
    (
        Kind::DeprecatedCalls,
        "deprecated_call: client operation_id",
    ),
    (Kind::RetentionRuns, "retention_run: kind"),
];

/// Columns that stay, and why.
const LASTING: &[(&str, &str)] = &[
    (
        "Words of a closed list, and codes that the program or the authorities give: nobody writes of anybody in them.",
        "account: mass_union role;\
         account_department: department;\
         activity: mass_union what;\
         activity_correction: what;\
         appointment: cancelled_by consent service_code status;\
         appointment_request: answer consent service_code state;\
         board_grade: grade;\
         board_reached: basis stage;\
         board_sum: mass_union stage;\
         board_target: denominator stage;\
         board_tens: mass_union stage;\
         calendar_day: decision;\
         call_back: result;\
         campaign_target: mass_union stage;\
         consent: method text_version;\
         credit: stage;\
         data_report: state what;\
         data_report_step: state;\
         display_event: kind;\
         draw: mass_union plan state;\
         fact: confirmed_by device_holder mass_union stage;\
         finding_ruling: rule;\
         group_booking: service_code;\
         indicator: code counted_in denominator_code fed_by measure role same_as_code section;\
         indicator_change: code counted_in denominator_code measure parent_code role same_as_code section;\
         indicator_owner: code;\
         indicator_value: change_in code span;\
         lot_action: action;\
         office: kind;\
         office_exception: kind;\
         office_service: service_code;\
         operation: code kind result;\
         person: consent_method;\
         person_field: field;\
         police_list: ended stage;\
         police_report: stage;\
         reconciliation_step: state;\
         reconciliation_task: stage state;\
         register_change: state state_before;\
         register_entry: kind state;\
         report_text: section;\
         review: decision;\
         rollup_author_day: stage;\
         rollup_day: mass_union stage;\
         rollup_month: mass_union stage;\
         rollup_total: mass_union stage;\
         service: service_code;\
         service_duration: service_code;\
         signal: rule severity state;\
         signal_answer: answer;\
         signal_threshold: name rule;\
         target: denominator stage;\
         team: mass_union;\
         team_target: stage;\
         ticket: class parked_for refused_for result series service_code state;\
         ticket_count: series;\
         unit: class code kind level;\
         unit_successor: share;\
         visit: mass_union outcome",
    ),
    (
        "Names of places, offices, teams and things, as they stand on a door or in a decision.",
        "unit: name folded;\
         unit_successor: villages;\
         office: name address directions;\
         office_exception: address directions;\
         office_service: note;\
         service: name documents;\
         kit: name;\
         team: name;\
         campaign: name;\
         roster: name;\
         indicator: name parent_code;\
         indicator_change: name;\
         indicator_owner: owner",
    ),
    (
        "Where a number is from: a document of the authorities.",
        "campaign: source;\
         campaign_target: source;\
         target: source;\
         team_target: source;\
         roster: source;\
         indicator_value: source",
    ),
    (
        "Why an office, a day or a desk is otherwise: told to everybody, about no citizen, and replaced by the next.",
        "calendar_day: reason;\
         office_exception: reason note;\
         service_duration: reason;\
         slot_extra: reason;\
         kit: out_reason",
    ),
    (
        "Why a count or what is asked of it changed: about numbers, and emptied when it names whoever is erased.",
        "campaign: close_reason;\
         signal_threshold: reason",
    ),
    (
        "Part of what was issued and is told with it, under its hash; the number of a card is masked as it is typed.",
        "board_closing: reason;\
         report_issue: reason snapshot",
    ),
    (
        "Registers, reports and what their numbers were put right for: files of an authority, each change of them kept.",
        "register_entry: body number subject;\
         register_change: note body_before number_before subject_before;\
         report_text: text;\
         indicator_change: reason;\
         indicator_value: reason stated_percent stated_change;\
         finding_ruling: reason fingerprint",
    ),
    (
        "Hashes that prove what was sent, imported, drawn or issued: of one way, and keyed where a number could be guessed.",
        "operation: payload_hash;\
         roster: file_hash;\
         board_closing: hash reason_hash;\
         report_issue: hash;\
         draw: commitment seed;\
         signal: fingerprint;\
         sync_epoch: system_identifier",
    ),
    (
        "Whoever asked that nothing more is kept of them is known again by this alone, until they lift it.",
        "restricted_number: subject_blind",
    ),
    ("Numbers that a rule found.", "signal: evidence"),
    (
        "Called at a desk and gone from the screen within the day.",
        "display_event: number",
    ),
    (
        "The audit trail: ids, counts and words of a list, which nobody may change.",
        "audit_event: action object detail",
    ),
];

/// What a list names, as `table.column`, each with whose list it is.
fn named<'a>(of: &'a str, columns: &'a str) -> impl Iterator<Item = (String, &'a str)> {
    let tables = columns
        .split(';')
        .map(|table| table.split_once(": ").unwrap());
    tables.flat_map(move |(table, columns)| {
        let columns = columns.split(' ');
        columns.map(move |column| (format!("{}.{column}", table.trim()), of))
    })
}

/// What the database has that can hold words or bytes.
async fn columns(app: &TestApp) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Column {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let found: Vec<Column> = diesel::sql_query(
        "select c.relname || '.' || a.attname as name
         from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm')
             and c.relname <> '__diesel_schema_migrations' and a.attnum > 0 and not a.attisdropped
             and replace(a.atttypid::regtype::text, '[]', '') in
                 ('text', 'bytea', 'json', 'jsonb', 'xml', 'character', 'character varying')
         order by name",
    )
    .load(&mut app.owner().await)
    .await
    .unwrap();
    found.into_iter().map(|column| column.name).collect()
}

#[tokio::test]
async fn every_column_of_words_goes_with_a_kind_or_stays_for_a_reason() {
    let app = TestApp::start().await;
    let kept = KEPT
        .iter()
        .flat_map(|(kind, columns)| named(kind.as_str(), columns));
    let lasting = LASTING
        .iter()
        .flat_map(|(why, columns)| named(why, columns));
    let mut listed = BTreeMap::new();
    for (column, of) in kept.chain(lasting) {
        let twice = listed.insert(column.clone(), of);
        assert_eq!(twice, None, "{column} is listed twice");
    }
    let columns = columns(&app).await;
    assert!(columns.len() > 200, "{}", columns.len());
    for column in &columns {
        assert!(
            listed.remove(column).is_some(),
            "{column}: say in {} with which kind it goes, or why it stays",
            file!()
        );
    }
    assert_eq!(listed, BTreeMap::new(), "no such columns any more");
}
