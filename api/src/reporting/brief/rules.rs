//! What of a day is worth a line. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use mobile_contracts::ids::UnitId;

/// Days without a step after which a unit has stalled: a weekend alone is none.
pub const STALLED_DAYS: i64 = 3;
/// How far back steps are looked for.
pub const LOOK_BACK: Days = Days::new(14);
/// Days within which level 2 is activated after its approval.
const ACTIVATION_DAYS: i64 = 7;
/// The seven days end so soon that somebody must go tomorrow.
const SOON_DAYS: i64 = 2;
/// For so long after they ended they are still told.
const PAST_DAYS: i64 = 7;
/// Units of a kind that are told by name where they did most.
const LEADERS: usize = 3;
const CLIMBERS: usize = 2;
/// Units that are told by name where most phones are silent; the others are summed.
const SILENT_TOLD: usize = 3;
/// So many units with unsent records come before the silent ones, and so many doubts before the targets: a message has
/// room for the first lines alone.
const UNSENT_FIRST: usize = 2;
const DOUBTS_FIRST: usize = 3;

/// Approved and not activated: the days of approval that a brief of this day asks about.
pub fn approvals(on: NaiveDate) -> (NaiveDate, NaiveDate) {
    let days = |n: i64| Days::new(n.unsigned_abs());
    (
        on - days(ACTIVATION_DAYS + PAST_DAYS),
        on - days(ACTIVATION_DAYS - SOON_DAYS),
    )
}

/// Steps of one unit on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worked {
    pub unit: UnitId,
    pub on: NaiveDate,
    pub steps: i64,
    pub activated: i64,
}

/// A rank the day before, and on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked {
    pub unit: UnitId,
    pub before: u32,
    pub now: u32,
}

/// More people than a unit's target: one of the two is wrong, and the target more often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    pub unit: UnitId,
    pub count: i64,
    pub target: i64,
}

/// Phones of a unit's people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Phones {
    pub all: i64,
    /// Did not say how they fare for days.
    pub silent: i64,
    /// Said that something waits on them.
    pub waiting: i64,
    pub unsent: i64,
    pub oldest_on: Option<NaiveDate>,
}

/// What of a unit's numbers is in question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Doubts {
    pub signals: i64,
    pub held: i64,
    /// Months and stages that are apart from the police's.
    pub apart: i64,
    /// Lots that failed in call-back sampling, and that nobody has released.
    pub failed: i64,
    /// Lots of which too few could be reached to say anything.
    pub undecided: i64,
}

impl Doubts {
    fn sum(self) -> i64 {
        self.to_judge() + self.failed + self.undecided
    }

    /// What somebody settles by looking at it; a lot asks for more.
    fn to_judge(self) -> i64 {
        self.signals + self.held + self.apart
    }

    fn add(&mut self, other: &Self) {
        self.signals += other.signals;
        self.held += other.held;
        self.apart += other.apart;
        self.failed += other.failed;
        self.undecided += other.undecided;
    }
}

/// People of a village who were approved on a day, and have not activated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approved {
    pub village: UnitId,
    pub on: NaiveDate,
    pub people: i64,
}

/// The places of a day, at the offices of a unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Places {
    pub freed: i64,
    pub refilled: i64,
    pub missed: i64,
    pub tomorrow: i64,
}

/// All that a brief is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    pub on: NaiveDate,
    /// The units that are compared, by name.
    pub units: Vec<UnitId>,
    pub worked: Vec<Worked>,
    pub ranked: Vec<Ranked>,
    pub passed: Vec<Passed>,
    pub phones: BTreeMap<UnitId, Phones>,
    pub doubts: BTreeMap<UnitId, Doubts>,
    pub approved: Vec<Approved>,
    pub places: Places,
    /// Tasks of the register that are due by tomorrow.
    pub tasks: i64,
}

/// One line before it is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Worked {
        unit: UnitId,
        steps: i64,
        activated: i64,
    },
    /// Nobody recorded anything on the day; the last day on which somebody did.
    LastWorked {
        on: NaiveDate,
        steps: i64,
    },
    Ranked(Ranked),
    /// Days since its last step; `None`: further back than anybody looks.
    Still {
        unit: UnitId,
        days: Option<i64>,
    },
    /// Not one unit of so many did anything for as long as is looked back.
    AllStill {
        units: usize,
    },
    Unsent {
        unit: UnitId,
        phones: Phones,
    },
    Silent {
        unit: UnitId,
        phones: Phones,
    },
    /// Of the units that are not told by name.
    OthersSilent {
        units: usize,
        silent: i64,
        all: i64,
    },
    NoPhones,
    Doubt {
        unit: UnitId,
        doubts: Doubts,
    },
    Passed(Passed),
    Waiting {
        village: UnitId,
        people: i64,
        /// Until the seven days end; negative: since they ended.
        days_left: i64,
    },
    Freed(Places),
    Missed {
        missed: i64,
    },
    Todo(Todo),
}

/// What is to be done tomorrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Todo {
    Remind { people: i64, villages: usize },
    AskStill { units: usize },
    Send { units: usize, unsent: i64 },
    CallSilent { units: usize, phones: i64 },
    Recount { lots: i64 },
    Revisit { lots: i64 },
    Judge(Doubts),
    CheckTargets { units: usize },
    Tasks { tasks: i64 },
    Visitors { booked: i64 },
}

/// Which part of a brief.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Moved,
    Stalled,
    Stale,
    Doubtful,
    SevenDays,
    Places,
    Tomorrow,
}

impl Part {
    pub const ALL: [Self; 7] = [
        Self::Moved,
        Self::Stalled,
        Self::Stale,
        Self::Doubtful,
        Self::SevenDays,
        Self::Places,
        Self::Tomorrow,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Stalled => "stalled",
            Self::Stale => "stale",
            Self::Doubtful => "doubtful",
            Self::SevenDays => "seven_days",
            Self::Places => "places",
            Self::Tomorrow => "tomorrow",
        }
    }
}

impl Facts {
    /// Steps and activations of a day.
    pub fn sum(&self, on: NaiveDate) -> (i64, i64) {
        let of_day = self.worked.iter().filter(|worked| worked.on == on);
        of_day.fold((0, 0), |sum, worked| {
            (sum.0 + worked.steps, sum.1 + worked.activated)
        })
    }

    pub fn items(&self, part: Part) -> Vec<Item> {
        match part {
            Part::Moved => self.moved(),
            Part::Stalled => self.stalled(),
            Part::Stale => self.stale(),
            Part::Doubtful => self.doubtful(),
            Part::SevenDays => self.waiting(),
            Part::Places => self.of_places(),
            Part::Tomorrow => self.tomorrow(),
        }
    }

    fn moved(&self) -> Vec<Item> {
        let mut today: Vec<&Worked> = self.worked.iter().collect();
        today.retain(|worked| worked.on == self.on && worked.steps > 0);
        today.sort_by_key(|worked| Reverse(worked.steps));
        let mut items: Vec<Item> = today
            .into_iter()
            .take(LEADERS)
            .map(|worked| Item::Worked {
                unit: worked.unit,
                steps: worked.steps,
                activated: worked.activated,
            })
            .collect();
        if items.is_empty() {
            let last = self.worked.iter().filter(|worked| worked.on < self.on);
            if let Some(on) = last.map(|worked| worked.on).max() {
                let (steps, _) = self.sum(on);
                items.push(Item::LastWorked { on, steps });
            }
        }
        let by = |ranked: &&Ranked| i64::from(ranked.before) - i64::from(ranked.now);
        let mut climbed: Vec<&Ranked> = self.ranked.iter().filter(|own| by(own) > 0).collect();
        climbed.sort_by_key(|own| Reverse(by(own)));
        let mut fell: Vec<&Ranked> = self.ranked.iter().filter(|own| by(own) < 0).collect();
        fell.sort_by_key(by);
        let told = climbed.into_iter().take(CLIMBERS);
        let told = told.chain(fell.into_iter().take(CLIMBERS));
        items.extend(told.map(|own| Item::Ranked(*own)));
        items
    }

    fn stalled(&self) -> Vec<Item> {
        if self.units.is_empty() {
            return Vec::new();
        }
        if self.worked.is_empty() {
            return vec![Item::AllStill {
                units: self.units.len(),
            }];
        }
        let mut last: BTreeMap<UnitId, NaiveDate> = BTreeMap::new();
        for worked in self.worked.iter().filter(|worked| worked.steps > 0) {
            let on = last.entry(worked.unit).or_insert(worked.on);
            *on = worked.on.max(*on);
        }
        let days = |unit: &UnitId| last.get(unit).map(|on| (self.on - *on).num_days());
        let mut still: Vec<(UnitId, Option<i64>)> =
            self.units.iter().map(|unit| (*unit, days(unit))).collect();
        still.retain(|(_, days)| days.is_none_or(|days| days >= STALLED_DAYS));
        still.sort_by_key(|(_, days)| Reverse(days.unwrap_or(i64::MAX)));
        let still = still.into_iter();
        still
            .map(|(unit, days)| Item::Still { unit, days })
            .collect()
    }

    fn stale(&self) -> Vec<Item> {
        let silent = match self.phones.values().any(|phones| phones.all > 0) {
            true => self.silent(),
            false => vec![Item::NoPhones],
        };
        put_after(UNSENT_FIRST, self.unsent(), silent)
    }

    fn unsent(&self) -> Vec<Item> {
        let mut unsent: Vec<(UnitId, Phones)> = self.phones.iter().map(|(k, v)| (*k, *v)).collect();
        unsent.retain(|(_, phones)| phones.unsent > 0);
        unsent.sort_by_key(|(_, phones)| Reverse(phones.unsent));
        let unsent = unsent.into_iter();
        unsent
            .map(|(unit, phones)| Item::Unsent { unit, phones })
            .collect()
    }

    /// Where most are silent by name, and all others as one.
    fn silent(&self) -> Vec<Item> {
        let mut silent: Vec<(UnitId, Phones)> = self.phones.iter().map(|(k, v)| (*k, *v)).collect();
        silent.retain(|(_, phones)| phones.silent > 0);
        silent.sort_by_key(|(_, phones)| Reverse(phones.silent));
        let others = silent.split_off(silent.len().min(SILENT_TOLD));
        let mut items: Vec<Item> = silent
            .into_iter()
            .map(|(unit, phones)| Item::Silent { unit, phones })
            .collect();
        if !others.is_empty() {
            items.push(Item::OthersSilent {
                units: others.len(),
                silent: others.iter().map(|(_, phones)| phones.silent).sum(),
                all: others.iter().map(|(_, phones)| phones.all).sum(),
            });
        }
        items
    }

    fn doubtful(&self) -> Vec<Item> {
        let mut doubts: Vec<(UnitId, Doubts)> = self.doubts.iter().map(|(k, v)| (*k, *v)).collect();
        doubts.retain(|(_, doubts)| doubts.sum() > 0);
        // A lot that failed puts a week's work in doubt, a signal one person's.
        doubts.sort_by_key(|(_, doubts)| Reverse((doubts.failed, doubts.sum())));
        let doubts = doubts
            .into_iter()
            .map(|(unit, doubts)| Item::Doubt { unit, doubts })
            .collect();
        let mut passed = self.passed.clone();
        passed.sort_by_key(|passed| Reverse(passed.count - passed.target));
        let passed = passed.into_iter().map(Item::Passed).collect();
        put_after(DOUBTS_FIRST, doubts, passed)
    }

    fn waiting(&self) -> Vec<Item> {
        let mut waiting: BTreeMap<(i64, UnitId), i64> = BTreeMap::new();
        for approved in &self.approved {
            let days_left = ACTIVATION_DAYS - (self.on - approved.on).num_days();
            if (-PAST_DAYS..=SOON_DAYS).contains(&days_left) {
                *waiting.entry((days_left, approved.village)).or_default() += approved.people;
            }
        }
        // Who can still make it comes first.
        let (past, soon): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .map(|((days_left, village), people)| Item::Waiting {
                village,
                people,
                days_left,
            })
            .partition(|item| matches!(item, Item::Waiting { days_left, .. } if *days_left < 0));
        soon.into_iter().chain(past.into_iter().rev()).collect()
    }

    fn of_places(&self) -> Vec<Item> {
        let mut items = Vec::new();
        if self.places.freed > 0 {
            items.push(Item::Freed(self.places));
        }
        if self.places.missed > 0 {
            items.push(Item::Missed {
                missed: self.places.missed,
            });
        }
        items
    }

    fn tomorrow(&self) -> Vec<Item> {
        let mut doubts = Doubts::default();
        for own in self.doubts.values() {
            doubts.add(own);
        }
        let all = [
            self.to_remind(),
            self.to_ask(),
            self.to_send(),
            self.to_call(),
            (doubts.failed > 0).then_some(Todo::Recount {
                lots: doubts.failed,
            }),
            (doubts.undecided > 0).then_some(Todo::Revisit {
                lots: doubts.undecided,
            }),
            (doubts.to_judge() > 0).then_some(Todo::Judge(Doubts {
                failed: 0,
                undecided: 0,
                ..doubts
            })),
            (!self.passed.is_empty()).then_some(Todo::CheckTargets {
                units: self.passed.len(),
            }),
            (self.tasks > 0).then_some(Todo::Tasks { tasks: self.tasks }),
            (self.places.tomorrow > 0).then_some(Todo::Visitors {
                booked: self.places.tomorrow,
            }),
        ];
        all.into_iter().flatten().map(Item::Todo).collect()
    }

    fn to_remind(&self) -> Option<Todo> {
        let waiting = self.waiting();
        let waiting = waiting.iter().filter_map(|item| match item {
            Item::Waiting {
                village, people, ..
            } => Some((*village, *people)),
            _ => None,
        });
        let (mut villages, mut people) = (BTreeSet::new(), 0);
        for (village, own) in waiting {
            villages.insert(village);
            people += own;
        }
        (people > 0).then_some(Todo::Remind {
            people,
            villages: villages.len(),
        })
    }

    fn to_ask(&self) -> Option<Todo> {
        let units = match &self.stalled()[..] {
            [Item::AllStill { units }] => *units,
            still => still.len(),
        };
        (units > 0).then_some(Todo::AskStill { units })
    }

    fn to_send(&self) -> Option<Todo> {
        let senders = self.phones.values().filter(|phones| phones.unsent > 0);
        let unsent: i64 = senders.clone().map(|phones| phones.unsent).sum();
        (unsent > 0).then_some(Todo::Send {
            units: senders.count(),
            unsent,
        })
    }

    fn to_call(&self) -> Option<Todo> {
        let silent = self.phones.values().filter(|phones| phones.silent > 0);
        let phones: i64 = silent.clone().map(|phones| phones.silent).sum();
        (phones > 0).then_some(Todo::CallSilent {
            units: silent.count(),
            phones,
        })
    }
}

/// The first few items, then the others, then the rest.
fn put_after(first: usize, mut items: Vec<Item>, others: Vec<Item>) -> Vec<Item> {
    let rest = items.split_off(items.len().min(first));
    items.extend(others);
    items.extend(rest);
    items
}

#[cfg(test)]
mod tests;
