//! Targets, remembered, and which of them a rate is measured by.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::campaign::{Denominator, Target, TargetKey};
use mobile_contracts::ids::{AccountId, UnitId};

use super::problem::CampaignProblem;
use crate::db::constraint::OnConstraint as _;
use crate::db::schema::target;
use crate::db::{Conn, app_now};
use crate::geography::{Geography, Level};
use crate::http::failure::Failure;
use crate::sync::{self, Collection};

/// The five stages, in the order in which a citizen goes through them.
pub const STAGES: [&str; 5] = [
    "installed",
    "level1_activated",
    "level2_collected",
    "level2_approved",
    "level2_activated",
];

/// The targets of one stage on one day.
#[derive(Debug, Default)]
pub struct Targets(HashMap<UnitId, (i64, &'static str)>);

impl Targets {
    pub fn new(targets: impl IntoIterator<Item = (UnitId, i64, &'static str)>) -> Self {
        Self(
            targets
                .into_iter()
                .map(|(id, people, denominator)| (id, (people, denominator)))
                .collect(),
        )
    }

    /// What was set for this very unit.
    pub fn own(&self, id: UnitId) -> Option<(i64, &'static str)> {
        self.0.get(&id).copied()
    }

    /// The target of a unit: its own, or the sum of all targets directly below it, where each of
    /// them has one of the same kind. Nothing is guessed from a part.
    pub fn of(
        &self,
        geography: &Geography,
        id: UnitId,
        day: NaiveDate,
    ) -> Option<(i64, &'static str)> {
        if let Some(own) = self.0.get(&id) {
            return Some(*own);
        }
        if geography.unit(id)?.level == Level::Village {
            return None;
        }
        let mut sum: Option<(i64, &'static str)> = None;
        for child in geography.children_on(id, day) {
            let (people, denominator) = self.of(geography, child.unit_id, day)?;
            sum = match sum {
                None => Some((people, denominator)),
                Some((so_far, kind)) if kind == denominator => Some((so_far + people, kind)),
                Some(_) => return None,
            };
        }
        sum
    }
}

/// The targets of a stage that hold on this day.
pub async fn load(conn: &mut Conn, stage: &str, day: NaiveDate) -> QueryResult<Targets> {
    let rows: Vec<(UnitId, i32, String)> = target::table
        .filter(target::stage.eq(stage))
        .filter(target::starts_on.le(day))
        .filter(target::ends_on.is_null().or(target::ends_on.ge(day)))
        .select((target::unit_id, target::people, target::denominator))
        .load(conn)
        .await?;
    Ok(Targets::new(rows.into_iter().map(
        |(id, people, denominator)| {
            let denominator = parse_denominator(&denominator);
            (id, i64::from(people), denominator.as_str())
        },
    )))
}

/// Every target that holds on this day: stage, unit, people, denominator.
///
/// # Errors
/// When the database cannot.
pub async fn list_on(
    conn: &mut Conn,
    day: NaiveDate,
) -> QueryResult<Vec<(String, UnitId, i32, String)>> {
    target::table
        .filter(target::starts_on.le(day))
        .filter(target::ends_on.is_null().or(target::ends_on.ge(day)))
        .select((
            target::stage,
            target::unit_id,
            target::people,
            target::denominator,
        ))
        .load(conn)
        .await
}

/// A denominator as boards have it.
pub fn denominator_word(word: &str) -> &'static str {
    parse_denominator(word).as_str()
}

fn parse_denominator(word: &str) -> Denominator {
    match word {
        "eligible" => Denominator::Eligible,
        "approved" => Denominator::Approved,
        _ => Denominator::Assigned,
    }
}

/// Until this transaction ends nobody else changes a target: they are few, and seldom changed.
///
/// # Errors
/// When the database cannot.
pub async fn lock(conn: &mut Conn) -> QueryResult<()> {
    diesel::sql_query("lock table target in share row exclusive mode")
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets targets; the same unit, stage and first day is replaced.
///
/// # Errors
/// [`CampaignProblem::TargetOverlaps`].
pub async fn upsert_targets(
    conn: &mut Conn,
    targets: &[Target],
    by: Option<AccountId>,
) -> Result<(), Failure> {
    for one in targets {
        let state = (
            target::ends_on.eq(one.ends_on),
            // Bounded by a rule before it comes here.
            target::people.eq(one.people as i32),
            target::denominator.eq(one.denominator.as_str()),
            target::source.eq(&one.source),
            target::set_by.eq(by),
            target::set_at.eq(app_now()),
        );
        diesel::insert_into(target::table)
            .values((
                target::unit_id.eq(one.unit_id),
                target::stage.eq(&one.stage),
                target::starts_on.eq(one.starts_on),
                state,
            ))
            .on_conflict((target::unit_id, target::stage, target::starts_on))
            .do_update()
            .set(state)
            .execute(conn)
            .await
            .on_constraint::<Failure>("target_one_at_a_time", CampaignProblem::TargetOverlaps)?;
    }
    let rows: Vec<(UnitId, String)> = targets
        .iter()
        .map(|target| (target.unit_id, row_key(target)))
        .collect();
    sync::store::touch(conn, Collection::Target, &rows).await?;
    Ok(())
}

/// Removes targets; says how many there were.
///
/// # Errors
/// When the database cannot.
pub async fn remove_targets(conn: &mut Conn, keys: &[TargetKey]) -> QueryResult<usize> {
    let mut removed = Vec::new();
    for key in keys {
        let found = target::table.find((key.unit_id, &key.stage, key.starts_on));
        if diesel::delete(found).execute(conn).await? == 1 {
            removed.push(key_in_words(key.unit_id, &key.stage, key.starts_on));
        }
    }
    sync::store::remove(conn, Collection::Target, &removed).await?;
    Ok(removed.len())
}

/// A target's own key, as phones are told of it: `112/level2_activated/2026-01-01`.
pub fn row_key(target: &Target) -> String {
    key_in_words(target.unit_id, &target.stage, target.starts_on)
}

fn key_in_words(unit_id: UnitId, stage: &str, starts_on: NaiveDate) -> String {
    format!("{unit_id}/{stage}/{starts_on}")
}

/// Targets of these units, by unit, stage and day.
pub async fn list_targets(
    conn: &mut Conn,
    units: &[UnitId],
    stage: Option<&str>,
    on: Option<NaiveDate>,
    skip: i64,
    limit: i64,
) -> QueryResult<Vec<Target>> {
    let mut query = target::table
        .filter(target::unit_id.eq_any(units))
        .order((target::unit_id, target::stage, target::starts_on))
        .offset(skip)
        .limit(limit)
        .select((
            target::unit_id,
            target::stage,
            target::starts_on,
            target::ends_on,
            target::people,
            target::denominator,
            target::source,
        ))
        .into_boxed();
    if let Some(stage) = stage {
        query = query.filter(target::stage.eq(stage.to_owned()));
    }
    if let Some(on) = on {
        query = query
            .filter(target::starts_on.le(on))
            .filter(target::ends_on.is_null().or(target::ends_on.ge(on)));
    }
    type Row = (
        UnitId,
        String,
        NaiveDate,
        Option<NaiveDate>,
        i32,
        String,
        String,
    );
    let rows: Vec<Row> = query.load(conn).await?;
    let turn = |(unit_id, stage, starts_on, ends_on, people, denominator, source): Row| Target {
        unit_id,
        stage,
        starts_on,
        ends_on,
        people: people.unsigned_abs(),
        denominator: parse_denominator(&denominator),
        source,
    };
    Ok(rows.into_iter().map(turn).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geography::rules::{Tie, Unit};

    fn tree() -> Geography {
        let day: NaiveDate = "2020-01-01".parse().unwrap();
        let unit = |id, level| Unit {
            unit_id: UnitId(id),
            code: None,
            valid_from: day,
            valid_to: None,
            name: id.to_string(),
            level,
            kind: String::new(),
            class: None,
        };
        let tie = |id, parent| Tie {
            unit_id: UnitId(id),
            parent_id: UnitId(parent),
            valid_from: day,
            valid_to: None,
        };
        Geography::new(
            vec![
                unit(1, Level::Commune),
                unit(2, Level::Village),
                unit(3, Level::Village),
            ],
            vec![tie(2, 1), tie(3, 1)],
            Vec::new(),
        )
    }

    #[test]
    fn a_commune_without_a_target_has_the_sum_of_its_villages_only_if_all_have_one_of_a_kind() {
        let day = "2026-01-01".parse().unwrap();
        let of = |targets: &[(i32, i64, &'static str)]| {
            Targets::new(
                targets
                    .iter()
                    .map(|(id, people, kind)| (UnitId(*id), *people, *kind)),
            )
            .of(&tree(), UnitId(1), day)
        };
        assert_eq!(
            of(&[(2, 10, "eligible"), (3, 20, "eligible")]),
            Some((30, "eligible"))
        );
        assert_eq!(of(&[(2, 10, "eligible")]), None);
        assert_eq!(of(&[(2, 10, "eligible"), (3, 20, "assigned")]), None);
        assert_eq!(
            of(&[(1, 50, "assigned"), (2, 10, "eligible")]),
            Some((50, "assigned"))
        );
    }
}
