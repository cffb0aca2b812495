//! The catalogue and the values, remembered.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::AccountId;
use mobile_contracts::reporting::{EnteredValue, Span};
use uuid::Uuid;

use super::rules::Catalogue;
use crate::db::schema::{indicator, indicator_owner, indicator_value};
use crate::db::{Conn, prepared};

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = indicator)]
pub struct IndicatorRow {
    pub code: String,
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
    pub fed_by: Option<String>,
    pub revision: i32,
    pub retired_on: Option<NaiveDate>,
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = indicator_owner)]
pub struct OwnerRow {
    pub code: String,
    pub owner: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

/// The whole of it, what was retired too: a few dozen rows.
pub async fn load_catalogue(conn: &mut Conn) -> QueryResult<Catalogue> {
    Ok(Catalogue {
        indicators: indicator::table
            .order(indicator::position)
            .select(IndicatorRow::as_select())
            .load(conn)
            .await?,
        owners: indicator_owner::table
            .order((indicator_owner::code, indicator_owner::valid_from))
            .select(OwnerRow::as_select())
            .load(conn)
            .await?,
    })
}

/// A value as it is kept.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = indicator_value)]
pub struct ValueRow {
    pub code: String,
    pub span: String,
    pub revision: i32,
    pub value: Option<i64>,
    pub at_least: bool,
    pub denominator: Option<i64>,
    pub stated_percent: Option<String>,
    pub stated_change: Option<String>,
    pub change_in: Option<String>,
    pub compared_with: Option<NaiveDate>,
    pub source: String,
    pub correction: Option<i32>,
    pub reason: Option<String>,
    pub entered_by: AccountId,
    pub entered_at: DateTime<Utc>,
    pub fed: bool,
}

impl ValueRow {
    /// Whether this is what somebody enters again.
    fn is_same(&self, new: &EnteredValue) -> bool {
        self.value == new.value
            && self.at_least == new.at_least
            && self.denominator == new.denominator
            && self.stated_percent == new.stated_percent.map(|own| own.to_string())
            && self.stated_change == new.stated_change.map(|own| own.to_string())
            && self.change_in.as_deref() == new.change_in.map(|own| own.as_str())
            && self.compared_with == new.compared_with.map(|own| own.first())
            && self.source == new.source.trim()
    }
}

/// What stands in a period, those that were taken back included, in the order of the report.
pub async fn list_values(conn: &mut Conn, period_id: Uuid) -> QueryResult<Vec<ValueRow>> {
    prepared(
        diesel::sql_query(
            "select v.*
             from (select distinct on (code, span) *
                   from indicator_value where period_id = $1
                   order by code, span, revision desc) v
             join indicator i using (code)
             order by i.position, v.span",
        )
        .bind::<SqlUuid, _>(period_id),
    )
    .load(conn)
    .await
}

/// Every revision of a value, the newest first.
pub async fn list_revisions(
    conn: &mut Conn,
    period_id: Uuid,
    code: &str,
    span: Span,
    before: Option<i32>,
    limit: i64,
) -> QueryResult<Vec<ValueRow>> {
    let mut query = indicator_value::table
        .filter(indicator_value::period_id.eq(period_id))
        .filter(indicator_value::code.eq(code))
        .filter(indicator_value::span.eq(span.as_str()))
        .select(ValueRow::as_select())
        .order(indicator_value::revision.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(indicator_value::revision.lt(before));
    }
    query.load(conn).await
}

/// Those of these that are other than what stands, with the revision that each will be.
pub async fn list_changed<'a>(
    conn: &mut Conn,
    period_id: Uuid,
    values: &'a [EnteredValue],
) -> QueryResult<Vec<(&'a EnteredValue, i32)>> {
    let rows = list_values(conn, period_id).await?;
    let known: HashMap<(&str, &str), &ValueRow> = rows
        .iter()
        .map(|row| ((row.code.as_str(), row.span.as_str()), row))
        .collect();
    let changed = values.iter().filter_map(|value| {
        match known.get(&(value.code.as_str(), value.span.as_str())) {
            Some(row) if row.is_same(value) => None,
            Some(row) => Some((value, row.revision + 1)),
            // Taking back what is not there changes nothing.
            None if value.value.is_none() => None,
            None => Some((value, 1)),
        }
    });
    Ok(changed.collect())
}

/// Who writes, and how.
#[derive(Debug, Clone, Copy)]
pub struct Hand<'a> {
    pub by: AccountId,
    /// The program counted it.
    pub fed: bool,
    /// The number and the reason of a correction.
    pub correction: Option<(i32, &'a str)>,
}

/// Writes revisions; the caller holds the period.
pub async fn insert_values(
    conn: &mut Conn,
    period_id: Uuid,
    values: &[(&EnteredValue, i32)],
    hand: Hand<'_>,
) -> QueryResult<()> {
    let rows: Vec<_> = values
        .iter()
        .map(|(value, revision)| {
            (
                indicator_value::period_id.eq(period_id),
                indicator_value::code.eq(&value.code),
                indicator_value::span.eq(value.span.as_str()),
                indicator_value::revision.eq(*revision),
                indicator_value::value.eq(value.value),
                indicator_value::at_least.eq(value.at_least),
                indicator_value::denominator.eq(value.denominator),
                indicator_value::stated_percent.eq(value.stated_percent.map(|own| own.to_string())),
                indicator_value::stated_change.eq(value.stated_change.map(|own| own.to_string())),
                indicator_value::change_in.eq(value.change_in.map(|own| own.as_str())),
                indicator_value::compared_with.eq(value.compared_with.map(|own| own.first())),
                indicator_value::source.eq(value.source.trim()),
                indicator_value::correction.eq(hand.correction.map(|(number, _)| number)),
                indicator_value::reason.eq(hand.correction.map(|(_, reason)| reason)),
                indicator_value::entered_by.eq(hand.by),
                indicator_value::fed.eq(hand.fed),
            )
        })
        .collect();
    diesel::insert_into(indicator_value::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}
