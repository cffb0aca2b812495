//! The invented month, sent as phones would send it, and told apart by what the database then says.

use std::collections::BTreeSet;

use api::tracking::verify;
use api::verification::signals;
use api::verification::synthetic::score::Score;
use api::verification::synthetic::{FIRST_DAY, generate, load};

use crate::harness::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn most_of_what_was_made_up_is_seen_and_hardly_any_honest_work_troubled() {
    let app = TestApp::with()
        .set("TO06_SUBJECTS_PER_DAY", "1000")
        .start()
        .await;
    let month = generate(11, 2_400, 150);
    let loaded = load::load(&app.app, &month).await.unwrap();
    assert_eq!(loaded.not_recorded, 0, "{loaded:?}");
    let mut conn = app.conn().await;
    let geography = app.geography().await;
    let communes: BTreeSet<_> = geography
        .roots_on(FIRST_DAY)
        .into_iter()
        .flat_map(|root| geography.within(root, api::geography::Level::Commune, FIRST_DAY))
        .collect();
    let communes: Vec<_> = communes.into_iter().collect();
    let days = FIRST_DAY..=load::last_day(&month);
    let keys = &app.app.keys;
    let first = signals::raise(&mut conn, keys, &geography, &communes, &days)
        .await
        .unwrap();
    let again = signals::raise(&mut conn, keys, &geography, &communes, &days)
        .await
        .unwrap();
    assert_eq!((again.raised, again.grown), (0, 0));
    assert_eq!(again.unchanged, first.raised);
    let score = Score::of(&month, &load::flagged(&mut conn).await.unwrap());
    println!("{score}");
    assert!(score.is_good(), "{score}");
    let differences = verify::list_differences(&mut app.owner().await)
        .await
        .unwrap();
    assert!(
        differences.is_empty(),
        "signals move no count: {differences:?}"
    );
}
