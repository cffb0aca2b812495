//! Pages of a board around one's own unit.

use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::Leaderboard;

use crate::harness::rollups::rollup;
use crate::harness::{Person, TestApp};

async fn board(person: &Person, path: &str) -> Leaderboard {
    let answer = person.get(&format!("/api/v1/leaderboards/{path}")).await;
    answer.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_around_ones_own_unit_leads_both_ways() {
    let app = TestApp::start().await;
    let geography = app.geography().await;
    let commander = app.commander().await;
    let today = mobile_contracts::calendar::local_day(app.app.clock.now());
    let all = board(&commander, "commune?metric=count&limit=200")
        .await
        .rows;
    assert_eq!(all.len(), 24);
    for (place, row) in all.iter().enumerate() {
        let villages = geography.children_on(row.unit_id.unwrap(), today);
        let n = 500 - 10 * place as i32;
        rollup(&app, villages[0].unit_id, "youth", "2026-11-18", n).await;
    }
    let ranked: Vec<Option<UnitId>> = all.iter().map(|row| row.unit_id).collect();
    let mine = app.commune("22786").await;
    let place = ranked.iter().position(|unit| *unit == Some(mine)).unwrap();
    // A commune of the middle, so that there is something on both sides.
    assert!((2..22).contains(&place), "{place}");
    let reader = app.volunteer("22786").await;
    let window = "commune?metric=count&to=2026-11-19&limit=3";
    let middle = board(&reader, &format!("{window}&around=me")).await;
    let units = |board: &Leaderboard| board.rows.iter().map(|row| row.unit_id).collect::<Vec<_>>();
    assert_eq!(
        (middle.around, units(&middle)),
        (Some(1), ranked[place - 1..place + 2].to_vec())
    );
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let mut prev = middle.prev_cursor.clone();
    while let Some(cursor) = prev {
        let page = board(&reader, &format!("{window}&around=me&cursor={cursor}")).await;
        assert!(page.next_cursor.is_some() && page.around.is_none());
        before = [units(&page), before].concat();
        prev = page.prev_cursor;
    }
    let mut next = middle.next_cursor.clone();
    while let Some(cursor) = next {
        let page = board(&reader, &format!("{window}&cursor={cursor}")).await;
        assert!(page.prev_cursor.is_some());
        after.extend(units(&page));
        next = page.next_cursor;
    }
    assert_eq!([before, units(&middle), after].concat(), ranked);
    // Who lives in a village has its commune; who has no row there, the first page.
    let village = app.village("22786", 0).await;
    let neighbour = app
        .account(Role::Volunteer, MassUnion::Women, village)
        .await;
    let same = board(&neighbour, &format!("{window}&around=me")).await;
    assert_eq!((same.around, units(&same)), (Some(1), units(&middle)));
    let first = board(&commander, &format!("{window}&around=me")).await;
    assert_eq!((first.around, units(&first)), (None, ranked[..3].to_vec()));
    assert_eq!(first.prev_cursor, None);
    let path = "/api/v1/leaderboards/commune?around=you";
    let problem = commander.get(path).await.refused(422, "invalid");
    assert_eq!(problem.errors[0].pointer, "?around");
}
