//! Everything that was asked and answered, in order, kept in memory for the checker and appended to
//! a file for people. A call whose answer never came stays in it as unknown.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

/// Milliseconds since the run began.
pub type Ms = u64;

/// A slot: its office and its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Slot {
    pub office_id: i32,
    pub starts_at: DateTime<Utc>,
}

/// A numbered place of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Seat {
    pub slot: Slot,
    pub place_no: i16,
}

/// How a confirmation is made to deserve a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trick {
    /// None: it is honest.
    Honest,
    /// A letter of the token is another.
    Forged,
    /// The token was given for somebody else.
    Foreign,
    /// A helper's token, used without the helper.
    WithoutHelper,
    /// The token has run out.
    Ended,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    Hold {
        slot: Slot,
        vouched: bool,
        for_move: bool,
    },
    Release {
        hold: Uuid,
    },
    Confirm {
        hold: Uuid,
        /// When the token runs out.
        ends: Ms,
        trick: Trick,
    },
    Move {
        appointment: Uuid,
        hold: Uuid,
        to: Slot,
        ends: Ms,
    },
    Cancel {
        appointment: Uuid,
    },
    /// Waits at an office for slots that start between two minutes of a local day.
    Join {
        office_id: i32,
        on: NaiveDate,
        minutes: (i16, i16),
    },
    /// Looks whether something is offered.
    SeeOffer {
        entry: Uuid,
    },
    Decline {
        entry: Uuid,
    },
    Leave {
        entry: Uuid,
    },
    /// An old key with another body.
    ReuseKey {
        of: Uuid,
    },
    /// Looking at what is free.
    Look {
        slot: Slot,
    },
}

impl Op {
    /// Whether the server keeps its answer under the caller's key.
    pub fn is_keyed(&self) -> bool {
        matches!(
            self,
            Self::Confirm { .. } | Self::Move { .. } | Self::Join { .. }
        )
    }
}

/// One try of an operation: the same key may be tried often.
#[derive(Debug, Clone, Serialize)]
pub struct Call {
    pub client: u16,
    /// Which of the processes was asked.
    pub process: usize,
    #[serde(flatten)]
    pub op: Op,
    /// Idempotency key, or the client's own number for what has none.
    pub key: Uuid,
    /// For whom, by number.
    pub citizens: Vec<u32>,
    pub invoked: Ms,
    pub returned: Option<Ms>,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Under way.
    Pending,
    Answered(Answer),
    /// Nobody knows: no answer came, or one that says so.
    Info(String),
}

/// An answer that says what became of the call.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Answer {
    pub status: u16,
    /// Of a refusal.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub slug: String,
    /// Of the body, less what may differ between replays.
    pub digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<Held>,
    /// One a citizen, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub booked: Vec<Booked>,
    /// Of the waitlist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Uuid>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    pub hold: Uuid,
    pub ends: Ms,
    pub seats: Vec<Seat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Booked {
    pub appointment: Uuid,
    pub seat: Seat,
}

impl Call {
    pub fn answer(&self) -> Option<&Answer> {
        match &self.outcome {
            Outcome::Answered(answer) => Some(answer),
            Outcome::Pending | Outcome::Info(_) => None,
        }
    }

    pub fn is_ok(&self) -> bool {
        self.answer()
            .is_some_and(|answer| (200..300).contains(&answer.status))
    }

    /// The answer of the key itself: it stands for ever. "Later" and "sign in" do not.
    pub fn lasting(&self) -> Option<&Answer> {
        self.answer()
            .filter(|answer| matches!(answer.status, 200..=299 | 404 | 409 | 410 | 422))
    }
}

/// Where calls are written down.
pub struct History {
    started: Instant,
    started_at: DateTime<Utc>,
    calls: Mutex<Vec<Call>>,
    file: Mutex<BufWriter<File>>,
}

impl History {
    pub fn begin(path: &Path) -> Self {
        let file = File::create(path).expect("a file for the history");
        Self {
            started: Instant::now(),
            started_at: api::clock::Clock::default().now(),
            calls: Mutex::default(),
            file: Mutex::new(BufWriter::new(file)),
        }
    }

    pub fn now(&self) -> Ms {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(Ms::MAX)
    }

    /// A time of the wall clock as one of this run; before the run is its beginning.
    pub fn at(&self, time: DateTime<Utc>) -> Ms {
        (time - self.started_at)
            .num_milliseconds()
            .max(0)
            .unsigned_abs()
    }

    /// Writes down that something is asked, before it is.
    pub fn invoke(
        &self,
        client: u16,
        process: usize,
        key: Uuid,
        citizens: &[u32],
        op: Op,
    ) -> usize {
        let call = Call {
            client,
            process,
            op,
            key,
            citizens: citizens.to_vec(),
            invoked: self.now(),
            returned: None,
            outcome: Outcome::Pending,
        };
        self.append(call.invoked, "invoke", &call);
        let mut calls = self.calls.lock().expect("the history is whole");
        calls.push(call);
        calls.len() - 1
    }

    /// Writes down what was answered.
    pub fn complete(&self, number: usize, outcome: Outcome) {
        let now = self.now();
        let call = {
            let mut calls = self.calls.lock().expect("the history is whole");
            let call = &mut calls[number];
            call.returned = Some(now);
            call.outcome = outcome;
            call.clone()
        };
        let word = match &call.outcome {
            Outcome::Answered(answer) if answer.status < 300 => "ok",
            Outcome::Answered(_) => "fail",
            Outcome::Pending | Outcome::Info(_) => "info",
        };
        self.append(now, word, &call);
    }

    fn append(&self, t: Ms, event: &str, call: &Call) {
        let line = line(t, event, call);
        let mut file = self.file.lock().expect("the file is whole");
        writeln!(file, "{line}").expect("the history can be written");
    }

    /// All calls so far.
    pub fn calls(&self) -> Vec<Call> {
        let mut file = self.file.lock().expect("the file is whole");
        file.flush().expect("the history can be written");
        self.calls.lock().expect("the history is whole").clone()
    }

    /// Looks at the calls where they are.
    pub fn with<T>(&self, look: impl FnOnce(&[Call]) -> T) -> T {
        look(&self.calls.lock().expect("the history is whole"))
    }
}

/// One line of the file.
pub fn line(t: Ms, event: &str, call: &Call) -> String {
    let mut value = serde_json::to_value(call).expect("a call can be written");
    if let Some(object) = value.as_object_mut() {
        object.insert("t".to_owned(), t.into());
        object.insert("event".to_owned(), event.into());
        if event == "invoke" {
            object.remove("outcome");
            object.remove("returned");
        }
    }
    value.to_string()
}
