//! Units, remembered. Written only by the import.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::UnitId;

use super::rules::{Geography, Level, Succession, Tie, Unit};
use crate::db::Conn;
use crate::db::schema::{unit, unit_parent, unit_revision, unit_successor};

/// Counts the imports: a process whose copy has another number reads anew.
pub async fn get_revision(conn: &mut Conn) -> QueryResult<i64> {
    unit_revision::table
        .select(unit_revision::revision)
        .first(conn)
        .await
}

pub async fn bump_revision(conn: &mut Conn) -> QueryResult<()> {
    diesel::update(unit_revision::table)
        .set(unit_revision::revision.eq(unit_revision::revision + 1))
        .execute(conn)
        .await?;
    Ok(())
}

/// The whole tree, in three queries.
pub async fn load_geography(conn: &mut Conn) -> QueryResult<Geography> {
    Ok(Geography::new(
        list_units(conn).await?,
        list_ties(conn).await?,
        list_successions(conn).await?,
    ))
}

type UnitRow = (
    UnitId,
    Option<String>,
    NaiveDate,
    Option<NaiveDate>,
    String,
    String,
    String,
    Option<String>,
);

pub async fn list_units(conn: &mut Conn) -> QueryResult<Vec<Unit>> {
    let rows: Vec<UnitRow> = unit::table
        .select((
            unit::unit_id,
            unit::code,
            unit::valid_from,
            unit::valid_to,
            unit::name,
            unit::level,
            unit::kind,
            unit::class,
        ))
        .load(conn)
        .await?;
    let turn = |(unit_id, code, valid_from, valid_to, name, level, kind, class): UnitRow| Unit {
        unit_id,
        code,
        valid_from,
        valid_to,
        name,
        level: Level::parse(&level).expect("unit_level_known allows only known levels"),
        kind,
        class,
    };
    Ok(rows.into_iter().map(turn).collect())
}

pub async fn list_ties(conn: &mut Conn) -> QueryResult<Vec<Tie>> {
    let rows: Vec<(UnitId, UnitId, NaiveDate, Option<NaiveDate>)> = unit_parent::table
        .select((
            unit_parent::unit_id,
            unit_parent::parent_id,
            unit_parent::valid_from,
            unit_parent::valid_to,
        ))
        .load(conn)
        .await?;
    let turn = |(unit_id, parent_id, valid_from, valid_to)| Tie {
        unit_id,
        parent_id,
        valid_from,
        valid_to,
    };
    Ok(rows.into_iter().map(turn).collect())
}

async fn list_successions(conn: &mut Conn) -> QueryResult<Vec<Succession>> {
    let rows: Vec<(UnitId, UnitId, NaiveDate, String, Option<String>)> = unit_successor::table
        .select((
            unit_successor::unit_id,
            unit_successor::successor_id,
            unit_successor::on_date,
            unit_successor::share,
            unit_successor::villages,
        ))
        .load(conn)
        .await?;
    let turn = |(unit_id, successor_id, on_date, share, villages)| Succession {
        unit_id,
        successor_id,
        on_date,
        share,
        villages,
    };
    Ok(rows.into_iter().map(turn).collect())
}
