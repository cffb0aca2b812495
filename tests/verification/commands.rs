//! From the terminal: a draw made again from its public parts, and the measure of the signals.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::harness::binary::Installation;

#[test]
fn anybody_draws_again_from_a_seed_and_a_list_of_ids() {
    let installation = Installation::new();
    let ids: Vec<Uuid> = (0..20).map(|_| Uuid::new_v4()).collect();
    let file = installation.folder.join("frame.txt");
    let lines: Vec<String> = ids.iter().map(ToString::to_string).collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let seed = [0x5a_u8; 32];
    let mut by_hand = ids;
    by_hand.sort_by_key(|id| Sha256::digest([&seed[..], id.as_bytes()].concat()).to_vec());
    let printed = installation.ok(&[
        "verification",
        "redraw",
        "--seed",
        &"5a".repeat(32),
        "--frame",
        file.to_str().unwrap(),
        "--sample-size",
        "5",
    ]);
    let promised: String = Sha256::digest(seed)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert!(printed.contains(&promised), "{printed}");
    let drawn: Vec<&str> = printed.lines().skip(1).collect();
    let expected: Vec<String> = by_hand[..5].iter().map(ToString::to_string).collect();
    assert_eq!(drawn, expected);
    assert!(
        installation
            .fails(&["verification", "redraw"])
            .contains("name a --draw")
    );
}

#[test]
fn the_measure_of_the_signals_is_printed_and_met() {
    let installation = Installation::new();
    // Of twenty thousand records five hundred are made up: what the command takes if nobody says otherwise.
    let printed = installation.ok(&["verification", "score", "--seeds", "2"]);
    assert!(printed.contains("fabricated 500, "), "{printed}");
    assert!(printed.contains("honest 19500, "), "{printed}");
    assert!(printed.contains("worst of 2:"), "{printed}");
}
