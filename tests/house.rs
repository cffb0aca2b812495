//! The house is as the README says: what must not know what, read from the sources themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const FEATURES: [&str; 13] = [
    "identity",
    "geography",
    "tracking",
    "verification",
    "booking",
    "campaign",
    "sync",
    "leaderboard",
    "reporting",
    "notice",
    "rights",
    "retention",
    "demo",
];

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|kind| kind == "rs" || kind == "sql")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no sources");
    found
}

/// The code of a file, less its tests and comments.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Fails with every file whose code holds one of these words.
fn assert_absent(files: impl Iterator<Item = (PathBuf, String)>, words: &[&str], why: &str) {
    let mut looked_at = 0;
    for (path, text) in files {
        looked_at += 1;
        let code = code(&text);
        for word in words {
            assert!(
                !code.contains(word),
                "{} says {word:?}, but {why}",
                path.display()
            );
        }
    }
    assert!(looked_at > 0, "no file was looked at: {why}");
}

#[test]
fn rules_have_no_async_no_connection_and_no_clock() {
    let rules = sources("src")
        .into_iter()
        .filter(|(path, _)| path.ends_with("rules.rs"));
    assert_absent(
        rules,
        &["async ", "Conn", "::now()", "actix"],
        "rules only think",
    );
}

#[test]
fn stores_know_no_http() {
    let stores = sources("src")
        .into_iter()
        .filter(|(path, _)| path.ends_with("store.rs"));
    assert_absent(
        stores,
        &["actix", "HttpRe", "StatusCode"],
        "stores only remember",
    );
}

#[test]
fn the_floor_knows_no_feature() {
    let words: Vec<String> = FEATURES
        .iter()
        .map(|feature| format!("crate::{feature}"))
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    for floor in ["src/http", "src/db", "src/privacy"] {
        assert_absent(
            sources(floor).into_iter(),
            &words,
            "the floor knows no feature",
        );
    }
}

#[test]
fn only_one_file_makes_an_error_an_answer() {
    let others = sources("src")
        .into_iter()
        .filter(|(path, _)| !path.ends_with("http/failure.rs"));
    assert_absent(
        others,
        &["impl ResponseError"],
        "only http/failure.rs makes an error an answer",
    );
}

#[test]
fn the_contract_crate_drags_in_no_server() {
    let manifest = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../mobile-contracts/Cargo.toml"),
    )
    .unwrap();
    assert!(manifest.contains("diesel = { workspace = true, optional = true }"));
    for server in ["actix", "redis", "tokio", "reqwest"] {
        assert!(
            !manifest.contains(server),
            "mobile-contracts depends on {server}"
        );
    }
}

/// Who writes a table: by the words of diesel and of SQL.
#[test]
fn each_table_is_written_by_one_feature() {
    let schema = include_str!("../api/src/db/schema.rs");
    let tables: Vec<&str> = schema
        .lines()
        .filter_map(|line| {
            line.strip_prefix("    ")
                .and_then(|line| line.strip_suffix(" {"))
        })
        .filter_map(|line| line.split_once(" (").map(|(name, _)| name))
        .collect();
    assert!(tables.len() > 10, "{tables:?}");
    let mut writers: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in sources("src") {
        let feature = path.iter().next().unwrap().to_string_lossy().into_owned();
        // The demo arranges what features own; a repair is named by its command.
        if feature == "demo" {
            continue;
        }
        let flat: String = code(&text).split_whitespace().collect::<Vec<_>>().join(" ");
        for table in &tables {
            let words = [
                format!("insert_into({table}::"),
                format!("insert into {table} "),
                format!("insert into {table}("),
                format!("update({table}::"),
                format!("update {table} "),
                format!("delete({table}::"),
                format!("delete( {table}::"),
                format!("delete from {table} "),
            ];
            if words.iter().any(|word| flat.contains(word.as_str())) {
                writers.entry(table).or_default().insert(feature.clone());
            }
        }
    }
    assert!(writers.len() > 5, "{writers:?}");
    for (table, features) in writers {
        assert_eq!(features.len(), 1, "{table} is written by {features:?}");
    }
}
