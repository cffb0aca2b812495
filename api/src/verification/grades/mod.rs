//! How far a unit's numbers can be trusted: what citizens said when they were asked, with its interval.
//!
//! Boards ask [`grades_of`].

pub mod routes;
pub mod rules;
pub mod store;
pub mod table;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use mobile_contracts::grade::Grade;
use mobile_contracts::ids::UnitId;

use self::rules::{Evidence, grade};
use crate::db::Conn;
use crate::geography::{Geography, Level};

/// How far back a grade looks.
const SPAN: Days = Days::new(56);

/// What is known, each by where it is known of on that day.
fn present<T>(
    geography: &Geography,
    known: BTreeMap<UnitId, T>,
    on: NaiveDate,
) -> Vec<(BTreeSet<UnitId>, T)> {
    let known = known.into_iter();
    known
        .map(|(unit, what)| (geography.present_on(unit, on), what))
        .collect()
}

/// The grades of these units on a day, in their order. What is known is known of whole communes; a village has
/// none of its own.
///
/// # Errors
/// When the database cannot.
pub async fn grades_of(
    conn: &mut Conn,
    geography: &Geography,
    units: &[UnitId],
    on: NaiveDate,
) -> diesel::QueryResult<Vec<Grade>> {
    let checked = store::list_checked(conn, on - SPAN, on).await?;
    let shares = store::list_anonymous(conn, on - SPAN, on).await?;
    // What was checked in a commune that has ended is known of who continues it.
    let checked = present(geography, checked, on);
    let shares = present(geography, shares, on);
    let mut grades = Vec::with_capacity(units.len());
    for unit in units {
        let of_level = |level| -> BTreeSet<UnitId> {
            geography.within(*unit, level, on).into_iter().collect()
        };
        let (communes, villages) = (of_level(Level::Commune), of_level(Level::Village));
        let mut evidence = Evidence {
            communes: u32::try_from(communes.len()).unwrap_or(u32::MAX),
            ..Evidence::default()
        };
        for (_, of_commune) in checked.iter().filter(|(at, _)| !at.is_disjoint(&communes)) {
            evidence.add(of_commune);
        }
        for (_, (records, anonymous)) in shares.iter().filter(|(at, _)| !at.is_disjoint(&villages))
        {
            evidence.records += records;
            evidence.anonymous += anonymous;
        }
        grades.push(grade(*unit, &evidence));
    }
    Ok(grades)
}
