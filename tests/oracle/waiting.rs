//! People who wait for a place: they join, some of them several at the same moment, look what is
//! offered, say yes, no or nothing, and leave.

use chrono::NaiveDate;
use futures_util::future::join_all;
use mobile_contracts::calendar::{local_day, local_day_bounds};
use serde_json::{Value, json};
use uuid::Uuid;

use super::clients::{Client, SERVICE, World};
use super::dice::Dice;
use super::history::{Op, Outcome, Slot};
use super::http::Request;
use super::servers::PROCESSES;
use super::town::{OpenHold, Waiting, helper_of, id_number};

/// Minutes after local midnight at which a slot starts.
fn minute_of(slot: Slot) -> i16 {
    let midnight = local_day_bounds(local_day(slot.starts_at)).start;
    i16::try_from((slot.starts_at - midnight).num_minutes()).unwrap_or(0)
}

/// What somebody waits for.
#[derive(Debug, Clone, Copy)]
struct Wish {
    office_id: i32,
    on: NaiveDate,
    minutes: (i16, i16),
}

impl Wish {
    /// This slot, and now and then those that follow it.
    fn of(slot: Slot, dice: &mut Dice) -> Self {
        const DAY: i16 = 1_440;
        let from = minute_of(slot);
        let span = if dice.percent(60) { 1 } else { 90 };
        Self {
            office_id: slot.office_id,
            on: local_day(slot.starts_at),
            minutes: (from, (from + span).min(DAY)),
        }
    }

    fn op(self) -> Op {
        Op::Join {
            office_id: self.office_id,
            on: self.on,
            minutes: self.minutes,
        }
    }

    fn request(self, citizen: u32, dice: &mut Dice) -> Request {
        let class = ["none", "none", "none", "pregnant", "disabled"][dice.below(5)];
        let body = json!({
            "service_code": SERVICE,
            "office_ids": [self.office_id],
            "from_on": self.on,
            "from_min": self.minutes.0,
            "to_min": self.minutes.1,
            "id_number": id_number(citizen),
            "phone": format!("09{:08}", 10_000_000 + citizen),
            "class": class,
            "device_id": Uuid::new_v4(),
        });
        Request::post("/api/v1/waitlist", body, citizen).by(helper_of(citizen))
    }
}

/// How many have heard of the same slot at the same moment.
const CROWD_MAX: usize = 4;

impl Client {
    /// One of the waitlist's acts: half of them join, the others look and do something about it.
    pub async fn wait(&mut self) {
        match self.dice.below(100) {
            0..45 => self.join().await,
            45..92 => self.look_and_answer().await,
            _ => {
                let waiting = self.world.town.somebody_who_waits(&mut self.dice);
                if let Some(waiting) = waiting {
                    self.leave(&waiting).await;
                }
            }
        }
    }

    /// Joins; one time in three with others, who ask at both processes at once for the same.
    async fn join(&mut self) {
        let slot = self.world.town.wanted_slot(&mut self.dice);
        let wish = Wish::of(slot, &mut self.dice);
        let crowd = if self.dice.percent(33) {
            2 + self.dice.below(CROWD_MAX - 1)
        } else {
            1
        };
        let mut joining = Vec::new();
        for at in 0..crowd {
            let citizen = self.world.town.somebody(&mut self.dice);
            let request = wish.request(citizen, &mut self.dice);
            let mut phone = Self::new(self.number, self.world.clone());
            phone.dice = self.dice.split();
            joining.push(async move {
                let key = Uuid::new_v4();
                let request = request.under(key);
                phone
                    .persist_from(at % PROCESSES, key, &[citizen], &wish.op(), &request)
                    .await;
            });
        }
        join_all(joining).await;
    }

    /// Looks, and says yes to most offers, no to some, and nothing to the others.
    async fn look_and_answer(&mut self) {
        let Some(waiting) = self.world.town.somebody_who_waits(&mut self.dice) else {
            return;
        };
        let entry = waiting.entry;
        let own = waiting.own();
        let who = [waiting.citizen];
        let request = Request::post("/api/v1/waitlist/lookup", own, waiting.citizen);
        let process = self.dice.below(PROCESSES);
        let op = Op::SeeOffer { entry };
        let asked = self.ask(process, Uuid::new_v4(), &who, op, &request);
        let (Outcome::Answered(answer), body) = asked.await else {
            return;
        };
        if !matches!(body["state"].as_str(), Some("waiting" | "offered")) {
            self.world.town.waits_no_more(entry);
            return;
        }
        let Some(offered) = answer.hold else {
            return;
        };
        match self.dice.below(100) {
            0..65 => {
                let token = body["offer"]["hold_token"].as_str();
                let hold = OpenHold {
                    hold: offered.hold,
                    token: token.unwrap_or_default().to_owned(),
                    ends: offered.ends,
                    citizens: who.to_vec(),
                    helper: waiting.helper(),
                };
                self.confirm_honestly(&hold).await;
            }
            65..85 => {
                let path = "/api/v1/waitlist/decline";
                let request = Request::post(path, waiting.own(), waiting.citizen);
                let op = Op::Decline { entry };
                let process = self.dice.below(PROCESSES);
                self.ask(process, Uuid::new_v4(), &who, op, &request).await;
            }
            _ => {}
        }
    }

    pub async fn leave(&mut self, waiting: &Waiting) {
        let request = Request::post("/api/v1/waitlist/leave", waiting.own(), waiting.citizen);
        let op = Op::Leave {
            entry: waiting.entry,
        };
        let first = self.dice.below(PROCESSES);
        self.persist_from(first, Uuid::new_v4(), &[waiting.citizen], &op, &request)
            .await;
        self.world.town.waits_no_more(waiting.entry);
    }
}

impl Waiting {
    fn own(&self) -> Value {
        json!({ "code": self.code, "secret": self.secret })
    }

    /// An offer may be taken without the helper who joined for them.
    fn helper(&self) -> Option<usize> {
        helper_of(self.citizen).filter(|_| self.citizen.is_multiple_of(4))
    }
}

/// Remembers whoever waits from now on.
pub fn remember(world: &World, citizens: &[u32], op: &Op, outcome: &Outcome, body: &Value) {
    let (Op::Join { .. }, Outcome::Answered(answer), [citizen]) = (op, outcome, citizens) else {
        return;
    };
    if let (Some(entry), true) = (answer.entry, answer.status == 201) {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        world.town.waits(Waiting {
            entry,
            citizen: *citizen,
            code: text("code"),
            secret: text("secret"),
        });
    }
}
