//! Units that are no more: merged into others, parted, or just gone.

use chrono::NaiveDate;
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::ids::UnitId;

use super::TestApp;

/// From that day on a unit is no more, and these continue it.
pub async fn end(app: &TestApp, unit: UnitId, heirs: &[UnitId], on: NaiveDate) {
    let mut sql = format!(
        "update unit set valid_to = '{on}' where unit_id = {unit};
         update unit_parent set valid_to = '{on}' where unit_id = {unit} and valid_to is null;"
    );
    let (share, villages) = match heirs {
        [_] => ("whole", "null"),
        _ => ("part", "'một phần'"),
    };
    for heir in heirs {
        sql += &format!(
            "insert into unit_successor (unit_id, successor_id, on_date, share, villages)
             values ({unit}, {heir}, '{on}', '{share}', {villages});"
        );
    }
    let mut owner = app.owner().await;
    owner.batch_execute(&sql).await.unwrap();
    api::geography::store::bump_revision(&mut owner)
        .await
        .unwrap();
    // A process looks at most once a second.
    app.app.newest_geography(&mut owner).await.unwrap();
}
