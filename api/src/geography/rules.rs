//! The tree of units and its questions. Pure: the day comes in as an argument.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use foldhash::{HashMap, HashMapExt as _};
use mobile_contracts::fold::{fold, vietnamese_sort_key};
use mobile_contracts::ids::UnitId;

/// Most steps from a village up to its province; more would be a cycle.
const DEPTH_MAX: usize = 8;

/// How high a unit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Village,
    Commune,
    District,
    Province,
}

impl Level {
    pub const ALL: [Self; 4] = [Self::Village, Self::Commune, Self::District, Self::Province];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Village => "village",
            Self::Commune => "commune",
            Self::District => "district",
            Self::Province => "province",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }
}

/// A unit for its span of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub unit_id: UnitId,
    pub code: Option<String>,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub name: String,
    pub level: Level,
    pub kind: String,
    pub class: Option<String>,
}

/// Where a unit belongs for a span of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    pub unit_id: UnitId,
    pub parent_id: UnitId,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

/// Who continues whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    pub unit_id: UnitId,
    pub successor_id: UnitId,
    pub on_date: NaiveDate,
    pub share: String,
    pub villages: Option<String>,
}

/// The share of a unit that is continued by one other.
pub const WHOLE: &str = "whole";

/// Whether a half-open span of days holds this day.
pub fn spans(from: NaiveDate, to: Option<NaiveDate>, day: NaiveDate) -> bool {
    from <= day && to.is_none_or(|to| day < to)
}

impl Unit {
    pub fn is_valid_on(&self, day: NaiveDate) -> bool {
        spans(self.valid_from, self.valid_to, day)
    }

    /// The name without its kind: `Bác Ái Tây`.
    pub fn bare_name(&self) -> &str {
        const KINDS: [&str; 8] = [
            "Tỉnh ",
            "Thành phố ",
            "Huyện ",
            "Phường ",
            "Xã ",
            "Thị trấn ",
            "Thôn ",
            "Khu phố ",
        ];
        KINDS
            .iter()
            .find_map(|kind| self.name.strip_prefix(kind))
            .unwrap_or(&self.name)
    }
}

/// The whole tree, through time. Ids of units are ours: nobody chooses them so that they collide, and a quick hash does.
#[derive(Debug, Default)]
pub struct Geography {
    pub(super) units: HashMap<UnitId, Unit>,
    folded: HashMap<UnitId, String>,
    pub(super) parents: HashMap<UnitId, Vec<Tie>>,
    pub(super) children: HashMap<UnitId, Vec<Tie>>,
    /// By the unit that is continued.
    pub(super) successors: HashMap<UnitId, Vec<Succession>>,
    /// By the unit that continues.
    pub(super) predecessors: HashMap<UnitId, Vec<Succession>>,
    /// By Vietnamese order of names, then by id.
    ordered: Vec<UnitId>,
    /// The place of each in that order.
    places: HashMap<UnitId, usize>,
    /// Units that have or will have ended, each with the first day on which it is no more.
    pub(super) ended: Vec<(NaiveDate, UnitId)>,
    /// Of each village, one of those whose work has counted in the same units on every day.
    pieces: HashMap<UnitId, UnitId>,
}

impl Geography {
    pub fn new(units: Vec<Unit>, ties: Vec<Tie>, successions: Vec<Succession>) -> Self {
        let mut ordered: Vec<(Vec<u8>, UnitId)> = units
            .iter()
            .map(|unit| (vietnamese_sort_key(&natural(&unit.name)), unit.unit_id))
            .collect();
        ordered.sort();
        let ordered: Vec<UnitId> = ordered.into_iter().map(|(_, id)| id).collect();
        let ends = units
            .iter()
            .filter_map(|unit| Some((unit.valid_to?, unit.unit_id)));
        let mut geography = Self {
            ended: ends.collect(),
            folded: units
                .iter()
                .map(|unit| (unit.unit_id, fold(&unit.name)))
                .collect(),
            units: units.into_iter().map(|unit| (unit.unit_id, unit)).collect(),
            places: ordered.iter().copied().zip(0..).collect(),
            ordered,
            ..Self::default()
        };
        for tie in ties {
            geography
                .children
                .entry(tie.parent_id)
                .or_default()
                .push(tie.clone());
            geography.parents.entry(tie.unit_id).or_default().push(tie);
        }
        for succession in successions {
            let (of, by) = (succession.unit_id, succession.successor_id);
            // Nobody succeeds themselves.
            if of != by {
                let successors = geography.successors.entry(of).or_default();
                successors.push(succession.clone());
                let predecessors = geography.predecessors.entry(by).or_default();
                predecessors.push(succession);
            }
        }
        geography.pieces = geography.find_pieces();
        geography
    }

    fn find_pieces(&self) -> HashMap<UnitId, UnitId> {
        let mut first_of: HashMap<Vec<UnitId>, UnitId> = HashMap::new();
        let mut villages: Vec<UnitId> = self
            .units
            .values()
            .filter(|unit| unit.level == Level::Village)
            .map(|unit| unit.unit_id)
            .collect();
        villages.sort_unstable();
        let piece = |village: UnitId| {
            let first = first_of.entry(self.counted_ever(village));
            (village, *first.or_insert(village))
        };
        villages.into_iter().map(piece).collect()
    }

    /// The village by which a piece is known: the first of those whose work has counted in the same units on every day.
    pub fn piece_of(&self, village: UnitId) -> UnitId {
        self.pieces.get(&village).copied().unwrap_or(village)
    }

    pub fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(&id)
    }

    /// The unit above this one on that day.
    pub fn parent_on(&self, id: UnitId, day: NaiveDate) -> Option<UnitId> {
        self.parents
            .get(&id)?
            .iter()
            .find(|tie| spans(tie.valid_from, tie.valid_to, day))
            .map(|tie| tie.parent_id)
    }

    /// The unit and all above it on that day, lowest first.
    pub fn path_on(&self, id: UnitId, day: NaiveDate) -> Vec<UnitId> {
        let mut path = vec![id];
        while path.len() < DEPTH_MAX
            && let Some(parent) = self.parent_on(path[path.len() - 1], day)
        {
            path.push(parent);
        }
        path
    }

    /// The unit of this level that holds this one on that day; itself if it is of that level.
    pub fn ancestor_on(&self, id: UnitId, level: Level, day: NaiveDate) -> Option<UnitId> {
        self.path_on(id, day)
            .into_iter()
            .find(|id| self.unit(*id).is_some_and(|unit| unit.level == level))
    }

    /// Whether `scope` is `target` or holds it on that day.
    pub fn covers(&self, scope: UnitId, target: UnitId, day: NaiveDate) -> bool {
        self.units.contains_key(&target) && self.path_on(target, day).contains(&scope)
    }

    /// Units directly within this one on that day, by name.
    pub fn children_on(&self, id: UnitId, day: NaiveDate) -> Vec<&Unit> {
        let ties = self
            .children
            .get(&id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut children: Vec<&Unit> = ties
            .iter()
            .filter(|tie| spans(tie.valid_from, tie.valid_to, day))
            .filter_map(|tie| self.unit(tie.unit_id))
            .filter(|unit| unit.is_valid_on(day))
            .collect();
        children
            .sort_by_cached_key(|unit| (vietnamese_sort_key(&natural(&unit.name)), unit.unit_id));
        children
    }

    /// This unit and everything within it on that day.
    pub fn all_within(&self, id: UnitId, day: NaiveDate) -> Vec<UnitId> {
        let mut all = vec![id];
        let mut next = 0;
        while next < all.len() {
            let ties = self
                .children
                .get(&all[next])
                .map(Vec::as_slice)
                .unwrap_or_default();
            all.extend(
                ties.iter()
                    .filter(|tie| spans(tie.valid_from, tie.valid_to, day))
                    .map(|tie| tie.unit_id),
            );
            next += 1;
        }
        all
    }

    /// Units of one level within another on that day, by name. What it costs is what is within, for a country
    /// asks it of each of its communes.
    pub fn within(&self, id: UnitId, level: Level, day: NaiveDate) -> Vec<UnitId> {
        let mut found: Vec<UnitId> = self
            .all_within(id, day)
            .into_iter()
            .filter(|id| self.unit(*id).is_some_and(|unit| unit.level == level))
            .collect();
        found.sort_by_cached_key(|id| self.places.get(id));
        found
    }

    /// This unit and everything that ever is within it, on whatever day, by id.
    pub fn ever_within(&self, id: UnitId) -> Vec<UnitId> {
        let mut all = BTreeSet::from([id]);
        let mut next = vec![id];
        while let Some(id) = next.pop() {
            let ties = self.children.get(&id).into_iter().flatten();
            next.extend(
                ties.map(|tie| tie.unit_id)
                    .filter(|child| all.insert(*child)),
            );
        }
        all.into_iter().collect()
    }

    /// Whether the unit or its place begins or ends after `since`, until `day`.
    pub fn turns_within(&self, id: UnitId, since: NaiveDate, day: NaiveDate) -> bool {
        let unit = self.unit(id).map(|unit| (unit.valid_from, unit.valid_to));
        let ties = self.parents.get(&id).into_iter().flatten();
        let spans = ties.map(|tie| (tie.valid_from, tie.valid_to)).chain(unit);
        spans
            .flat_map(|(from, to)| to.into_iter().chain([from]))
            .any(|turn| since < turn && turn <= day)
    }

    /// The unit that had this official code on that day.
    pub fn by_code(&self, code: &str, day: NaiveDate) -> Option<UnitId> {
        self.units
            .values()
            .find(|unit| unit.code.as_deref() == Some(code) && unit.is_valid_on(day))
            .map(|unit| unit.unit_id)
    }

    /// Units without a parent on that day: the provinces.
    pub fn roots_on(&self, day: NaiveDate) -> Vec<UnitId> {
        self.ordered
            .iter()
            .copied()
            .filter(|id| {
                let unit = &self.units[id];
                unit.level == Level::Province && unit.is_valid_on(day)
            })
            .collect()
    }

    /// The name as a list prints it: a village whose name another village of its commune has too
    /// says which commune it came from.
    pub fn name_on(&self, id: UnitId, day: NaiveDate) -> String {
        let Some(unit) = self.unit(id) else {
            return format!("#{id}");
        };
        match self.former_commune(unit, day) {
            Some(former) => format!("{} ({})", unit.name, former.bare_name()),
            None => unit.name.clone(),
        }
    }

    /// The name and all the names above it: `Thôn 1 (Phước Bình), Xã Bác Ái Tây, Tỉnh Khánh Hòa`.
    pub fn label_on(&self, id: UnitId, day: NaiveDate) -> String {
        let above = self.path_on(id, day);
        let mut label = self.name_on(id, day);
        for parent in above.iter().skip(1).filter_map(|id| self.unit(*id)) {
            label.push_str(", ");
            label.push_str(&parent.name);
        }
        label
    }

    fn former_commune(&self, unit: &Unit, day: NaiveDate) -> Option<&Unit> {
        if unit.level != Level::Village {
            return None;
        }
        let parent = self.parent_on(unit.unit_id, day)?;
        // The commune it belonged to before it came here: most have been nowhere else.
        let came = self
            .parents
            .get(&unit.unit_id)?
            .iter()
            .filter(|tie| tie.parent_id != parent && tie.valid_from < day)
            .max_by_key(|tie| tie.valid_from)?;
        let same_name = |tie: &&Tie| {
            tie.unit_id != unit.unit_id
                && spans(tie.valid_from, tie.valid_to, day)
                && self
                    .unit(tie.unit_id)
                    .is_some_and(|other| other.name == unit.name)
        };
        self.children.get(&parent)?.iter().find(same_name)?;
        self.unit(came.parent_id)
    }

    /// Units whose name holds every word of `query`, marks and case aside, on that day; those whose
    /// name begins with it first. The names above count too: `thon 1 bac ai tay`.
    pub fn search(
        &self,
        query: &str,
        level: Option<Level>,
        scope: Option<UnitId>,
        day: NaiveDate,
    ) -> Vec<UnitId> {
        let query = fold(query);
        let words: Vec<&str> = words_of(&query).collect();
        if words.is_empty() && !query.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(u8, usize, UnitId)> = Vec::new();
        for (position, id) in self.ordered.iter().enumerate() {
            let unit = &self.units[id];
            let fits = unit.is_valid_on(day)
                && level.is_none_or(|level| unit.level == level)
                && scope.is_none_or(|scope| self.covers(scope, *id, day));
            if !fits {
                continue;
            }
            let own = &self.folded[id];
            if let Some(rank) = self.match_rank(*id, own, &query, &words, day) {
                found.push((rank, position, *id));
            }
        }
        found.sort_unstable();
        found.into_iter().map(|(_, _, id)| id).collect()
    }

    fn match_rank(
        &self,
        id: UnitId,
        own: &str,
        query: &str,
        words: &[&str],
        day: NaiveDate,
    ) -> Option<u8> {
        if words.is_empty() {
            return Some(2);
        }
        let bare = self
            .unit(id)
            .map(|unit| fold(unit.bare_name()))
            .unwrap_or_default();
        if bare.starts_with(query) || own.starts_with(query) {
            return Some(0);
        }
        if words
            .iter()
            .all(|word| words_of(own).any(|part| part.starts_with(word)))
        {
            return Some(1);
        }
        let above: Vec<&String> = self
            .path_on(id, day)
            .iter()
            .filter_map(|id| self.folded.get(id))
            .collect();
        let any_above = |word: &&str| {
            above
                .iter()
                .any(|name| words_of(name).any(|part| part.starts_with(*word)))
        };
        let any_own = words
            .iter()
            .any(|word| words_of(own).any(|part| part.starts_with(word)));
        (any_own && words.iter().all(any_above)).then_some(2)
    }
}

/// The words of a folded text; brackets tell two villages of one name apart, and nobody types them.
fn words_of(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Numbers padded, so that Thôn 2 comes before Thôn 10.
fn natural(name: &str) -> String {
    name.split(' ')
        .map(|word| match word.parse::<u32>() {
            Ok(number) => format!("{number:06}"),
            Err(_) => word.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    pub fn unit(id: i32, name: &str, level: Level, from: &str, to: Option<&str>) -> Unit {
        Unit {
            unit_id: UnitId(id),
            code: (level != Level::Village).then(|| id.to_string()),
            valid_from: day(from),
            valid_to: to.map(day),
            name: name.to_owned(),
            level,
            kind: String::new(),
            class: None,
        }
    }

    pub fn tie(unit: i32, parent: i32, from: &str, to: Option<&str>) -> Tie {
        Tie {
            unit_id: UnitId(unit),
            parent_id: UnitId(parent),
            valid_from: day(from),
            valid_to: to.map(day),
        }
    }

    /// Two communes that become one, each with a Thôn 1.
    pub fn merged() -> Geography {
        const THEN: &str = "2020-01-01";
        const MERGER: &str = "2025-07-01";
        Geography::new(
            vec![
                unit(1, "Tỉnh Ninh Thuận", Level::Province, THEN, Some(MERGER)),
                unit(2, "Xã Phước Bình", Level::Commune, THEN, Some(MERGER)),
                unit(3, "Xã Phước Hòa", Level::Commune, THEN, Some(MERGER)),
                unit(4, "Tỉnh Khánh Hòa", Level::Province, MERGER, None),
                unit(5, "Xã Bác Ái Tây", Level::Commune, MERGER, None),
                unit(6, "Thôn 1", Level::Village, THEN, None),
                unit(7, "Thôn 1", Level::Village, THEN, None),
                unit(8, "Thôn 10", Level::Village, THEN, None),
                unit(9, "Thôn 2", Level::Village, THEN, None),
            ],
            vec![
                tie(2, 1, THEN, Some(MERGER)),
                tie(3, 1, THEN, Some(MERGER)),
                tie(5, 4, MERGER, None),
                tie(6, 2, THEN, Some(MERGER)),
                tie(6, 5, MERGER, None),
                tie(7, 3, THEN, Some(MERGER)),
                tie(7, 5, MERGER, None),
                tie(8, 5, MERGER, None),
                tie(9, 5, MERGER, None),
            ],
            Vec::new(),
        )
    }

    #[test]
    fn a_village_stays_itself_while_its_parent_changes() {
        let tree = merged();
        assert_eq!(
            tree.label_on(UnitId(6), day("2025-06-30")),
            "Thôn 1, Xã Phước Bình, Tỉnh Ninh Thuận"
        );
        assert_eq!(
            tree.label_on(UnitId(6), day("2025-07-01")),
            "Thôn 1 (Phước Bình), Xã Bác Ái Tây, Tỉnh Khánh Hòa"
        );
    }

    #[test]
    fn a_right_in_a_unit_reaches_what_is_within_it_on_that_day_and_nothing_else() {
        let tree = merged();
        let today = day("2026-01-01");
        assert!(tree.covers(UnitId(4), UnitId(6), today));
        assert!(tree.covers(UnitId(6), UnitId(6), today));
        assert!(!tree.covers(UnitId(6), UnitId(5), today));
        assert!(!tree.covers(UnitId(1), UnitId(6), today));
        assert!(tree.covers(UnitId(1), UnitId(6), day("2024-01-01")));
        assert!(!tree.covers(UnitId(4), UnitId(99), today));
    }

    #[test]
    fn search_folds_marks_and_knows_the_names_above() {
        let tree = merged();
        let today = day("2026-01-01");
        let found = tree.search("bac ai", None, None, today);
        assert_eq!(found, [UnitId(5)]);
        let found = tree.search("thon 1 bac ai tay", Some(Level::Village), None, today);
        assert_eq!(found[..2], [UnitId(6), UnitId(7)]);
        assert!(tree.search("phuoc binh", None, None, today).is_empty());
        assert!(tree.search("(", None, None, today).is_empty());
        assert!(words_of("thon 1 (phuoc binh)").eq(["thon", "1", "phuoc", "binh"]));
        assert_eq!(
            tree.search("PHƯỚC", None, None, day("2024-01-01")),
            [UnitId(2), UnitId(3)]
        );
    }

    #[test]
    fn villages_are_sorted_by_number() {
        let tree = merged();
        let names: Vec<&str> = tree
            .children_on(UnitId(5), day("2026-01-01"))
            .iter()
            .map(|unit| unit.name.as_str())
            .collect();
        assert_eq!(names, ["Thôn 1", "Thôn 1", "Thôn 2", "Thôn 10"]);
    }
}
