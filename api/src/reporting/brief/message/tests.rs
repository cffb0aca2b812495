//! However much there is to tell, it fits, and no part is lost.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;

use super::super::gather::Asked;
use super::super::rules::{Approved, Doubts, Passed, Phones, Worked};
use super::*;
use crate::geography::rules::{Tie, Unit};
use crate::geography::{Geography, Level};
use crate::http::failure::Language;

/// A province of communes whose names are as long as a name may be.
fn asked(communes: i32) -> Asked {
    let day: NaiveDate = "2020-01-01".parse().unwrap();
    let unit = |id, level| Unit {
        unit_id: UnitId(id),
        code: None,
        valid_from: day,
        valid_to: None,
        name: format!("Xã {id} {}", "Phước Đại Thượng ".repeat(6)),
        level,
        kind: String::new(),
        class: None,
    };
    let tie = |id| Tie {
        unit_id: UnitId(id),
        parent_id: UnitId(1),
        valid_from: day,
        valid_to: None,
    };
    let below = 2..communes + 2;
    let mut units = vec![unit(1, Level::Province)];
    units.extend(below.clone().map(|id| unit(id, Level::Commune)));
    Asked {
        geography: Arc::new(Geography::new(units, below.map(tie).collect(), Vec::new())),
        within: UnitId(1),
        on: "2026-11-28".parse().unwrap(),
        now: "2026-11-28T11:05:00Z".parse().unwrap(),
    }
}

#[test]
fn a_message_fits_however_much_there_is_to_tell() {
    let asked = asked(60);
    let all = || (2..62).map(UnitId);
    let doubts = Doubts {
        signals: 1_000_000,
        held: 1_000_000,
        apart: 1_000_000,
        failed: 1_000_000,
        undecided: 1_000_000,
    };
    let phones = Phones {
        all: 9,
        silent: 1,
        waiting: 9,
        unsent: 1_234_567,
        oldest_on: Some(asked.on),
    };
    let facts = Facts {
        on: asked.on,
        units: all().collect(),
        worked: vec![Worked {
            unit: UnitId(2),
            on: asked.on,
            steps: 1_234,
            activated: 5,
        }],
        passed: all()
            .map(|unit| Passed {
                unit,
                count: 1_234_567,
                target: 1_000_000,
            })
            .collect(),
        doubts: all().map(|unit| (unit, doubts)).collect(),
        phones: all().map(|unit| (unit, phones)).collect::<BTreeMap<_, _>>(),
        approved: all()
            .map(|village| Approved {
                village,
                on: "2026-11-22".parse().unwrap(),
                people: 3,
            })
            .collect(),
        ..Facts::default()
    };
    for language in [Language::Vietnamese, Language::English] {
        let speaker = Speaker {
            language,
            asked: &asked,
        };
        let message = text(&speaker, &facts);
        assert!(message.chars().count() <= TEXT_CHARS_MAX, "{message}");
        for part in Part::ALL {
            assert!(message.contains(&speaker.title(part)), "{message}");
        }
        assert!(message.contains("18:05"), "{message}");
    }
    let speaker = Speaker {
        language: Language::English,
        asked: &asked,
    };
    assert!(text(&speaker, &facts).contains("steps 1,234"));
    // Where it is one unit, everything that is wrong with it is told, and all that is to be done.
    let few = Facts {
        units: Vec::new(),
        worked: Vec::new(),
        approved: Vec::new(),
        doubts: [(UnitId(2), doubts)].into(),
        phones: [(UnitId(2), phones)].into(),
        passed: facts.passed[..1].to_vec(),
        tasks: 1,
        ..facts.clone()
    };
    let told = text(&speaker, &few);
    for part in [Part::Stale, Part::Doubtful, Part::Tomorrow] {
        for item in few.items(part) {
            assert!(told.contains(&speaker.line(&item)), "{told}");
        }
    }
    // Where there is little to tell, all of it is told.
    let short = text(
        &speaker,
        &Facts {
            on: asked.on,
            ..Facts::default()
        },
    );
    assert!(short.contains("Nothing is urgent.") && !short.contains('…'));
}
