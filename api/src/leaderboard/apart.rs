//! Days are looked up unit by unit. A row of a union is all that its board is about, of that union's work alone. Pure.

use std::collections::HashMap;

use mobile_contracts::ids::UnitId;

use super::board::{Question, Rows};
use super::frame::Key;

/// What is asked of rows as it is asked of units: of all units at once, of each union by itself.
pub fn apart<T>(question: &Question, rows: HashMap<Key, T>) -> Vec<(Question, HashMap<UnitId, T>)> {
    let mut units = HashMap::new();
    let mut asked = Vec::new();
    for (key, of_row) in rows {
        match key {
            Key::Unit(unit) => {
                units.insert(unit, of_row);
            }
            Key::Union(word) => {
                let of_union = Question {
                    mass_union: Some(word),
                    ..question.clone()
                };
                asked.push((of_union, HashMap::from([(question.within, of_row)])));
            }
        }
    }
    if !units.is_empty() {
        asked.push((question.clone(), units));
    }
    asked
}

/// The row of which such a question was asked.
pub fn row_of(question: &Question, unit: UnitId) -> Key {
    match (question.rows, question.mass_union) {
        (Rows::Unions, Some(word)) => Key::Union(word),
        _ => Key::Unit(unit),
    }
}
