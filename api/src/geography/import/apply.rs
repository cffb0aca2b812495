//! A plan, written whole or not at all.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::fold::fold;
use mobile_contracts::ids::UnitId;

use super::{Key, Plan, PlannedSuccessor, PlannedUnit, PlannedVillage};
use crate::db::schema::{unit, unit_parent, unit_successor};
use crate::db::{self, Conn};
use crate::geography::rules::{Level, WHOLE};
use crate::geography::store;
use crate::http::failure::Failure;
use crate::sync;

/// What an import did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub units: usize,
    pub villages: usize,
    pub changed: usize,
}

/// Writes a plan in one transaction.
///
/// # Errors
/// When the database refuses; nothing is written then.
pub async fn apply(conn: &mut Conn, plan: &Plan) -> Result<Imported, Failure> {
    db::transaction::<_, Failure>(conn, async |conn| {
        let mut imported = Imported {
            units: plan.units.len(),
            villages: plan.villages.len(),
            changed: 0,
        };
        let mut ids: HashMap<&Key, UnitId> = HashMap::new();
        // An old span ends before a new one of the same code begins: by day.
        let mut by_day: Vec<(&Key, &PlannedUnit)> = plan.units.iter().collect();
        by_day.sort_by_key(|(key, _)| key.1);
        for (key, unit) in by_day {
            let (id, changed) = upsert_unit(conn, key, unit).await?;
            imported.changed += changed;
            ids.insert(key, id);
        }
        for (key, unit) in &plan.units {
            if let Some(parent) = &unit.parent {
                imported.changed +=
                    upsert_tie(conn, ids[key], ids[parent], key.1, unit.valid_to).await?;
            }
        }
        for successor in &plan.successors {
            imported.changed += upsert_successor(conn, &ids, successor).await?;
        }
        let mut villages = Vec::with_capacity(plan.villages.len());
        for village in &plan.villages {
            let (id, changed) = upsert_village(conn, &ids, village).await?;
            imported.changed += changed;
            villages.push(id);
        }
        for (id, village) in villages.iter().zip(&plan.villages) {
            let heir = village.heir.map(|at| villages[at]).zip(village.valid_to);
            // Of a village that ended without one nothing is said: it may have been parted.
            if heir.is_some() || village.valid_to.is_none() {
                imported.changed += set_heir(conn, *id, heir).await?;
            }
        }
        if imported.changed > 0 {
            store::bump_revision(conn).await?;
            sync::store::touch_all(conn).await?;
        }
        Ok(imported)
    })
    .await
}

async fn upsert_unit(
    conn: &mut Conn,
    key: &Key,
    planned: &PlannedUnit,
) -> QueryResult<(UnitId, usize)> {
    let values = (
        unit::valid_to.eq(planned.valid_to),
        unit::name.eq(&planned.name),
        unit::folded.eq(fold(&planned.name)),
        unit::level.eq(planned.level.as_str()),
        unit::kind.eq(&planned.kind),
        unit::class.eq(&planned.class),
    );
    type Known = (
        UnitId,
        Option<NaiveDate>,
        String,
        String,
        String,
        Option<String>,
    );
    let known: Option<Known> = unit::table
        .filter(unit::code.eq(&key.0).and(unit::valid_from.eq(key.1)))
        .select((
            unit::unit_id,
            unit::valid_to,
            unit::name,
            unit::level,
            unit::kind,
            unit::class,
        ))
        .first(conn)
        .await
        .optional()?;
    match known {
        Some((id, valid_to, name, level, kind, class)) => {
            let same = valid_to == planned.valid_to
                && name == planned.name
                && level == planned.level.as_str()
                && kind == planned.kind
                && class == planned.class;
            if !same {
                diesel::update(unit::table.find(id))
                    .set(values)
                    .execute(conn)
                    .await?;
            }
            Ok((id, usize::from(!same)))
        }
        None => {
            let id = diesel::insert_into(unit::table)
                .values((unit::code.eq(&key.0), unit::valid_from.eq(key.1), values))
                .returning(unit::unit_id)
                .get_result(conn)
                .await?;
            Ok((id, 1))
        }
    }
}

async fn upsert_tie(
    conn: &mut Conn,
    id: UnitId,
    parent_id: UnitId,
    from: NaiveDate,
    to: Option<NaiveDate>,
) -> QueryResult<usize> {
    let upsert = diesel::insert_into(unit_parent::table)
        .values((
            unit_parent::unit_id.eq(id),
            unit_parent::parent_id.eq(parent_id),
            unit_parent::valid_from.eq(from),
            unit_parent::valid_to.eq(to),
        ))
        .on_conflict((unit_parent::unit_id, unit_parent::valid_from))
        .do_update()
        .set((
            unit_parent::parent_id.eq(parent_id),
            unit_parent::valid_to.eq(to),
        ));
    let differs = unit_parent::parent_id
        .ne(parent_id)
        .or(unit_parent::valid_to.is_distinct_from(to));
    diesel::query_dsl::methods::FilterDsl::filter(upsert, differs)
        .execute(conn)
        .await
}

async fn upsert_successor(
    conn: &mut Conn,
    ids: &HashMap<&Key, UnitId>,
    planned: &PlannedSuccessor,
) -> QueryResult<usize> {
    let villages = planned
        .villages
        .as_ref()
        .filter(|_| planned.share == "part");
    let values = (
        unit_successor::on_date.eq(planned.on_date),
        unit_successor::share.eq(&planned.share),
        unit_successor::villages.eq(villages),
    );
    let upsert = diesel::insert_into(unit_successor::table)
        .values((
            unit_successor::unit_id.eq(ids[&planned.unit]),
            unit_successor::successor_id.eq(ids[&planned.successor]),
            values,
        ))
        .on_conflict((unit_successor::unit_id, unit_successor::successor_id))
        .do_update()
        .set(values);
    let differs = unit_successor::on_date
        .ne(planned.on_date)
        .or(unit_successor::share.ne(&planned.share))
        .or(unit_successor::villages.is_distinct_from(villages));
    diesel::query_dsl::methods::FilterDsl::filter(upsert, differs)
        .execute(conn)
        .await
}

/// Who alone continues a village from which day on; nobody else does.
async fn set_heir(
    conn: &mut Conn,
    id: UnitId,
    heir: Option<(UnitId, NaiveDate)>,
) -> QueryResult<usize> {
    let others = unit_successor::table.filter(unit_successor::unit_id.eq(id));
    let Some((heir, on_date)) = heir else {
        return diesel::delete(others).execute(conn).await;
    };
    let others = others.filter(unit_successor::successor_id.ne(heir));
    let gone = diesel::delete(others).execute(conn).await?;
    let upsert = diesel::insert_into(unit_successor::table)
        .values((
            unit_successor::unit_id.eq(id),
            unit_successor::successor_id.eq(heir),
            unit_successor::on_date.eq(on_date),
            unit_successor::share.eq(WHOLE),
        ))
        .on_conflict((unit_successor::unit_id, unit_successor::successor_id))
        .do_update()
        .set(unit_successor::on_date.eq(on_date));
    let differs = unit_successor::on_date.ne(on_date);
    let written = diesel::query_dsl::methods::FilterDsl::filter(upsert, differs)
        .execute(conn)
        .await?;
    Ok(gone + written)
}

/// A village is known by its name, its first commune and its first day.
async fn upsert_village(
    conn: &mut Conn,
    ids: &HashMap<&Key, UnitId>,
    planned: &PlannedVillage,
) -> QueryResult<(UnitId, usize)> {
    let (first, from, _) = &planned.communes[0];
    let known: Option<(UnitId, String, Option<NaiveDate>)> = unit::table
        .inner_join(unit_parent::table.on(unit_parent::unit_id.eq(unit::unit_id)))
        .filter(unit::level.eq(Level::Village.as_str()))
        .filter(unit::name.eq(&planned.name))
        .filter(unit_parent::parent_id.eq(ids[first]))
        .filter(unit_parent::valid_from.eq(from))
        .select((unit::unit_id, unit::kind, unit::valid_to))
        .first(conn)
        .await
        .optional()?;
    let (id, mut changed) = match known {
        Some((id, kind, valid_to)) if kind == planned.kind && valid_to == planned.valid_to => {
            (id, 0)
        }
        Some((id, ..)) => {
            diesel::update(unit::table.find(id))
                .set((
                    unit::kind.eq(&planned.kind),
                    unit::valid_to.eq(planned.valid_to),
                ))
                .execute(conn)
                .await?;
            (id, 1)
        }
        None => {
            let id: UnitId = diesel::insert_into(unit::table)
                .values((
                    unit::valid_from.eq(from),
                    unit::valid_to.eq(planned.valid_to),
                    unit::name.eq(&planned.name),
                    unit::folded.eq(fold(&planned.name)),
                    unit::level.eq(Level::Village.as_str()),
                    unit::kind.eq(&planned.kind),
                ))
                .returning(unit::unit_id)
                .get_result(conn)
                .await?;
            (id, 1)
        }
    };
    if let Some(end) = planned.valid_to {
        // An earlier import may have known it in communes that it does not see.
        let later = unit_parent::table
            .filter(unit_parent::unit_id.eq(id))
            .filter(unit_parent::valid_from.ge(end));
        changed += diesel::delete(later).execute(conn).await?;
    }
    for (commune, from, to) in &planned.communes {
        changed += upsert_tie(conn, id, ids[commune], *from, *to).await?;
    }
    Ok((id, changed))
}
