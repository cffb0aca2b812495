//! How fresh and how sound the numbers of a unit are: what phones said of themselves, and grades. It
//! changes slowly and is read once a minute at most, whatever boards are asked for.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryResult;
use mobile_contracts::ids::UnitId;
use tokio::sync::Mutex;

use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::tracking::devices::store::{Health, list_health};
use crate::verification::grades::grades_of;

/// How old it may be.
const TRUST: Duration = Duration::from_secs(60);

/// What is known of the units of a day.
#[derive(Debug, Default)]
pub struct Quality {
    day: NaiveDate,
    grades: HashMap<UnitId, String>,
    /// None where nothing is known of any phone.
    freshness: Option<HashMap<UnitId, Freshness>>,
}

/// When phones of a unit last told how they fare, and what waited on them then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Freshness {
    /// The median of their last reports.
    pub last_sync: Option<DateTime<Utc>>,
    /// The newest of them.
    pub newest: Option<DateTime<Utc>>,
    /// Operations that waited on them.
    pub unsent: i64,
}

impl Quality {
    /// What was known when a window was closed: letters, and of no phone.
    pub fn kept(day: NaiveDate, grades: HashMap<UnitId, String>) -> Self {
        Self {
            day,
            grades,
            freshness: None,
        }
    }

    /// Whether it is known which phones told how they fare.
    pub fn knows_phones(&self) -> bool {
        self.freshness.is_some()
    }

    /// The letter of a unit that is there today.
    pub fn grade(&self, unit: UnitId) -> Option<&str> {
        self.grades.get(&unit).map(String::as_str)
    }

    /// None where no phone of the unit has told how it fares.
    pub fn freshness(&self, unit: UnitId) -> Option<Freshness> {
        self.freshness.as_ref()?.get(&unit).copied()
    }
}

/// The freshness of every unit that has phones, of whatever level.
fn freshness(
    geography: &Geography,
    phones: &[Health],
    day: NaiveDate,
) -> HashMap<UnitId, Freshness> {
    let mut paths: HashMap<UnitId, Vec<UnitId>> = HashMap::new();
    let mut of_unit: HashMap<UnitId, Vec<&Health>> = HashMap::new();
    for phone in phones {
        let path = paths
            .entry(phone.unit_id)
            .or_insert_with(|| geography.path_on(geography.home_on(phone.unit_id, day), day));
        for unit in path {
            of_unit.entry(*unit).or_default().push(phone);
        }
    }
    let fresh = of_unit.into_iter().map(|(unit, mut phones)| {
        phones.sort_by_key(|phone| phone.reported_at);
        let freshness = Freshness {
            newest: phones.last().map(|it| it.reported_at),
            last_sync: phones.get((phones.len() - 1) / 2).map(|it| it.reported_at),
            unsent: phones.iter().map(|phone| i64::from(phone.pending)).sum(),
        };
        (unit, freshness)
    });
    fresh.collect()
}

/// When it was read, and what was.
type Known = (Instant, Arc<Quality>);

/// One process's knowledge of it. Cheap to clone.
#[derive(Clone, Default)]
pub struct QualityCache(Arc<Mutex<Option<Known>>>);

impl QualityCache {
    /// What is known, at most a minute old; while one request reads it, the others wait for that reading.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn get(
        &self,
        conn: &mut Conn,
        geography: &Geography,
        day: NaiveDate,
    ) -> QueryResult<Arc<Quality>> {
        let mut known = self.0.lock().await;
        if let Some((read, quality)) = known.as_ref()
            && read.elapsed() < TRUST
            && quality.day == day
        {
            return Ok(quality.clone());
        }
        let asked = Instant::now();
        let quality = Arc::new(read(conn, geography, day).await?);
        *known = Some((asked, quality.clone()));
        Ok(quality)
    }
}

/// The letter of every district and commune of a day.
///
/// # Errors
/// When the database cannot.
pub async fn list_grades(
    conn: &mut Conn,
    geography: &Geography,
    day: NaiveDate,
) -> QueryResult<HashMap<UnitId, String>> {
    let units: Vec<UnitId> = geography
        .roots_on(day)
        .into_iter()
        .flat_map(|root| {
            let districts = geography.within(root, Level::District, day);
            let communes = geography.within(root, Level::Commune, day);
            districts.into_iter().chain(communes)
        })
        .collect();
    let grades = grades_of(conn, geography, &units, day).await?;
    let grades = grades.into_iter().map(|grade| (grade.unit_id, grade.grade));
    Ok(grades.collect())
}

async fn read(conn: &mut Conn, geography: &Geography, day: NaiveDate) -> QueryResult<Quality> {
    Ok(Quality {
        day,
        grades: list_grades(conn, geography, day).await?,
        freshness: Some(freshness(geography, &list_health(conn).await?, day)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_phone_tells_when_a_unit_was_last_heard_of() {
        let at = |hour: i64| DateTime::from_timestamp(hour * 3_600, 0).unwrap();
        let phone = |hour, pending| Health {
            unit_id: UnitId(1),
            reported_at: at(hour),
            pending,
        };
        let unit = crate::geography::rules::Unit {
            unit_id: UnitId(1),
            code: None,
            valid_from: NaiveDate::MIN,
            valid_to: None,
            name: "Xã thử".to_owned(),
            level: Level::Commune,
            kind: "xa".to_owned(),
            class: None,
        };
        let geography = Geography::new(vec![unit], Vec::new(), Vec::new());
        let phones = [phone(9, 40), phone(1, 0), phone(5, 2)];
        let day = NaiveDate::MIN;
        let fresh = freshness(&geography, &phones, day)[&UnitId(1)];
        assert_eq!((fresh.last_sync, fresh.unsent), (Some(at(5)), 42));
        assert_eq!(fresh.newest, Some(at(9)));
    }
}
