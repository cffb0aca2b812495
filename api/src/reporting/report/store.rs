//! Free texts and issued reports, remembered.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::AccountId;
use serde_json::Value;
use uuid::Uuid;

use crate::db::schema::{report_issue, report_text};
use crate::db::{Conn, prepared};

/// A revision of a section's text.
#[derive(Debug, Clone, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = report_text)]
pub struct TextRow {
    pub section: String,
    pub revision: i32,
    pub text: String,
    pub written_by: AccountId,
    pub written_at: DateTime<Utc>,
}

/// What stands, section by section.
pub async fn load_texts(conn: &mut Conn, period_id: Uuid) -> QueryResult<HashMap<String, String>> {
    let rows: Vec<TextRow> = prepared(
        diesel::sql_query(
            "select distinct on (section) section, revision, text, written_by, written_at
             from report_text where period_id = $1
             order by section, revision desc",
        )
        .bind::<SqlUuid, _>(period_id),
    )
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.section, row.text))
        .collect())
}

/// Every revision of a section, the newest first.
pub async fn list_texts(
    conn: &mut Conn,
    period_id: Uuid,
    section: &str,
    before: Option<i32>,
    limit: i64,
) -> QueryResult<Vec<TextRow>> {
    let mut query = report_text::table
        .filter(report_text::period_id.eq(period_id))
        .filter(report_text::section.eq(section))
        .select(TextRow::as_select())
        .order(report_text::revision.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(report_text::revision.lt(before));
    }
    query.load(conn).await
}

/// Writes the next revision; the caller holds the period.
pub async fn insert_text(
    conn: &mut Conn,
    period_id: Uuid,
    section: &str,
    text: &str,
    by: AccountId,
) -> QueryResult<TextRow> {
    prepared(
        diesel::sql_query(
            "insert into report_text (period_id, section, revision, text, written_by)
             select $1, $2, coalesce(max(revision), 0) + 1, $3, $4
             from report_text where period_id = $1 and section = $2
             returning section, revision, text, written_by, written_at",
        )
        .bind::<SqlUuid, _>(period_id)
        .bind::<Text, _>(section)
        .bind::<Text, _>(text)
        .bind::<SqlUuid, _>(by),
    )
    .get_result(conn)
    .await
}

/// A report that was issued, without what it says.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = report_issue)]
pub struct IssueRow {
    pub correction: i32,
    pub hash: Vec<u8>,
    pub reason: Option<String>,
    pub issued_by: AccountId,
    pub issued_at: DateTime<Utc>,
}

/// The newest first.
pub async fn list_issues(
    conn: &mut Conn,
    period_id: Uuid,
    before: Option<i32>,
    limit: i64,
) -> QueryResult<Vec<IssueRow>> {
    let mut query = report_issue::table
        .filter(report_issue::period_id.eq(period_id))
        .select(IssueRow::as_select())
        .order(report_issue::correction.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(report_issue::correction.lt(before));
    }
    query.load(conn).await
}

/// An issued report with its hash.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = report_issue)]
pub struct SignedRow {
    pub period_id: Uuid,
    pub correction: i32,
    pub snapshot: Value,
    pub hash: Vec<u8>,
}

/// Everything that was issued, after this one of a period.
pub async fn list_signed(
    conn: &mut Conn,
    after: Option<(Uuid, i32)>,
    limit: i64,
) -> QueryResult<Vec<SignedRow>> {
    let mut query = report_issue::table
        .select(SignedRow::as_select())
        .order((report_issue::period_id, report_issue::correction))
        .limit(limit)
        .into_boxed();
    if let Some((period, correction)) = after {
        let later = report_issue::correction.gt(correction);
        query = query.filter(
            report_issue::period_id
                .gt(period)
                .or(report_issue::period_id.eq(period).and(later)),
        );
    }
    query.load(conn).await
}

/// What an issued report says.
pub async fn find_snapshot(
    conn: &mut Conn,
    period_id: Uuid,
    correction: i32,
) -> QueryResult<Option<Value>> {
    report_issue::table
        .find((period_id, correction))
        .select(report_issue::snapshot)
        .first(conn)
        .await
        .optional()
}

/// A report as it is issued; the caller holds the period.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = report_issue)]
pub struct NewIssue<'a> {
    pub period_id: Uuid,
    pub correction: i32,
    pub snapshot: Value,
    pub hash: &'a [u8],
    pub reason: Option<&'a str>,
    pub issued_by: AccountId,
}

pub async fn insert_issue(conn: &mut Conn, new: &NewIssue<'_>) -> QueryResult<IssueRow> {
    diesel::insert_into(report_issue::table)
        .values(new)
        .returning(IssueRow::as_returning())
        .get_result(conn)
        .await
}
