//! What was released stays true: phones in the field were written for it.

use api::contract::released::Since;
use mobile_contracts::VERSION;
use mobile_contracts::diff::Version;
use serde_json::Value;

use super::examples;

const RELEASED: &str = include_str!("../../mobile-contracts/released/openapi.json");

fn since() -> Since {
    Since::of(RELEASED, &api::routes::document_text()).unwrap()
}

#[test]
fn nothing_that_was_released_breaks() {
    let since = since();
    let breaking: Vec<String> = since.breaking().map(ToString::to_string).collect();
    assert!(
        breaking.is_empty(),
        "phones that keep to {} would break; it takes a new major version beside it:\n{}",
        since.released,
        breaking.join("\n")
    );
}

#[test]
fn the_version_is_the_released_one_or_the_next() {
    let since = since();
    let version = Version::parse(VERSION).unwrap();
    assert!(
        [since.released, since.next()].contains(&version),
        "{version} follows neither from {} nor from what changed since: that would be {}",
        since.released,
        since.next()
    );
    let changelog = include_str!("../../mobile-contracts/CHANGELOG.md");
    let newest = changelog.lines().find(|line| line.starts_with("## "));
    let released = format!("## {} · ", since.released);
    assert!(newest.is_some_and(|line| line.starts_with(&released)));
}

/// Every version that was released, by the folder that keeps what it promised.
fn versions() -> Vec<String> {
    let kept = std::fs::read_dir(examples::path("released")).unwrap();
    let mut versions: Vec<Version> = kept
        .filter_map(|entry| Version::parse(entry.unwrap().file_name().to_str()?))
        .collect();
    versions.sort_unstable();
    assert_eq!(versions.last(), Some(&since().released));
    versions.iter().map(ToString::to_string).collect()
}

/// What a version promised in this file, beside what is promised now; none if it had no such file.
fn then_and_now(version: &str, file: &str, now: &str) -> Option<[Value; 2]> {
    let read = |path: &str| {
        let text = std::fs::read_to_string(examples::path(path)).ok()?;
        Some(serde_json::from_str(&text).unwrap())
    };
    Some([read(&format!("released/{version}/{file}"))?, read(now)?])
}

/// Whatever an old phone sends is answered as it was then; an answer may say more by now.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_old_phone_sends_is_answered_as_then() {
    for version in versions() {
        let examples = examples::read(&format!("released/{version}/operations.json"));
        let answers = examples::answers(&examples).await;
        assert!(answers.len() > 30);
        for (example, answer) in examples.examples.iter().zip(answers) {
            for (field, then) in example.result.as_object().unwrap() {
                let name = &example.name;
                assert_eq!(then, &answer[field], "{version}: {name}: {field}");
            }
        }
    }
}

/// A phone looks a code up in the catalogue that it was built with: its words may be mended, not what it means.
#[test]
fn every_code_that_was_released_means_what_it_meant() {
    let meaning = |code: &Value| ["of", "code", "status", "action"].map(|it| code[it].clone());
    for version in versions() {
        let [then, now] = then_and_now(&version, "errors.json", "errors.json").unwrap();
        let now: Vec<_> = now["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(meaning)
            .collect();
        for code in then["items"].as_array().unwrap() {
            assert!(now.contains(&meaning(code)), "{version}: {}", code["code"]);
        }
    }
}

/// What a phone sealed or summed by then is opened and summed by now.
#[test]
fn every_vector_that_was_released_is_still_one() {
    let mut seen = 0;
    for version in versions() {
        for file in ["sealing-vectors.json", "checksum-vectors.json"] {
            let Some([then, now]) = then_and_now(&version, file, &format!("examples/{file}"))
            else {
                assert_eq!((version.as_str(), file), ("1.0.0", "checksum-vectors.json"));
                continue;
            };
            for (list, vectors) in then.as_object().unwrap() {
                for vector in vectors.as_array().into_iter().flatten() {
                    let is_kept = now[list].as_array().unwrap().contains(vector);
                    assert!(is_kept, "{version}: {file}: {list}: {vector}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 50);
}
