//! By which targets rows are measured.
//!
//! The rule. The target of a unit is for everybody's work there, so it measures no board of one union's work
//! alone: nobody knows how much of it falls to that union. A campaign has targets of its own, for everybody or
//! for one union; its boards are measured by these and by no others.

use chrono::NaiveDate;
use diesel::QueryResult;
use mobile_contracts::identity::MassUnion;
use uuid::Uuid;

use super::board::{Question, Rows};
use super::carried::{Carrier, Goal};
use super::frame::{Frame, Key};
use crate::campaign::drives::store::list_targets_of;
use crate::campaign::targets::{self, Targets};
use crate::db::Conn;

/// The targets of a board, by the union whose rows they are for; of none: for rows of units.
#[derive(Debug, Default)]
pub struct Aims(Vec<(Option<&'static str>, Targets)>);

impl Aims {
    /// What a unit is to reach, whoever does it.
    pub fn of_units(targets: Targets) -> Self {
        Self(vec![(None, targets)])
    }

    fn of(&self, mass_union: Option<&str>) -> Option<&Targets> {
        let mut known = self.0.iter();
        let known = known.find(|(of, _)| *of == mass_union);
        known.map(|(_, targets)| targets)
    }

    /// The targets of these rows, as they hold on this day.
    pub fn goals(&self, frame: &Frame<'_>, on: NaiveDate, keys: &[Key]) -> Vec<Option<Goal>> {
        let mut carrier = self.of(None).map(|of| Carrier::new(frame, of, on));
        let goal = |key: &Key| match key {
            Key::Unit(unit) => carrier.as_mut()?.of(*unit),
            Key::Union(word) => {
                let (people, denominator) = frame.target_of_all(self.of(Some(word))?)?;
                Some(Goal {
                    people,
                    denominator,
                    is_divided: false,
                })
            }
        };
        keys.iter().map(goal).collect()
    }
}

/// Whether a board counts less than everybody's work.
pub fn is_of_unions(question: &Question) -> bool {
    question.mass_union.is_some() || question.rows == Rows::Unions
}

/// The targets that hold on the last day of a window, or those of its campaign as they are now.
///
/// # Errors
/// When the database cannot.
pub async fn load(conn: &mut Conn, question: &Question) -> QueryResult<Aims> {
    match question.campaign {
        Some(id) => load_campaign(conn, question, id).await,
        None if is_of_unions(question) => Ok(Aims::default()),
        None => {
            let targets = targets::load(conn, question.stage, question.window.to).await?;
            Ok(Aims::of_units(targets))
        }
    }
}

async fn load_campaign(conn: &mut Conn, question: &Question, id: Uuid) -> QueryResult<Aims> {
    let all = list_targets_of(conn, id, question.stage).await?;
    let own = |word: &str| {
        let own = all.iter().filter(|target| target.mass_union == word);
        let assigned = "assigned";
        Targets::new(own.map(|it| (it.unit_id, i64::from(it.people), assigned)))
    };
    Ok(match question.rows {
        Rows::Units(_) => Aims::of_units(own(question.mass_union.unwrap_or("all"))),
        Rows::Unions => {
            let unions = [MassUnion::Youth, MassUnion::Women].map(MassUnion::as_str);
            Aims(unions.map(|word| (Some(word), own(word))).into())
        }
    })
}
