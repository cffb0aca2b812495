//! How fresh and how sound the numbers of a unit are: what phones said of themselves, and grades. It
//! changes slowly and is read once a minute at most, whatever boards are asked for.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryResult;
use mobile_contracts::grade::Grade;
use mobile_contracts::ids::UnitId;
use tokio::sync::Mutex;

use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::tracking::devices::store::{Health, list_health};
use crate::verification::grades::grades_of;
use crate::verification::grades::rules::ANSWERED_MIN;

/// How old it may be.
const TRUST: Duration = Duration::from_secs(60);

/// What is known of the units of a day.
#[derive(Debug, Default)]
pub struct Quality {
    day: NaiveDate,
    grades: HashMap<UnitId, String>,
    /// Of units of which enough is known.
    checked: HashMap<UnitId, Checked>,
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

/// How many citizens answered when they were asked, and how many of them confirmed what was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    confirmed: i64,
    answered: i64,
}

impl Checked {
    /// None where fewer answered than make a letter: their share says nothing of the others.
    fn of(grade: &Grade) -> Option<Self> {
        (grade.answered >= ANSWERED_MIN).then(|| Self {
            confirmed: i64::from(grade.confirmed),
            answered: i64::from(grade.answered),
        })
    }

    /// How many of so many would confirm it if all were asked, half up.
    pub fn estimate(self, people: i64) -> i64 {
        (2 * people * self.confirmed + self.answered) / (2 * self.answered)
    }
}

impl Quality {
    /// What was known when a window was closed: letters, without the answers behind them, and of no phone.
    pub fn kept(day: NaiveDate, grades: HashMap<UnitId, String>) -> Self {
        Self {
            day,
            grades,
            checked: HashMap::new(),
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

    /// None where too few answered; a village has none of its own.
    pub fn checked(&self, unit: UnitId) -> Option<Checked> {
        self.checked.get(&unit).copied()
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
    let grades = list(conn, geography, day).await?;
    Ok(letters(grades))
}

fn letters(grades: Vec<Grade>) -> HashMap<UnitId, String> {
    let grades = grades.into_iter().map(|grade| (grade.unit_id, grade.grade));
    grades.collect()
}

/// The grades of every district and commune of a day.
async fn list(conn: &mut Conn, geography: &Geography, day: NaiveDate) -> QueryResult<Vec<Grade>> {
    let units: Vec<UnitId> = geography
        .roots_on(day)
        .into_iter()
        .flat_map(|root| {
            let districts = geography.within(root, Level::District, day);
            let communes = geography.within(root, Level::Commune, day);
            districts.into_iter().chain(communes)
        })
        .collect();
    grades_of(conn, geography, &units, day).await
}

async fn read(conn: &mut Conn, geography: &Geography, day: NaiveDate) -> QueryResult<Quality> {
    let grades = list(conn, geography, day).await?;
    let checked = grades.iter();
    let checked = checked.filter_map(|grade| Some((grade.unit_id, Checked::of(grade)?)));
    Ok(Quality {
        day,
        checked: checked.collect(),
        grades: letters(grades),
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

    #[test]
    fn an_estimate_is_the_share_that_was_confirmed_and_none_is_made_of_few_answers() {
        let grade = |confirmed, answered| Grade {
            unit_id: UnitId(1),
            grade: "B".to_owned(),
            confirmed,
            answered,
            confirmed_share: None,
            share_from: None,
            share_to: None,
            lots_in_doubt: 0,
            reason: String::new(),
        };
        let estimate = |confirmed, answered, people| {
            Checked::of(&grade(confirmed, answered)).map(|checked| checked.estimate(people))
        };
        assert_eq!(estimate(14, 14, 100), None);
        assert_eq!(estimate(15, 15, 100), Some(100));
        assert_eq!(estimate(0, 15, 100), Some(0));
        // 13.5, 26.25 and 2.7.
        assert_eq!(estimate(27, 32, 16), Some(14));
        assert_eq!(estimate(28, 32, 30), Some(26));
        assert_eq!(estimate(18, 20, 3), Some(3));
        assert_eq!(estimate(18, 20, 0), Some(0));
    }

    #[test]
    fn of_a_closed_window_letters_are_known_and_no_answers() {
        let grades = HashMap::from([(UnitId(1), "A".to_owned())]);
        let kept = Quality::kept(NaiveDate::MIN, grades);
        assert_eq!(kept.grade(UnitId(1)), Some("A"));
        assert_eq!(kept.checked(UnitId(1)), None);
    }
}
