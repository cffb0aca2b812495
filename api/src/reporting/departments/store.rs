//! Departments of accounts, remembered.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::AccountId;
use mobile_contracts::reporting_department::DEPARTMENTS_MAX;

use crate::db::Conn;
use crate::db::schema::account_department;

pub async fn list(conn: &mut Conn, account_id: AccountId) -> QueryResult<Vec<String>> {
    account_department::table
        .filter(account_department::account_id.eq(account_id))
        .select(account_department::department)
        .order(account_department::department)
        .limit(DEPARTMENTS_MAX as i64)
        .load(conn)
        .await
}

/// Writes them anew, those that stood before gone; the caller's transaction keeps both together.
pub async fn replace(
    conn: &mut Conn,
    account_id: AccountId,
    departments: &[String],
    by: AccountId,
) -> QueryResult<()> {
    let before = account_department::table.filter(account_department::account_id.eq(account_id));
    diesel::delete(before).execute(conn).await?;
    let rows: Vec<_> = departments
        .iter()
        .map(|department| {
            (
                account_department::account_id.eq(account_id),
                account_department::department.eq(department.trim()),
                account_department::set_by.eq(by),
            )
        })
        .collect();
    diesel::insert_into(account_department::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}
