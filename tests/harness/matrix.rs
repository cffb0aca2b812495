//! The table of operation x role, by hand: a second opinion beside `identity/permission.rs`, so that
//! a right given by mistake is seen. An operation of the document that is missing here fails the
//! test, and so does a row for an operation that is gone.

use mobile_contracts::identity::Role::{self, Admin, Commander, Lead, Officer};
use serde_json::Value;

const ALL: &[Role] = &Role::ALL;

const TABLE: &[(&str, &[Role])] = &[
    ("show_me", ALL),
    ("change_password", ALL),
    ("sign_out", ALL),
    ("sign_out_everywhere", ALL),
    ("list_accounts", &[Lead, Commander, Admin]),
    ("invite_accounts", &[Lead, Commander, Admin]),
    ("update_account", &[Lead, Commander, Admin]),
    ("list_targets", ALL),
    ("set_targets", &[Commander, Admin]),
    ("import_targets", &[Commander, Admin]),
    ("show_leaderboard", ALL),
    ("issue_recovery_code", &[Lead, Commander, Admin]),
    ("push_operations", &[Role::Volunteer, Lead]),
    ("look_up_operations", &[Role::Volunteer, Lead]),
    ("pull_changes", &[Role::Volunteer, Lead]),
    ("record_operation", &[Role::Volunteer, Lead]),
    ("correct_operation", &[Lead, Commander]),
    ("show_ledger", &[Role::Volunteer, Lead]),
    ("find_by_card", &[Officer, Admin]),
    ("list_desk_day", &[Officer, Admin]),
    ("reissue_secret", &[Officer, Admin]),
    ("move_at_desk", &[Officer, Admin]),
    ("void_appointment", &[Officer, Admin]),
    ("open_office", &[Officer, Admin]),
    ("update_office", &[Officer, Admin]),
    ("set_hours", &[Officer, Admin]),
];

/// Every secured operation of the document: id, method, a path that leads nowhere, who may.
pub fn operations(document: &Value) -> Vec<(String, String, String, &'static [Role])> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if !is_secured(operation) {
                continue;
            }
            let id = operation["operationId"].as_str().unwrap().to_owned();
            let (_, roles) = TABLE
                .iter()
                .find(|(name, _)| *name == id)
                .unwrap_or_else(|| {
                    panic!("{id} stands in no row of the table of operation x role")
                });
            found.push((id, method.to_uppercase(), nowhere(path), *roles));
        }
    }
    for (name, _) in TABLE {
        assert!(
            found.iter().any(|(id, ..)| id == name),
            "{name} is in the table and not in the document"
        );
    }
    found
}

/// Whether the document locks an operation; one that is open to strangers too holds an empty lock.
pub fn is_secured(operation: &Value) -> bool {
    operation["security"].as_array().is_some_and(|locks| {
        !locks.is_empty()
            && locks
                .iter()
                .all(|lock| lock.as_object().is_some_and(|lock| !lock.is_empty()))
    })
}

/// A path with every parameter filled in with something that is not there.
pub fn nowhere(path: &str) -> String {
    path.split('/')
        .map(|part| match part {
            part if !part.starts_with('{') => part.to_owned(),
            "{unit_id}" | "{office_id}" => "999999".to_owned(),
            _ => "0199f2c4-7d5e-7c3a-9b1e-6f0a4f1c2d3e".to_owned(),
        })
        .collect::<Vec<_>>()
        .join("/")
}
