//! How far a unit's numbers can be trusted: what citizens said when they were asked, with its interval.
//!
//! Boards ask [`grades_of`].

pub mod routes;
pub mod rules;
pub mod store;

use chrono::{Days, NaiveDate};
use mobile_contracts::grade::Grade;
use mobile_contracts::ids::UnitId;

use self::rules::{Evidence, grade};
use crate::db::Conn;
use crate::geography::{Geography, Level};

/// How far back a grade looks.
const SPAN: Days = Days::new(56);

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
    let mut grades = Vec::with_capacity(units.len());
    for unit in units {
        let communes = geography.within(*unit, Level::Commune, on);
        let villages = geography.within(*unit, Level::Village, on);
        let mut evidence = Evidence::default();
        for commune in communes {
            if let Some(of_commune) = checked.get(&commune) {
                evidence.add(of_commune);
            }
        }
        for village in villages {
            let (records, anonymous) = shares.get(&village).copied().unwrap_or_default();
            evidence.records += records;
            evidence.anonymous += anonymous;
        }
        grades.push(grade(*unit, &evidence));
    }
    Ok(grades)
}
