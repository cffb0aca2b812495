//! What was released stays true: phones in the field were written for it.

use api::contract::released::Since;
use mobile_contracts::VERSION;
use mobile_contracts::diff::Version;

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

/// Whatever an old phone sends is answered as it was then; an answer may say more by now.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_old_phone_sends_is_answered_as_then() {
    let examples = examples::read("released/operations.json");
    let answers = examples::answers(&examples).await;
    assert!(answers.len() > 30);
    for (example, answer) in examples.examples.iter().zip(answers) {
        for (field, then) in example.result.as_object().unwrap() {
            assert_eq!(then, &answer[field], "{}: {field}", example.name);
        }
    }
}
