//! Which village a line means. By the names of commune and village together, and never by a guess: a name
//! that means two places is refused, and so is one that differs by a mark from the only one there is.

use chrono::NaiveDate;
use mobile_contracts::fold::{fold, vietnamese_sort_key};
use mobile_contracts::ids::UnitId;

use crate::geography::{Geography, Level};

/// A name as it may be written: with its marks, and without.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spelling {
    /// Letters and tones; where in a syllable the tone is written does not matter, nor do capitals.
    marked: Vec<u8>,
    folded: String,
}

impl Spelling {
    fn of(text: &str) -> Self {
        let key = vietnamese_sort_key(text);
        let levels: Vec<&[u8]> = key.splitn(3, |byte| *byte == 0).take(2).collect();
        Self {
            marked: levels.join(&0),
            folded: fold(text),
        }
    }
}

/// Whether a text was typed without any mark, as people do.
fn is_plain(text: &str) -> bool {
    let lower = text.to_lowercase();
    fold(text) == lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A village under its names.
struct Village {
    unit_id: UnitId,
    label: String,
    /// With its kind, as units print it, and with its former commune where two have one name.
    full: Vec<Spelling>,
    bare: Spelling,
    commune: Vec<Spelling>,
}

/// The villages of a unit on a day.
pub struct Places {
    villages: Vec<Village>,
}

impl Places {
    pub fn within(geography: &Geography, unit_id: UnitId, day: NaiveDate) -> Self {
        let of = |id: UnitId| {
            let unit = geography.unit(id)?;
            let printed = geography.name_on(id, day);
            let commune = geography.ancestor_on(id, Level::Commune, day);
            let commune = commune.and_then(|id| geography.unit(id));
            Some(Village {
                unit_id: id,
                label: geography.label_on(id, day),
                full: vec![Spelling::of(&unit.name), Spelling::of(&printed)],
                bare: Spelling::of(unit.bare_name()),
                commune: commune
                    .map(|unit| vec![Spelling::of(&unit.name), Spelling::of(unit.bare_name())])
                    .unwrap_or_default(),
            })
        };
        let ids = geography.within(unit_id, Level::Village, day);
        Self {
            villages: ids.into_iter().filter_map(of).collect(),
        }
    }

    /// The village that these names mean.
    ///
    /// # Errors
    /// Why none, and what to write instead.
    pub fn find(&self, commune: &str, village: &str) -> Result<UnitId, String> {
        let (commune, village) = (commune.trim(), village.trim());
        if village.is_empty() {
            return match self.villages.as_slice() {
                [only] => Ok(only.unit_id),
                _ => Err("Thiếu thôn, khu phố: ghi tên, hoặc mã.".to_owned()),
            };
        }
        let in_commune: Vec<&Village> = self
            .villages
            .iter()
            .filter(|place| commune.is_empty() || named(&place.commune, commune, true))
            .collect();
        if in_commune.is_empty() {
            // A list from before a merger: the village prints the commune that it came from.
            let printed = format!("{village} ({})", bare_commune(commune));
            let former: Vec<&Village> = self
                .villages
                .iter()
                .filter(|place| named(&place.full[1..], &printed, true))
                .collect();
            return match former.as_slice() {
                [only] => Ok(only.unit_id),
                _ => Err(self.no_commune(commune)),
            };
        }
        if let Some(by_number) = self.by_id(&in_commune, village) {
            return Ok(by_number);
        }
        for exact in [true, false] {
            for names in [Names::Full, Names::Bare] {
                let found: Vec<&&Village> = in_commune
                    .iter()
                    .filter(|place| named(names.of(place), village, exact))
                    .collect();
                match found.as_slice() {
                    [] => {}
                    [only] if exact => return Ok(only.unit_id),
                    [only] => {
                        return Err(format!(
                            "Không có thôn, khu phố {village:?}; có {:?}, chỉ khác dấu: ghi đúng dấu, hoặc ghi mã {}.",
                            only.label, only.unit_id
                        ));
                    }
                    many => return Err(ambiguous(village, many)),
                }
            }
        }
        Err(format!(
            "Không có thôn, khu phố {village:?} ở đây: ghi đúng tên như trong danh mục đơn vị, hoặc ghi mã."
        ))
    }

    /// A long number is a unit's own: Thôn 1 is called 1 too.
    fn by_id(&self, places: &[&Village], text: &str) -> Option<UnitId> {
        let id = text.parse().ok().filter(|_| text.len() >= 3)?;
        let mut places = places.iter();
        places
            .find(|place| place.unit_id == UnitId(id))
            .map(|place| place.unit_id)
    }

    fn no_commune(&self, commune: &str) -> String {
        let alike = self
            .villages
            .iter()
            .find(|place| named(&place.commune, commune, false));
        match alike {
            Some(place) => {
                let name = place.label.split(", ").nth(1).unwrap_or_default();
                format!(
                    "Không có xã, phường {commune:?} trong phạm vi; có {name:?}, chỉ khác dấu: ghi đúng dấu."
                )
            }
            None => format!(
                "Không có xã, phường {commune:?} trong phạm vi: ghi tên hiện nay của xã, phường."
            ),
        }
    }
}

#[derive(Clone, Copy)]
enum Names {
    Full,
    Bare,
}

impl Names {
    fn of(self, place: &Village) -> &[Spelling] {
        match self {
            Self::Full => &place.full,
            Self::Bare => std::slice::from_ref(&place.bare),
        }
    }
}

/// Whether a text is one of these names: mark by mark, or typed without any mark at all; not exact: whatever
/// marks it has.
fn named(names: &[Spelling], text: &str, exact: bool) -> bool {
    let wanted = Spelling::of(text);
    let plain = is_plain(text);
    names.iter().any(|name| {
        name.folded == wanted.folded && (!exact || plain || name.marked == wanted.marked)
    })
}

fn bare_commune(commune: &str) -> &str {
    ["Xã ", "xã ", "Phường ", "phường ", "Thị trấn ", "thị trấn "]
        .iter()
        .find_map(|kind| commune.strip_prefix(kind))
        .unwrap_or(commune)
}

fn ambiguous(text: &str, found: &[&&Village]) -> String {
    let some: Vec<String> = found
        .iter()
        .take(3)
        .map(|place| format!("{} (mã {})", place.label, place.unit_id))
        .collect();
    format!(
        "Có {} nơi tên {text:?}: {}. Ghi thêm cột xã, phường, hoặc ghi mã thay cho tên.",
        found.len(),
        some.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geography::rules::{Tie, Unit};

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()
    }

    /// Names by id; each below the one that is given.
    fn places(units: &[(i32, i32, &str)]) -> Places {
        let from = NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
        let unit = |(id, above, name): &(i32, i32, &str)| Unit {
            unit_id: UnitId(*id),
            code: None,
            valid_from: from,
            valid_to: None,
            name: (*name).to_owned(),
            level: match above {
                0 => Level::Province,
                1 => Level::Commune,
                _ => Level::Village,
            },
            kind: String::new(),
            class: None,
        };
        let tie = |(id, above, _): &(i32, i32, &str)| Tie {
            unit_id: UnitId(*id),
            parent_id: UnitId(*above),
            valid_from: from,
            valid_to: None,
        };
        let ties = units.iter().filter(|unit| unit.1 > 0).map(tie);
        let geography =
            Geography::new(units.iter().map(unit).collect(), ties.collect(), Vec::new());
        Places::within(&geography, UnitId(1), day())
    }

    fn province() -> Places {
        places(&[
            (1, 0, "Tỉnh Thử"),
            (10, 1, "Xã Thành Hải"),
            (11, 1, "Xã Thanh Hải"),
            (12, 1, "Xã Phước Hà"),
            (101, 10, "Thôn 1"),
            (102, 10, "Thôn Hòa Sơn"),
            (103, 11, "Thôn 1"),
            (104, 12, "Thôn Là A"),
            (105, 12, "Thôn Lá A"),
            (106, 12, "Khu phố 1"),
            (107, 12, "Thôn 1"),
        ])
    }

    #[test]
    fn commune_and_village_together_mean_one_place() {
        let places = province();
        for (commune, village, id) in [
            ("Xã Thành Hải", "Thôn 1", 101),
            ("thành hải", "1", 101),
            ("Thanh Hải", "Thôn 1", 103),
            ("Thành Hải", "Hoà Sơn", 102),
            ("", "hoa son", 102),
            ("Phước Hà", "Thôn Là A", 104),
            ("Phước Hà", "Khu phố 1", 106),
            ("", "103", 103),
        ] {
            assert_eq!(
                places.find(commune, village),
                Ok(UnitId(id)),
                "{commune} {village}"
            );
        }
    }

    #[test]
    fn nothing_is_guessed() {
        let places = province();
        for (commune, village, says) in [
            ("", "Thôn 1", "3 nơi"),
            ("Thanh Hai", "Thôn 1", "2 nơi"),
            ("Phước Hà", "1", "2 nơi"),
            ("Phước Hà", "La A", "2 nơi"),
            ("Phước Hà", "Thôn Lã A", "2 nơi"),
            ("Thành Hãi", "Thôn 1", "chỉ khác dấu"),
            ("Thành Hải", "Hóa Sơn", "chỉ khác dấu"),
            ("Phước Đại", "Thôn 1", "Không có xã"),
            ("Thành Hải", "Thôn 9", "Không có thôn"),
            ("", "", "Thiếu thôn"),
        ] {
            let why = places.find(commune, village).unwrap_err();
            assert!(why.contains(says), "{commune} {village}: {why}");
        }
    }
}
