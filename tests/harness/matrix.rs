//! The table of operation x role x scope, by hand: a second opinion beside `identity/permission.rs`,
//! so that a right given by mistake is seen. An operation of the document that is missing here fails
//! the test, and so does a row for an operation that is gone.
//!
//! A new operation is one row. What its request looks like is read from the document (`sample.rs`);
//! only a name of something that no operation had before needs a line in `things.rs`.

use mobile_contracts::identity::Role::{
    self, Admin, Commander, Lead, Officer, Reporter, Volunteer,
};
use serde_json::Value;

use Scope::{Covered, CoveredBut, Everybodys, Own, PartByPart};

const ALL: &[Role] = &Role::ALL;

/// How far a right reaches, beside the role.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// The caller's own account: the request can name nothing of anybody else.
    Own,
    /// Whatever unit, office, account or appointment the request names must lie within the caller's
    /// unit; somebody else's is answered by 404, exactly like one that is not there.
    Covered,
    /// [`Self::Covered`], but these names lead anywhere, because where a citizen lives is in nobody's
    /// scope: whoever comes is served.
    CoveredBut(&'static [&'static str]),
    /// The answer tells of each part by itself; a part that names somebody else's thing, or one that
    /// is not there, is told with one of these words, and one's own with none of them.
    PartByPart(&'static [&'static str]),
    /// The request names things, and whose they are does not matter, because…
    Everybodys(&'static str),
}

const TABLE: &[(&str, &[Role], Scope)] = &[
    ("show_me", ALL, Own),
    ("change_password", ALL, Own),
    ("issue_badge", &[Volunteer, Lead], Own),
    ("sign_out", ALL, Own),
    ("sign_out_everywhere", ALL, Own),
    ("list_accounts", &[Lead, Commander, Admin], Covered),
    (
        "invite_accounts",
        &[Lead, Commander, Admin],
        PartByPart(&["không thuộc phạm vi của bạn"]),
    ),
    ("update_account", &[Lead, Commander, Admin], Covered),
    ("list_targets", ALL, Covered),
    ("set_targets", &[Commander, Admin], Covered),
    ("remove_targets", &[Commander, Admin], Covered),
    (
        "import_targets",
        &[Commander, Admin],
        PartByPart(&["nằm ngoài phạm vi của bạn"]),
    ),
    ("list_campaigns", ALL, Covered),
    ("open_campaign", &[Lead, Commander, Admin], Covered),
    ("show_campaign", ALL, Covered),
    ("change_campaign", &[Lead, Commander, Admin], Covered),
    ("close_campaign", &[Lead, Commander, Admin], Covered),
    ("reopen_campaign", &[Lead, Commander, Admin], Covered),
    ("set_campaign_targets", &[Lead, Commander, Admin], Covered),
    (
        "remove_campaign_targets",
        &[Lead, Commander, Admin],
        Covered,
    ),
    // A line of the file that names a unit beyond one's own is refused in words.
    (
        "import_campaign_targets",
        &[Lead, Commander, Admin],
        CoveredBut(&["unit_code"]),
    ),
    ("show_campaign_progress", ALL, Covered),
    ("list_teams", &[Lead, Commander, Admin], Covered),
    ("form_team", &[Lead, Commander, Admin], Covered),
    ("change_team", &[Lead, Commander, Admin], Covered),
    ("disband_team", &[Lead, Commander, Admin], Covered),
    ("show_team_progress", &[Lead, Commander, Admin], Covered),
    ("show_mobilisation", &[Lead, Commander, Admin], Covered),
    ("list_waiting_members", &[Lead, Commander, Admin], Covered),
    ("set_member_counts", &[Lead, Commander, Admin], Covered),
    ("remove_member_counts", &[Lead, Commander, Admin], Covered),
    // Of villages; who leads among communes is open to everybody who is signed in.
    ("show_leaderboard", ALL, Covered),
    ("stream_leaderboard", ALL, Covered),
    (
        "show_trend",
        ALL,
        Everybodys("a commune elsewhere is told in whole tens; a village of others is refused"),
    ),
    // A closed board is the whole province's, and so is who may revise it.
    ("list_board_closings", ALL, Own),
    ("list_board_changes", &[Commander, Admin], Own),
    ("issue_board_revision", &[Commander, Admin], Own),
    (
        "show_gap_reasons",
        ALL,
        Everybodys("a commune elsewhere is told in whole tens; a village of others is refused"),
    ),
    ("show_team_board", ALL, Covered),
    ("show_volunteer_board", &[Lead, Commander, Admin], Covered),
    ("show_own_standing", &[Volunteer, Lead], Own),
    ("issue_recovery_code", &[Lead, Commander, Admin], Covered),
    ("push_operations", ALL, PartByPart(PLACE)),
    ("look_up_operations", ALL, PartByPart(&["\"results\":[]"])),
    ("pull_changes", ALL, Own),
    ("sum_changes", ALL, Own),
    ("record_operation", &[Volunteer, Lead], PartByPart(PLACE)),
    (
        "correct_operation",
        &[Lead, Commander],
        PartByPart(&["VOID_NOT_ALLOWED", "VOID_TARGET_UNKNOWN"]),
    ),
    ("show_ledger", ALL, Own),
    ("show_statement", ALL, Own),
    ("register_device", ALL, Own),
    ("report_device", ALL, Own),
    ("list_devices", &[Lead, Commander], Own),
    ("set_device_loss", &[Lead, Commander], Covered),
    ("list_held_operations", &[Lead, Commander], Own),
    ("show_held_operation", &[Lead, Commander], Covered),
    ("review_operation", &[Lead, Commander], Covered),
    ("list_records", &[Lead, Commander], Covered),
    ("show_record", &[Lead, Commander], Covered),
    ("correct_record", &[Lead, Commander], Covered),
    ("reinstate_record", &[Lead, Commander], Covered),
    ("list_person_words", &[Lead, Commander], Covered),
    ("list_person_twins", &[Lead, Commander], Own),
    ("list_person_merges", &[Lead, Commander], Own),
    ("merge_persons", &[Lead, Commander], Covered),
    ("undo_person_merge", &[Lead, Commander], Covered),
    ("distinguish_persons", &[Lead, Commander], Covered),
    ("list_activities", &[Lead, Commander], Covered),
    ("sum_activities", &[Lead, Commander], Covered),
    ("show_activity", &[Lead, Commander], Covered),
    ("correct_activity", &[Lead, Commander], Covered),
    ("void_activity", &[Lead, Commander], Covered),
    ("undo_activity_correction", &[Lead, Commander], Covered),
    ("report_wrong_data", &[Volunteer, Lead, Officer], Covered),
    ("list_own_data_reports", &[Volunteer, Lead, Officer], Own),
    ("list_data_reports", &[Lead, Officer, Commander], Covered),
    ("show_data_report", &[Lead, Officer, Commander], Covered),
    ("step_data_report", &[Lead, Officer, Commander], Covered),
    ("export_data_reports", &[Lead, Officer, Commander], Covered),
    ("import_roster", &[Lead, Commander, Admin], Covered),
    ("list_rosters", &[Lead, Commander, Admin], Own),
    ("undo_roster", &[Lead, Commander, Admin], Covered),
    ("count_worklists", &[Volunteer, Lead, Commander], Covered),
    ("show_worklist", &[Volunteer, Lead, Commander], Covered),
    ("list_notes", &[Volunteer, Lead, Commander], Covered),
    ("list_person_notes", &[Volunteer, Lead, Commander], Covered),
    ("show_own_work", &[Volunteer, Lead], Own),
    ("list_assignments", &[Lead, Commander], Covered),
    ("assign_villages", &[Lead, Commander], Covered),
    ("end_assignment", &[Lead, Commander], Covered),
    ("set_caretaker", &[Lead, Commander], Covered),
    ("remove_caretaker", &[Lead, Commander], Covered),
    ("rehearse_transfer", &[Lead, Commander], Covered),
    ("transfer_work", &[Lead, Commander], Covered),
    ("list_transfers", &[Lead, Commander], Own),
    ("undo_transfer", &[Lead, Commander], Covered),
    ("export_table", &[Lead, Commander], Covered),
    // Numbers of the whole database, and nobody's.
    ("show_retention", &[Admin], Own),
    ("list_recounts", &[Admin], Own),
    ("list_deprecated_operations", &[Admin], Own),
    // With the card in hand, wherever they live; without one, somebody of one's own unit.
    (
        "receive_rights_request",
        &[Volunteer, Lead, Officer, Commander],
        Covered,
    ),
    (
        "list_received_rights_requests",
        &[Volunteer, Lead, Officer, Commander],
        Own,
    ),
    ("list_rights_requests", &[Lead, Commander], Own),
    ("show_rights_request", &[Lead, Commander], Covered),
    ("acknowledge_rights_request", &[Lead, Commander], Covered),
    ("extend_rights_request", &[Lead, Commander], Covered),
    ("settle_rights_request", &[Lead, Commander], Covered),
    ("lift_restriction", &[Lead, Commander], Covered),
    ("copy_person", &[Lead, Commander], Covered),
    ("print_person", &[Lead, Commander], Covered),
    ("list_signals", &[Lead, Commander], Covered),
    ("show_signal", &[Lead, Commander], Covered),
    ("list_own_signals", &[Volunteer, Lead], Own),
    ("answer_signal", &[Volunteer, Lead, Commander], Covered),
    ("raise_signals", &[Lead, Commander], Covered),
    ("list_signal_rules", ALL, Own),
    // Thresholds are the whole province's, and so are those who may set them.
    ("set_signal_threshold", &[Admin], Own),
    ("list_sampling_plans", ALL, Own),
    // The promise is to everybody.
    ("list_draws", ALL, Own),
    (
        "list_frame",
        ALL,
        Everybodys("a draw that only some may redo is no promise"),
    ),
    ("act_on_lot", &[Lead, Commander], Covered),
    ("list_verifiers", &[Lead, Commander], Covered),
    // Whoever checks may be of a commune beside.
    (
        "pass_over_verifier",
        &[Lead, Commander],
        CoveredBut(&["account_id"]),
    ),
    ("list_call_backs", &[Volunteer, Lead], Own),
    ("show_contact", &[Volunteer, Lead], Covered),
    ("tell_call_back", &[Volunteer, Lead], Covered),
    ("import_police_list", &[Officer, Commander, Admin], Covered),
    (
        "list_police_lists",
        &[Lead, Officer, Commander, Admin],
        Covered,
    ),
    (
        "show_police_list",
        &[Lead, Officer, Commander, Admin],
        Covered,
    ),
    ("undo_police_list", &[Officer, Commander, Admin], Covered),
    (
        "list_reconciliation_tasks",
        &[Lead, Officer, Commander, Admin],
        Covered,
    ),
    (
        "show_reconciliation_task",
        &[Lead, Officer, Commander, Admin],
        Covered,
    ),
    (
        "change_reconciliation_task",
        &[Lead, Officer, Commander, Admin],
        Covered,
    ),
    ("list_grades", ALL, Covered),
    ("lift_limits", &[Lead, Officer, Commander], Covered),
    // With the card in hand, wherever it is booked: the card is the right, and it names nobody else.
    ("find_with_card", &[Volunteer, Lead, Officer], Own),
    ("reissue_with_card", &[Volunteer, Lead, Officer], Covered),
    ("move_with_card", &[Volunteer, Lead, Officer], Covered),
    ("void_with_card", &[Volunteer, Lead, Officer], Covered),
    ("book_group", &[Lead, Officer, Admin], Covered),
    ("export_group", &[Lead, Officer, Admin], Covered),
    ("print_group", &[Lead, Officer, Admin], Covered),
    ("find_by_card", &[Officer, Admin], Covered),
    ("list_desk_day", &[Officer, Admin], Covered),
    ("count_waitlist", &[Officer, Admin], Covered),
    ("reissue_secret", &[Officer, Admin], Covered),
    ("move_at_desk", &[Officer, Admin], Covered),
    ("void_appointment", &[Officer, Admin], Covered),
    ("list_unreached", &[Officer, Admin], Covered),
    ("mark_called", &[Officer, Admin], Covered),
    ("show_notice_channels", &[Officer, Admin], Own),
    ("check_in_visitor", &[Officer, Admin], Covered),
    ("find_by_name", &[Officer, Admin], Covered),
    (
        "issue_ticket",
        &[Officer, Admin],
        CoveredBut(&["village_id"]),
    ),
    ("show_queue", &[Officer, Admin], Covered),
    ("call_next", &[Officer, Admin], Covered),
    ("act_on_ticket", &[Officer, Admin], Covered),
    ("park_ticket", &[Officer, Admin], Covered),
    ("redirect_ticket", &[Officer, Admin], Covered),
    ("finish_ticket", &[Officer, Admin], Covered),
    ("set_queue_rules", &[Officer, Admin], Covered),
    ("print_sheet", &[Officer, Admin], Covered),
    ("export_sheet", &[Officer, Admin], Covered),
    (
        "enter_afterwards",
        &[Officer, Admin],
        CoveredBut(&["village_id"]),
    ),
    ("show_statistics", &[Officer, Commander, Admin], Covered),
    ("open_office", &[Officer, Admin], Covered),
    ("update_office", &[Officer, Admin], Covered),
    ("set_hours", &[Officer, Admin], Covered),
    ("set_slot_length", &[Officer, Admin], Covered),
    ("remove_slot_length", &[Officer, Admin], Covered),
    ("list_exceptions", &[Officer, Admin], Covered),
    ("add_exception", &[Officer, Admin], Covered),
    ("remove_exception", &[Officer, Admin], Covered),
    ("show_equipment", &[Officer, Admin], Covered),
    ("set_equipment", &[Officer, Admin], Covered),
    ("set_extra_places", &[Officer, Admin], Covered),
    ("close_offices", &[Commander, Admin], Covered),
    ("list_conflicts", &[Officer, Admin], Covered),
    ("resolve_conflict", &[Officer, Admin], Covered),
    // The catalogue is the whole province's.
    ("list_indicators", ALL, Own),
    ("write_indicator", &[Admin], Own),
    ("list_indicator_changes", ALL, Own),
    ("set_indicator_owner", &[Admin], Own),
    ("show_account_departments", READS_REPORTS, Covered),
    ("set_account_departments", &[Admin], Covered),
    ("list_reporting_periods", READS_REPORTS, Covered),
    ("open_reporting_period", &[Commander, Admin], Covered),
    ("show_reporting_period", READS_REPORTS, Covered),
    ("close_reporting_period", &[Commander, Admin], Covered),
    ("list_indicator_values", READS_REPORTS, Covered),
    (
        "enter_indicator_values",
        &[Officer, Reporter, Commander],
        Covered,
    ),
    ("list_value_revisions", READS_REPORTS, Covered),
    (
        "import_indicator_values",
        &[Officer, Reporter, Commander],
        Covered,
    ),
    ("export_indicator_values", READS_REPORTS, Covered),
    (
        "feed_indicator_values",
        &[Officer, Reporter, Commander],
        Covered,
    ),
    ("list_findings", READS_REPORTS, Covered),
    ("overrule_finding", &[Commander, Admin], Covered),
    ("show_report", READS_REPORTS, Covered),
    ("write_report_text", &[Commander, Admin], Covered),
    ("list_report_texts", READS_REPORTS, Covered),
    ("issue_report", &[Commander, Admin], Covered),
    ("list_report_issues", READS_REPORTS, Covered),
    ("show_brief", &[Lead, Commander, Admin], Covered),
    ("list_register_entries", READS_REPORTS, Covered),
    (
        "write_register_entry",
        &[Lead, Officer, Reporter, Commander],
        Covered,
    ),
    ("show_register_entry", READS_REPORTS, Covered),
    (
        "change_register_entry",
        &[Lead, Officer, Reporter, Commander],
        Covered,
    ),
    // The calendar is the whole province's, and so are those who may change it.
    ("set_calendar_day", &[Admin], Own),
    ("remove_calendar_day", &[Admin], Own),
];

const READS_REPORTS: &[Role] = &[Lead, Officer, Reporter, Commander, Admin];

/// Units are public: a phone may be told whether a village is unknown or only somebody else's.
const PLACE: &[&str] = &["UNIT_OUT_OF_SCOPE", "UNIT_UNKNOWN"];

/// What somebody may do who must still change a given password: that, looking at oneself, and going.
pub const BEFORE_PASSWORD_CHANGE: &[&str] = &[
    "show_me",
    "change_password",
    "sign_out",
    "sign_out_everywhere",
];

/// What whoever signed in on a lost phone may still do: send, and hear that it came.
pub const ON_LOST_PHONE: &[&str] = &[
    "show_me",
    "change_password",
    "register_device",
    "report_device",
    "show_statement",
    "push_operations",
];

/// A secured operation: what the document says of it, and what the table does.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: String,
    pub method: reqwest::Method,
    /// With its parameters still in braces.
    pub path: String,
    pub described: Value,
    pub roles: &'static [Role],
    pub scope: Scope,
}

/// Every secured operation of the document with its row.
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut found: Vec<Operation> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            if !is_secured(described) {
                continue;
            }
            let id = described["operationId"].as_str().unwrap().to_owned();
            let (_, roles, scope) =
                TABLE
                    .iter()
                    .find(|(name, ..)| *name == id)
                    .unwrap_or_else(|| {
                        panic!("{id} stands in no row of the table of operation x role x scope")
                    });
            found.push(Operation {
                id,
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                described: described.clone(),
                roles,
                scope: *scope,
            });
        }
    }
    for (name, ..) in TABLE {
        assert!(
            found.iter().any(|operation| operation.id == *name),
            "{name} is in the table and not in the document"
        );
    }
    found
}

/// Whether the document locks an operation; one that is open to strangers too holds an empty lock.
pub fn is_secured(operation: &Value) -> bool {
    locks(operation).next().is_some() && locks(operation).all(|lock| !is_empty(lock))
}

/// Whether an operation looks at a session that is shown to it, secured or not.
pub fn knows_sessions(operation: &Value) -> bool {
    locks(operation).any(|lock| !is_empty(lock))
}

fn locks(operation: &Value) -> impl Iterator<Item = &Value> {
    operation["security"].as_array().into_iter().flatten()
}

fn is_empty(lock: &Value) -> bool {
    lock.as_object().is_none_or(serde_json::Map::is_empty)
}

/// A path with every parameter filled in with something that is not there.
pub fn nowhere(path: &str) -> String {
    path.split('/')
        .map(|part| match part {
            part if !part.starts_with('{') => part.to_owned(),
            "{unit_id}" | "{office_id}" => "999999".to_owned(),
            "{on}" | "{starts_on}" | "{ends_on}" | "{first_on}" => "2036-06-02".to_owned(),
            _ => "0199f2c4-7d5e-7c3a-9b1e-6f0a4f1c2d3e".to_owned(),
        })
        .collect::<Vec<_>>()
        .join("/")
}
