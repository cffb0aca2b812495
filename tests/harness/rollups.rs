//! Counts on boards without anybody who was recorded.

use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::ids::UnitId;

use super::TestApp;

/// Writes a rollup as recording would: all three tables together.
pub async fn rollup(app: &TestApp, village: UnitId, mass_union: &str, day: &str, n: i32) {
    let key = format!("{village}, 'level2_activated', '{mass_union}'");
    let sql = format!(
        "insert into rollup_day (village_id, stage, mass_union, on_day, n) values ({key}, '{day}', {n});
         insert into rollup_month (village_id, stage, mass_union, month, n) values ({key}, date_trunc('month', date '{day}'), {n})
           on conflict (village_id, stage, mass_union, month) do update set n = rollup_month.n + excluded.n;
         insert into rollup_total (village_id, stage, mass_union, n) values ({key}, {n})
           on conflict (village_id, stage, mass_union) do update set n = rollup_total.n + excluded.n;"
    );
    app.owner().await.batch_execute(&sql).await.unwrap();
}
