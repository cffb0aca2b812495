//! The model. What PostgreSQL does in one transaction is one step; everything between may interleave.

use stateright::{Model, Property};

pub const PEOPLE: usize = 2;
pub const PROCESSES: usize = 2;

/// What is asked of the one place, as built or with one rule left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    AsBuilt,
    /// A claim takes what Redis gave, whatever PostgreSQL knows, and no index stands behind it.
    RedisDecides,
    /// A confirmation is made anew each time it is asked for, and no index minds the citizen.
    NoKeys,
    /// A claim does not look at the token's end.
    EndlessTokens,
    /// A claim does not look at PostgreSQL's own hold.
    RobsHolders,
}

/// A person's hold, by the token that they were given. Whether it has ended, the database says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Token {
    None,
    Good,
    Ended,
}

/// How far a person's confirmation is, as far as they know. They always ask under the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    No,
    /// They wait for this process.
    At(usize),
    /// They asked, and no answer came.
    Unknown,
    Answered(bool),
}

/// What Redis says of the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Free,
    Held(usize),
    Booked,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    pub redis: Field,
    pub sees_redis: [bool; PROCESSES],
    /// The place's pointer.
    pub place: Option<usize>,
    /// PostgreSQL's own hold of the place.
    pub kept: Option<usize>,
    pub tokens: [Token; PEOPLE],
    pub asked: [Asked; PEOPLE],
    /// Transactions that have begun and may still commit, whether or not somebody waits for them.
    pub under_way: [[bool; PROCESSES]; PEOPLE],
    /// The saved answer of each one's key.
    pub answers: [Option<bool>; PEOPLE],
    /// Live appointments of each.
    pub appointments: [u8; PEOPLE],
    /// Somebody was given the place with a token that had run out.
    pub took_with_ended: bool,
    /// Somebody was given a place that PostgreSQL held for another.
    pub robbed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    Hold {
        person: usize,
        process: usize,
    },
    RunOut {
        person: usize,
    },
    Ask {
        person: usize,
        process: usize,
    },
    /// A person waits no longer; what they asked for goes on.
    GiveUp {
        person: usize,
    },
    /// The transaction of a confirmation; its answer may be lost on the way.
    Commit {
        person: usize,
        process: usize,
        answer_arrives: bool,
    },
    /// With everything that it was about to commit.
    Die {
        process: usize,
    },
    Forget,
    LoseSight {
        process: usize,
    },
    SeeAgain {
        process: usize,
    },
    /// Redis hears what was committed.
    Mirror,
}

pub struct Booking(pub Rules);

impl Model for Booking {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            redis: Field::Free,
            sees_redis: [true; PROCESSES],
            place: None,
            kept: None,
            tokens: [Token::None; PEOPLE],
            asked: [Asked::No; PEOPLE],
            under_way: [[false; PROCESSES]; PEOPLE],
            answers: [None; PEOPLE],
            appointments: [0; PEOPLE],
            took_with_ended: false,
            robbed: false,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for person in 0..PEOPLE {
            for process in 0..PROCESSES {
                actions.push(Action::Hold { person, process });
                actions.push(Action::Ask { person, process });
                for answer_arrives in [true, false] {
                    actions.push(Action::Commit {
                        person,
                        process,
                        answer_arrives,
                    });
                }
            }
            actions.push(Action::RunOut { person });
            actions.push(Action::GiveUp { person });
        }
        for process in 0..PROCESSES {
            actions.push(Action::Die { process });
            actions.push(if state.sees_redis[process] {
                Action::LoseSight { process }
            } else {
                Action::SeeAgain { process }
            });
        }
        actions.extend([Action::Forget, Action::Mirror]);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        match action {
            Action::Hold { person, process } => next.hold(person, process)?,
            Action::RunOut { person } => next.run_out(person)?,
            Action::Ask { person, process } => next.ask(person, process)?,
            Action::GiveUp { person } => match state.asked[person] {
                Asked::At(_) => next.asked[person] = Asked::Unknown,
                _ => return None,
            },
            Action::Commit {
                person,
                process,
                answer_arrives,
            } => {
                if !std::mem::take(&mut next.under_way[person][process]) {
                    return None;
                }
                let answer = next.confirm(person, self.0);
                if state.asked[person] == Asked::At(process) {
                    next.asked[person] = if answer_arrives {
                        Asked::Answered(answer)
                    } else {
                        Asked::Unknown
                    };
                }
            }
            Action::Die { process } => {
                for person in 0..PEOPLE {
                    next.under_way[person][process] = false;
                    if state.asked[person] == Asked::At(process) {
                        next.asked[person] = Asked::Unknown;
                    }
                }
            }
            Action::Forget => next.redis = Field::Free,
            Action::LoseSight { process } => next.sees_redis[process] = false,
            Action::SeeAgain { process } => next.sees_redis[process] = true,
            Action::Mirror => {
                if state.place.is_some() {
                    next.redis = Field::Booked;
                } else if let Some(person) = state.kept {
                    next.redis = Field::Held(person);
                }
            }
        }
        (next != *state).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("a place is one person's", |_, state: &State| {
                state.appointments.iter().sum::<u8>() <= 1
            }),
            Property::always("who was told yes has it", |_, state: &State| {
                (0..PEOPLE).all(|person| {
                    state.asked[person] != Asked::Answered(true)
                        || (state.appointments[person] == 1 && state.place == Some(person))
                })
            }),
            Property::always("who was told no has nothing", |_, state: &State| {
                (0..PEOPLE).all(|person| {
                    state.asked[person] != Asked::Answered(false) || state.appointments[person] == 0
                })
            }),
            Property::always("an ended token takes nothing", |_, state: &State| {
                !state.took_with_ended
            }),
            Property::always("what PostgreSQL holds is not taken", |_, state: &State| {
                !state.robbed
            }),
            Property::sometimes(
                "two hold the place that Redis forgot",
                |_, state: &State| state.tokens == [Token::Good; PEOPLE] && state.place.is_none(),
            ),
            Property::sometimes("the slower of two is refused", |_, state: &State| {
                state.asked == [Asked::Answered(true), Asked::Answered(false)]
            }),
            Property::sometimes(
                "a lost answer waits to be given again",
                |_, state: &State| {
                    state.asked[0] == Asked::Unknown && state.answers[0] == Some(true)
                },
            ),
            Property::sometimes(
                "a place goes on when its hold has run out",
                |_, state: &State| {
                    state.asked == [Asked::Answered(false), Asked::Answered(true)]
                        && state.tokens[0] == Token::Ended
                },
            ),
        ]
    }
}

impl State {
    /// Whether PostgreSQL's hold is somebody else's.
    fn is_kept_for_another(&self, person: usize) -> bool {
        self.kept.is_some_and(|holder| holder != person)
    }

    /// One call of the script, or, for a process that does not see Redis, one statement.
    fn hold(&mut self, person: usize, process: usize) -> Option<()> {
        if self.tokens[person] == Token::Good || self.asked[person] != Asked::No {
            return None;
        }
        if self.sees_redis[process] {
            let is_free = match self.redis {
                Field::Free => true,
                Field::Held(holder) => self.tokens[holder] != Token::Good,
                Field::Booked => false,
            };
            is_free.then(|| self.redis = Field::Held(person))?;
        } else {
            let is_free = self.place.is_none() && !self.is_kept_for_another(person);
            is_free.then(|| self.kept = Some(person))?;
        }
        self.tokens[person] = Token::Good;
        Some(())
    }

    fn run_out(&mut self, person: usize) -> Option<()> {
        if self.tokens[person] != Token::Good {
            return None;
        }
        self.tokens[person] = Token::Ended;
        self.kept = self.kept.filter(|holder| *holder != person);
        Some(())
    }

    /// Asks a process to confirm; after no answer the same again, here or there.
    fn ask(&mut self, person: usize, process: usize) -> Option<()> {
        let may_ask = matches!(self.asked[person], Asked::No | Asked::Unknown);
        if !may_ask || self.tokens[person] == Token::None {
            return None;
        }
        self.asked[person] = Asked::At(process);
        self.under_way[person][process] = true;
        Some(())
    }

    /// The one transaction: the key, the claim, the appointment, the saved answer.
    fn confirm(&mut self, person: usize, rules: Rules) -> bool {
        if let Some(answer) = self.answers[person]
            && rules != Rules::NoKeys
        {
            return answer;
        }
        let in_time = self.tokens[person] == Token::Good;
        let is_taken = self.place.is_some_and(|holder| {
            // Without keys there is no index of citizens either: one's own place is no obstacle.
            holder != person || rules != Rules::NoKeys
        });
        let is_kept = self.is_kept_for_another(person);
        let takes = match rules {
            Rules::RedisDecides => in_time,
            Rules::EndlessTokens => !is_taken && !is_kept,
            Rules::RobsHolders => in_time && !is_taken,
            Rules::AsBuilt | Rules::NoKeys => in_time && !is_taken && !is_kept,
        };
        if takes {
            self.took_with_ended |= !in_time;
            self.robbed |= is_kept;
            self.place = Some(person);
            self.kept = None;
            // Two are as wrong as ten, and the states stay few.
            self.appointments[person] = (self.appointments[person] + 1).min(2);
        }
        self.answers[person] = Some(takes);
        takes
    }
}
