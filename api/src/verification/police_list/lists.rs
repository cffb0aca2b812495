//! Lists that were imported, remembered: as counts, and as which of our records they name.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, OperationId, UnitId};
use mobile_contracts::police_list::{PoliceList, PoliceReport};
use uuid::Uuid;

use super::rules::is_apart;
use crate::db::schema::police_list;
use crate::db::{Conn, app_now};

/// A list as it is kept.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = police_list)]
pub struct ListRow {
    pub police_list_id: Uuid,
    pub commune_id: UnitId,
    pub month: NaiveDate,
    pub stage: String,
    pub theirs: i32,
    pub ours: i32,
    pub elsewhere: i32,
    pub only_theirs: i32,
    pub only_ours: i32,
    pub without_number: i32,
    pub matched: Vec<Option<OperationId>>,
    pub imported_by: AccountId,
    pub imported_at: DateTime<Utc>,
    pub ended: Option<String>,
    pub ended_at: Option<DateTime<Utc>>,
    pub ended_by: Option<AccountId>,
    pub reason: Option<String>,
}

impl ListRow {
    pub fn matched(&self) -> Vec<OperationId> {
        self.matched.iter().copied().flatten().collect()
    }

    pub fn report(&self) -> PoliceReport {
        let (theirs, ours) = (self.theirs.unsigned_abs(), self.ours.unsigned_abs());
        PoliceReport {
            commune_id: self.commune_id,
            month: self.month,
            stage: self.stage.clone(),
            theirs,
            ours,
            matched: self.matched.len() as u32,
            elsewhere: self.elsewhere.unsigned_abs(),
            only_theirs: self.only_theirs.unsigned_abs(),
            only_ours: self.only_ours.unsigned_abs(),
            without_number: self.without_number.unsigned_abs(),
            is_apart: is_apart(theirs, ours),
        }
    }
}

impl From<ListRow> for PoliceList {
    fn from(row: ListRow) -> Self {
        Self {
            police_list_id: row.police_list_id,
            report: row.report(),
            imported_by: row.imported_by,
            imported_at: row.imported_at,
            state: row.ended.unwrap_or_else(|| "stands".to_owned()),
            ended_at: row.ended_at,
            ended_by: row.ended_by,
            reason: row.reason,
        }
    }
}

/// Lists of these communes, the newest first.
pub async fn list_lists(
    conn: &mut Conn,
    communes: &[UnitId],
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<ListRow>> {
    let mut query = police_list::table
        .filter(police_list::commune_id.eq_any(communes))
        .select(ListRow::as_select())
        .order(police_list::police_list_id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(police_list::police_list_id.lt(before));
    }
    query.load(conn).await
}

pub async fn find_list(conn: &mut Conn, id: Uuid) -> QueryResult<Option<ListRow>> {
    police_list::table
        .find(id)
        .select(ListRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// The same, and nobody ends it until this transaction does.
pub async fn lock_list(conn: &mut Conn, id: Uuid) -> QueryResult<Option<ListRow>> {
    police_list::table
        .find(id)
        .select(ListRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()
}

/// Lets a list stand instead of the one before of its month, and gives what only that one named. The same again
/// changes nothing.
pub async fn replace(
    conn: &mut Conn,
    report: &PoliceReport,
    matched: &[OperationId],
    by: AccountId,
) -> QueryResult<Vec<OperationId>> {
    let standing: Option<ListRow> = police_list::table
        .filter(police_list::commune_id.eq(report.commune_id))
        .filter(police_list::month.eq(report.month))
        .filter(police_list::stage.eq(&report.stage))
        .filter(police_list::ended.is_null())
        .select(ListRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    let before = standing.as_ref().map(ListRow::matched).unwrap_or_default();
    if let Some(standing) = &standing {
        if standing.report() == *report && before == matched {
            return Ok(Vec::new());
        }
        end(conn, standing.police_list_id, "replaced", by, None).await?;
    }
    diesel::insert_into(police_list::table)
        .values((
            police_list::police_list_id.eq(Uuid::now_v7()),
            police_list::commune_id.eq(report.commune_id),
            police_list::month.eq(report.month),
            police_list::stage.eq(&report.stage),
            police_list::theirs.eq(report.theirs.cast_signed()),
            police_list::ours.eq(report.ours.cast_signed()),
            police_list::elsewhere.eq(report.elsewhere.cast_signed()),
            police_list::only_theirs.eq(report.only_theirs.cast_signed()),
            police_list::only_ours.eq(report.only_ours.cast_signed()),
            police_list::without_number.eq(report.without_number.cast_signed()),
            police_list::matched.eq(matched),
            police_list::imported_by.eq(by),
        ))
        .execute(conn)
        .await?;
    list_named_by_none(conn, &before).await
}

pub async fn end(
    conn: &mut Conn,
    id: Uuid,
    how: &str,
    by: AccountId,
    reason: Option<&str>,
) -> QueryResult<()> {
    diesel::update(police_list::table.find(id))
        .set((
            police_list::ended.eq(how),
            police_list::ended_at.eq(app_now().nullable()),
            police_list::ended_by.eq(by),
            police_list::reason.eq(reason),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = SqlUuid)]
    op_id: OperationId,
}

/// Which of these records no list that stands names.
pub async fn list_named_by_none(
    conn: &mut Conn,
    ops: &[OperationId],
) -> QueryResult<Vec<OperationId>> {
    list_named_by_no_other(conn, ops, None).await
}

/// Which of these records no list that stands names but this one.
pub async fn list_named_by_no_other(
    conn: &mut Conn,
    ops: &[OperationId],
    but: Option<Uuid>,
) -> QueryResult<Vec<OperationId>> {
    let named: Vec<Named> = diesel::sql_query(
        "select o.op_id from unnest($1) o (op_id)
         where not exists (
             select from police_list l
             where l.ended is null and l.matched @> array[o.op_id] and l.police_list_id is distinct from $2)",
    )
    .bind::<Array<SqlUuid>, _>(ops)
    .bind::<Nullable<SqlUuid>, _>(but)
    .load(conn)
    .await?;
    Ok(named.into_iter().map(|row| row.op_id).collect())
}

/// Which of these records a citizen has confirmed who was called.
pub async fn list_called(conn: &mut Conn, ops: &[OperationId]) -> QueryResult<Vec<OperationId>> {
    let called: Vec<Named> = diesel::sql_query(
        "select distinct op_id from call_back where op_id = any($1) and result = 'confirmed'",
    )
    .bind::<Array<SqlUuid>, _>(ops)
    .load(conn)
    .await?;
    Ok(called.into_iter().map(|row| row.op_id).collect())
}
