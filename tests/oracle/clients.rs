//! Phones: each tries one thing after another, asks again under the same key when no answer comes,
//! and now and then tries what it must not be given.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::dice::Dice;
use super::helpers::Helpers;
use super::history::{Answer, History, Op, Outcome, Slot, Trick};
use super::http::{self, Http, Request, Response};
use super::servers::PROCESSES;
use super::town::{Known, OldKey, OpenHold, Town, helper_of, id_number};
use super::waiting;

pub const SERVICE: &str = "cccd_new";

/// What all clients share.
pub struct World {
    pub seed: u64,
    pub http: Http,
    pub history: History,
    pub helpers: Helpers,
    pub town: Town,
    /// What was sent under each key, so that it can be sent again until it is settled.
    pub sent: Mutex<HashMap<Uuid, Request>>,
    pub stop: AtomicBool,
}

impl World {
    pub fn is_over(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}

/// Pauses between two tries of the same key.
const RETRY_AFTER_MS: [u64; 3] = [150, 400, 900];
/// Longest that a person thinks.
const THINK_MS: u64 = 240;

pub struct Client {
    pub number: u16,
    pub world: Arc<World>,
    pub dice: Dice,
}

impl Client {
    pub fn new(number: u16, world: Arc<World>) -> Self {
        let dice = Dice::of(world.seed, u64::from(number) + 1);
        Self {
            number,
            world,
            dice,
        }
    }

    pub async fn live(mut self) {
        while !self.world.is_over() {
            self.act().await;
            let think = self.dice.between(0, THINK_MS);
            tokio::time::sleep(Duration::from_millis(think)).await;
        }
    }

    /// The mix: hold 45 %, confirm 25 %, cancel 8 %, reschedule 7 %, an old key again 5 %, the
    /// waitlist 5 %, a hold that is left 5 %.
    async fn act(&mut self) {
        match self.dice.below(100) {
            0..45 => {
                let hold = self.hold().await;
                if let Some(hold) = hold {
                    self.world.town.held(hold);
                }
            }
            45..70 => self.confirm().await,
            70..78 => self.cancel().await,
            78..85 => self.reschedule().await,
            85..90 => self.use_old_key().await,
            90..95 => self.wait().await,
            _ => self.leave_a_hold().await,
        }
    }

    /// Asks once, and writes down both.
    pub async fn ask(
        &mut self,
        process: usize,
        key: Uuid,
        citizens: &[u32],
        op: Op,
        request: &Request,
    ) -> (Outcome, Value) {
        let world = self.world.clone();
        let session = request.helper.map(|helper| world.helpers.session(helper));
        let number = world
            .history
            .invoke(self.number, process, key, citizens, op.clone());
        let response = world.http.send(process, request, session.as_deref()).await;
        let outcome = http::outcome(&world.history, &response);
        world.history.complete(number, outcome.clone());
        let body = response.map_or(Value::Null, |Response { body, .. }| body);
        waiting::remember(&world, citizens, &op, &outcome, &body);
        (outcome, body)
    }

    /// Asks under one key until there is an answer, a few times, of one process and of the other.
    /// What stays unknown is settled at the end.
    async fn persist(
        &mut self,
        key: Uuid,
        citizens: &[u32],
        op: &Op,
        request: &Request,
    ) -> Option<(Answer, Value)> {
        let first = self.process();
        self.persist_from(first, key, citizens, op, request).await
    }

    /// The same, and says which process is asked first.
    pub async fn persist_from(
        &mut self,
        first: usize,
        key: Uuid,
        citizens: &[u32],
        op: &Op,
        request: &Request,
    ) -> Option<(Answer, Value)> {
        let sent = request.clone();
        self.world.sent.lock().expect("whole").insert(key, sent);
        for (tries, pause) in RETRY_AFTER_MS.into_iter().enumerate() {
            let process = (first + tries) % PROCESSES;
            let asked = self.ask(process, key, citizens, op.clone(), request).await;
            if let (Outcome::Answered(answer), body) = asked {
                return Some((answer, body));
            }
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        None
    }

    fn process(&mut self) -> usize {
        self.dice.below(PROCESSES)
    }

    async fn hold(&mut self) -> Option<OpenHold> {
        let mut citizens = vec![self.world.town.somebody(&mut self.dice)];
        while self.dice.percent(if citizens.len() == 1 { 6 } else { 40 }) && citizens.len() < 4 {
            let other = self.world.town.somebody(&mut self.dice);
            if !citizens.contains(&other) {
                citizens.push(other);
            }
        }
        let slot = self.world.town.wanted_slot(&mut self.dice);
        self.hold_for(slot, &citizens, helper_of(citizens[0])).await
    }

    async fn hold_for(
        &mut self,
        slot: Slot,
        citizens: &[u32],
        helper: Option<usize>,
    ) -> Option<OpenHold> {
        let process = self.process();
        self.hold_at(process, slot, citizens, helper).await
    }

    async fn hold_at(
        &mut self,
        process: usize,
        slot: Slot,
        citizens: &[u32],
        helper: Option<usize>,
    ) -> Option<OpenHold> {
        let id_numbers: Vec<String> = citizens.iter().map(|who| id_number(*who)).collect();
        let body = hold_body(slot, json!({ "id_numbers": id_numbers }));
        let request = Request::post("/api/v1/holds", body, citizens[0]).by(helper);
        let op = Op::Hold {
            slot,
            vouched: helper.is_some(),
            for_move: false,
        };
        let asked = self.ask(process, Uuid::new_v4(), citizens, op, &request);
        let (outcome, body) = asked.await;
        open_hold(&outcome, &body, citizens, helper)
    }

    async fn confirm(&mut self) {
        let now = self.world.history.now();
        let trick = match self.dice.below(100) {
            0..3 => Trick::Forged,
            3..6 => Trick::Foreign,
            6..9 => Trick::WithoutHelper,
            9..13 => Trick::Ended,
            _ => Trick::Honest,
        };
        let hold = match trick {
            Trick::Ended => self.world.town.take_ended_hold(now),
            _ => self.world.town.take_hold(&mut self.dice, now),
        };
        let hold = match hold {
            Some(hold) => Some(hold),
            None if trick == Trick::Ended => None,
            None => self.hold().await,
        };
        match hold {
            Some(hold) if trick == Trick::Honest => self.confirm_honestly(&hold).await,
            Some(hold) => self.confirm_by_trick(hold, trick).await,
            None => {}
        }
    }

    /// Confirms, and remembers what was booked.
    pub async fn confirm_honestly(&mut self, hold: &OpenHold) {
        let key = Uuid::new_v4();
        let op = Op::Confirm {
            hold: hold.hold,
            ends: hold.ends,
            trick: Trick::Honest,
        };
        let request = confirm_request(&hold.token, &hold.citizens, hold.helper).under(key);
        let settled = self.persist(key, &hold.citizens, &op, &request).await;
        let Some((answer, body)) = settled else {
            return;
        };
        let was_done = answer.status == 201;
        if answer.slug == "cancelled-often" {
            self.world.town.give_up(&hold.citizens);
        }
        if was_done {
            for known in known_of(&answer, &body, &hold.citizens) {
                let now = self.world.history.now();
                self.world.town.booked(known, now);
            }
        }
        self.world.town.remember_key(OldKey {
            op,
            citizens: hold.citizens.clone(),
            request,
            was_done,
        });
    }

    /// Holds and confirms for one person at one process; none when anything is in the way.
    pub async fn book_at(
        &mut self,
        process: usize,
        slot: Slot,
        citizen: u32,
        helper: Option<usize>,
    ) -> Option<Known> {
        let hold = self.hold_at(process, slot, &[citizen], helper).await?;
        let key = Uuid::new_v4();
        let op = Op::Confirm {
            hold: hold.hold,
            ends: hold.ends,
            trick: Trick::Honest,
        };
        let request = confirm_request(&hold.token, &hold.citizens, helper).under(key);
        let sent = request.clone();
        self.world.sent.lock().expect("whole").insert(key, sent);
        let asked = self.ask(process, key, &hold.citizens, op, &request).await;
        let (Outcome::Answered(answer), body) = asked else {
            return None;
        };
        known_of(&answer, &body, &hold.citizens).pop()
    }

    async fn confirm_by_trick(&mut self, mut hold: OpenHold, trick: Trick) {
        let mut helper = hold.helper;
        match trick {
            Trick::Forged => hold.token = forged(&hold.token, &mut self.dice),
            Trick::Foreign => {
                let other = self.world.town.new_citizen();
                hold.citizens = vec![other; hold.citizens.len()];
            }
            Trick::WithoutHelper if helper.is_none() => return,
            Trick::WithoutHelper => helper = None,
            Trick::Honest | Trick::Ended => {}
        }
        let (key, process) = (Uuid::new_v4(), self.process());
        let op = Op::Confirm {
            hold: hold.hold,
            ends: hold.ends,
            trick,
        };
        let request = confirm_request(&hold.token, &hold.citizens, helper).under(key);
        let sent = request.clone();
        self.world.sent.lock().expect("whole").insert(key, sent);
        self.ask(process, key, &hold.citizens, op, &request).await;
    }

    async fn cancel(&mut self) {
        let Some(known) = self.world.town.take_appointment(&mut self.dice) else {
            return;
        };
        self.cancel_of(&known).await;
    }

    pub async fn cancel_of(&mut self, known: &Known) -> bool {
        let op = Op::Cancel {
            appointment: known.appointment,
        };
        let request = Request::post(
            "/api/v1/appointments/cancel",
            json!({ "code": known.code, "secret": known.secret }),
            known.citizen,
        );
        self.world.town.cancelling(known.appointment);
        let who = [known.citizen];
        let settled = self.persist(Uuid::new_v4(), &who, &op, &request).await;
        let is_cancelled = settled.is_some_and(|(answer, _)| answer.status == 200);
        if is_cancelled {
            let now = self.world.history.now();
            self.world.town.cancelled(known, now);
        }
        is_cancelled
    }

    async fn reschedule(&mut self) {
        let Some(known) = self.world.town.take_appointment(&mut self.dice) else {
            return;
        };
        let to = self.world.town.wanted_slot(&mut self.dice);
        match self.hold_for_move(&known, to).await {
            Some(hold) => self.move_to(known, to, &hold).await,
            None => self.world.town.give_back(known),
        }
    }

    async fn hold_for_move(&mut self, known: &Known, to: Slot) -> Option<OpenHold> {
        let process = self.process();
        let own = json!({ "appointment": { "code": known.code, "secret": known.secret } });
        let request = Request::post("/api/v1/holds", hold_body(to, own), known.citizen);
        let op = Op::Hold {
            slot: to,
            vouched: false,
            for_move: true,
        };
        let who = [known.citizen];
        let asked = self.ask(process, Uuid::new_v4(), &who, op, &request);
        let (outcome, body) = asked.await;
        open_hold(&outcome, &body, &who, None)
    }

    async fn move_to(&mut self, known: Known, to: Slot, hold: &OpenHold) {
        let key = Uuid::new_v4();
        let op = Op::Move {
            appointment: known.appointment,
            hold: hold.hold,
            to,
            ends: hold.ends,
        };
        let body = json!({ "code": known.code, "secret": known.secret, "hold_token": hold.token });
        let path = "/api/v1/appointments/reschedule";
        let request = Request::post(path, body, known.citizen).under(key);
        self.world.town.moving(known.appointment, true);
        let who = [known.citizen];
        let settled = self.persist(key, &who, &op, &request).await;
        self.world.town.moving(known.appointment, false);
        let now = self.world.history.now();
        let moved = settled.and_then(|(answer, _)| answer.booked.first().copied());
        let was_done = moved.is_some();
        match moved {
            Some(moved) => self.world.town.moved(known, moved.seat, now),
            None => self.world.town.give_back(known),
        }
        self.world.town.remember_key(OldKey {
            op,
            citizens: who.to_vec(),
            request,
            was_done,
        });
    }

    /// An old key with what was sent under it, or with something else.
    async fn use_old_key(&mut self) {
        let Some(mut old) = self.world.town.old_key(&mut self.dice) else {
            return;
        };
        let process = self.process();
        let key = old.request.key.unwrap_or_default();
        let is_confirmation = matches!(old.op, Op::Confirm { .. });
        if old.was_done && is_confirmation && self.dice.percent(10) {
            old.request.body["visitors"][0]["name"] = json!("Trần Thị Khác");
            let op = Op::ReuseKey { of: key };
            self.ask(process, Uuid::new_v4(), &old.citizens, op, &old.request)
                .await;
        } else {
            self.ask(process, key, &old.citizens, old.op, &old.request)
                .await;
        }
    }

    /// Holds and goes away, or gives it back first.
    async fn leave_a_hold(&mut self) {
        let Some(hold) = self.hold().await else {
            return;
        };
        if self.dice.percent(50) {
            let process = self.process();
            let path = format!("/api/v1/holds/{}", hold.hold);
            let mut request = Request::post(&path, Value::Null, hold.citizens[0]);
            request.method = reqwest::Method::DELETE;
            request.hold_token = Some(hold.token.clone());
            let op = Op::Release { hold: hold.hold };
            self.ask(process, Uuid::new_v4(), &hold.citizens, op, &request)
                .await;
        }
    }
}

fn hold_body(slot: Slot, who: Value) -> Value {
    let mut body = json!({
        "office_id": slot.office_id,
        "starts_at": slot.starts_at,
        "service_code": SERVICE,
        "device_id": Uuid::new_v4(),
    });
    if let (Some(body), Value::Object(who)) = (body.as_object_mut(), who) {
        body.extend(who);
    }
    body
}

fn confirm_request(token: &str, citizens: &[u32], helper: Option<usize>) -> Request {
    let visitors: Vec<Value> = citizens
        .iter()
        .map(|who| {
            json!({
                "id_number": id_number(*who),
                "name": "Nguyễn Thị Thử",
                "phone": format!("09{:08}", 10_000_000 + who),
            })
        })
        .collect();
    let body = json!({ "hold_token": token, "service_code": SERVICE, "visitors": visitors });
    Request::post("/api/v1/appointments", body, citizens[0]).by(helper)
}

fn open_hold(
    outcome: &Outcome,
    body: &Value,
    citizens: &[u32],
    helper: Option<usize>,
) -> Option<OpenHold> {
    let Outcome::Answered(answer) = outcome else {
        return None;
    };
    let held = answer.hold.as_ref()?;
    Some(OpenHold {
        hold: held.hold,
        token: body["hold_token"].as_str()?.to_owned(),
        ends: held.ends,
        citizens: citizens.to_vec(),
        helper,
    })
}

/// What an answer tells the people of a party.
fn known_of(answer: &Answer, body: &Value, citizens: &[u32]) -> Vec<Known> {
    let text = |at: usize, name: &str| {
        let value = &body["appointments"][at][name];
        value.as_str().unwrap_or_default().to_owned()
    };
    let booked = answer.booked.iter().zip(citizens).enumerate();
    booked
        .map(|(at, (booked, citizen))| Known {
            appointment: booked.appointment,
            citizen: *citizen,
            code: text(at, "code"),
            secret: text(at, "secret"),
            seat: booked.seat,
        })
        .collect()
}

/// The token with one letter changed.
fn forged(token: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = token.chars().collect();
    // The last letter's low bits are padding: another letter might say the same bytes.
    let at = dice.below(letters.len() - 1);
    letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
    letters.into_iter().collect()
}
