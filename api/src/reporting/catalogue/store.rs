//! The catalogue, written. What an indicator said before stays in its history.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::AccountId;
use mobile_contracts::reporting_catalogue::{SetIndicatorOwner, WriteIndicator};

use crate::db::constraint::name as constraint_name;
use crate::db::schema::{indicator, indicator_change, indicator_owner, indicator_value};
use crate::db::{Conn, prepared};
use crate::http::failure::Failure;
use crate::reporting::problem::ReportingProblem::OwnerOverlaps;

/// One state of an indicator.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = indicator_change)]
pub struct ChangeRow {
    pub code: String,
    pub revision: i32,
    pub name: String,
    pub parent_code: Option<String>,
    pub is_part: bool,
    pub counted_in: String,
    pub section: String,
    pub measure: String,
    pub role: Option<String>,
    pub denominator_code: Option<String>,
    pub needs_denominator: bool,
    pub same_as_code: Option<String>,
    pub retired_on: Option<NaiveDate>,
    pub reason: String,
    pub changed_by: Option<AccountId>,
    pub changed_at: DateTime<Utc>,
}

/// Nobody else edits the catalogue until this transaction ends; readers go on.
pub async fn lock(conn: &mut Conn) -> QueryResult<()> {
    let _: Vec<String> = indicator::table
        .select(indicator::code)
        .order(indicator::code)
        .for_no_key_update()
        .load(conn)
        .await?;
    Ok(())
}

/// Whether anything was ever entered for it.
pub async fn has_values(conn: &mut Conn, code: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        indicator_value::table.filter(indicator_value::code.eq(code)),
    ))
    .get_result(conn)
    .await
}

/// Writes an indicator with its next revision; the caller holds the catalogue.
pub async fn write(
    conn: &mut Conn,
    code: &str,
    new: &WriteIndicator,
    by: AccountId,
) -> QueryResult<()> {
    let state = (
        indicator::name.eq(new.name.trim()),
        indicator::parent_code.eq(new.parent_code.as_deref()),
        indicator::is_part.eq(new.is_part),
        indicator::counted_in.eq(new.counted_in.trim()),
        indicator::section.eq(&new.section),
        indicator::measure.eq(new.measure.as_str()),
        indicator::role.eq(new.role.map(|role| role.as_str())),
        indicator::denominator_code.eq(new.denominator_code.as_deref()),
        indicator::needs_denominator.eq(new.needs_denominator),
        indicator::same_as_code.eq(new.same_as_code.as_deref()),
        indicator::retired_on.eq(new.retired_on),
        indicator::revision.eq(new.revision + 1),
    );
    if new.revision == 0 {
        let last: Option<i32> = indicator::table
            .select(diesel::dsl::max(indicator::position))
            .first(conn)
            .await?;
        let place = indicator::position.eq(last.unwrap_or(0) + 1);
        diesel::insert_into(indicator::table)
            .values((indicator::code.eq(code), place, state))
            .execute(conn)
            .await?;
    } else {
        diesel::update(indicator::table.find(code))
            .set(state)
            .execute(conn)
            .await?;
    }
    if let Some(after) = &new.after_code {
        move_behind(conn, code, after).await?;
    }
    keep(conn, code, new.reason.trim(), by).await
}

/// Whoever stands further back moves by one.
async fn move_behind(conn: &mut Conn, code: &str, after: &str) -> QueryResult<()> {
    prepared(
        diesel::sql_query(
            "with place as (select position from indicator where code = $2)
             update indicator i
             set position = place.position + case when i.code = $1 then 1 else i.position - place.position + 1 end
             from place
             where i.code = $1 or i.position > place.position",
        )
        .bind::<Text, _>(code)
        .bind::<Text, _>(after),
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn keep(conn: &mut Conn, code: &str, reason: &str, by: AccountId) -> QueryResult<()> {
    prepared(
        diesel::sql_query(
            "insert into indicator_change (code, revision, name, parent_code, is_part, counted_in, section,
                 measure, role, denominator_code, needs_denominator, same_as_code, retired_on, reason, changed_by)
             select code, revision, name, parent_code, is_part, counted_in, section,
                 measure, role, denominator_code, needs_denominator, same_as_code, retired_on, $2, $3
             from indicator where code = $1",
        )
        .bind::<Text, _>(code)
        .bind::<Text, _>(reason)
        .bind::<diesel::sql_types::Uuid, _>(by),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Every state of an indicator, the newest first.
pub async fn list_changes(
    conn: &mut Conn,
    code: &str,
    before: Option<i32>,
    limit: i64,
) -> QueryResult<Vec<ChangeRow>> {
    let mut query = indicator_change::table
        .filter(indicator_change::code.eq(code.to_owned()))
        .select(ChangeRow::as_select())
        .order(indicator_change::revision.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(indicator_change::revision.lt(before));
    }
    query.load(conn).await
}

/// Somebody answers for it from a day on.
///
/// # Errors
/// [`OwnerOverlaps`] where somebody already does from that day, or from a later one.
pub async fn set_owner(
    conn: &mut Conn,
    code: &str,
    new: &SetIndicatorOwner,
) -> Result<(), Failure> {
    diesel::update(indicator_owner::table)
        .filter(indicator_owner::code.eq(code))
        .filter(indicator_owner::valid_to.is_null())
        .filter(indicator_owner::valid_from.lt(new.valid_from))
        .set(indicator_owner::valid_to.eq(new.valid_from))
        .execute(conn)
        .await?;
    let inserted = diesel::insert_into(indicator_owner::table)
        .values((
            indicator_owner::code.eq(code),
            indicator_owner::owner.eq(new.owner.trim()),
            indicator_owner::valid_from.eq(new.valid_from),
        ))
        .execute(conn)
        .await;
    let taken = ["indicator_owner_pkey", "indicator_owner_one_at_a_time"];
    match inserted {
        Err(error) if constraint_name(&error).is_some_and(|name| taken.contains(&name)) => {
            Err(OwnerOverlaps.into())
        }
        other => other.map(|_| ()).map_err(Into::into),
    }
}
