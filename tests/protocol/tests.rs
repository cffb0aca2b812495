use stateright::{Checker as _, Expectation, Model as _};

use super::model::{Booking, Rules};

/// What is found against rules of which one was left out, trying every order.
fn broken(rules: Rules) -> Vec<&'static str> {
    let checker = Booking(rules).checker().spawn_bfs().join();
    let mut broken = Vec::new();
    for property in Booking(rules).properties() {
        if matches!(property.expectation, Expectation::Always)
            && let Some(path) = checker.discovery(property.name)
        {
            // The counterexample ends in a state that breaks it.
            let end = path.last_state();
            assert!(!(property.condition)(&Booking(rules), end), "{end:?}");
            broken.push(property.name);
        }
    }
    broken
}

#[test]
fn no_order_of_events_gives_a_place_to_two_or_takes_it_from_its_holder() {
    let checker = Booking(Rules::AsBuilt).checker().spawn_bfs().join();
    checker.assert_properties();
    let states = checker.unique_state_count();
    assert!(states > 5_000, "only {states} states were reached");
}

#[test]
fn where_redis_decides_a_place_is_given_to_two() {
    assert!(broken(Rules::RedisDecides).contains(&"a place is one person's"));
}

#[test]
fn without_keys_a_lost_answer_makes_two_appointments() {
    assert!(broken(Rules::NoKeys).contains(&"a place is one person's"));
}

#[test]
fn where_ends_are_not_judged_an_ended_token_takes_a_place() {
    assert_eq!(
        broken(Rules::EndlessTokens),
        ["an ended token takes nothing"]
    );
}

#[test]
fn where_postgresqls_holds_are_not_judged_a_holder_is_robbed() {
    assert_eq!(
        broken(Rules::RobsHolders),
        ["what PostgreSQL holds is not taken"]
    );
}
