//! Requests to the two processes, from addresses of one's own, and answers as the history keeps them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::history::{Answer, Booked, Held, History, Outcome, Seat, Slot};
use super::servers::PROCESSES;

/// A phone gives up after this long, and does not know.
const PATIENCE: Duration = Duration::from_secs(6);

/// What is sent, and sent again.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub path: String,
    pub body: Value,
    /// The `Idempotency-Key`, where one is sent.
    pub key: Option<Uuid>,
    /// Which helper's session it carries.
    pub helper: Option<usize>,
    /// From whose address.
    pub from: u32,
    /// The token of a hold that is given back.
    pub hold_token: Option<String>,
}

impl Request {
    pub fn post(path: &str, body: Value, from: u32) -> Self {
        Self {
            method: Method::POST,
            path: path.to_owned(),
            body,
            key: None,
            helper: None,
            from,
            hold_token: None,
        }
    }

    pub fn under(mut self, key: Uuid) -> Self {
        self.key = Some(key);
        self
    }

    pub fn by(mut self, helper: Option<usize>) -> Self {
        self.helper = helper;
        self
    }
}

/// A status and a body.
pub struct Response {
    pub status: u16,
    pub body: Value,
}

pub struct Http {
    client: reqwest::Client,
    addresses: [String; PROCESSES],
}

impl Http {
    pub fn new(addresses: [String; PROCESSES]) -> Self {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(Duration::from_secs(2))
            .build()
            .expect("a client");
        Self { client, addresses }
    }

    /// # Errors
    /// In words: nobody knows what became of it.
    pub async fn send(
        &self,
        process: usize,
        request: &Request,
        session: Option<&str>,
    ) -> Result<Response, String> {
        let url = format!("http://{}{}", self.addresses[process], request.path);
        let [_, high, middle, low] = request.from.to_be_bytes();
        let mut sent = self
            .client
            .request(request.method.clone(), url)
            .header("x-forwarded-for", format!("10.{high}.{middle}.{low}"));
        if request.method != Method::GET && !request.body.is_null() {
            sent = sent.json(&request.body);
        }
        if let Some(key) = request.key {
            sent = sent.header("idempotency-key", key.to_string());
        }
        if let Some(session) = session {
            sent = sent.bearer_auth(session);
        }
        if let Some(token) = &request.hold_token {
            sent = sent.header(mobile_contracts::booking::HOLD_TOKEN_HEADER, token);
        }
        let answer = sent.send().await.map_err(|why| cause(&why))?;
        let status = answer.status().as_u16();
        let text = answer.text().await.map_err(|why| cause(&why))?;
        Ok(Response {
            status,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
        })
    }
}

/// The innermost reason, without the address.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut reason: &dyn std::error::Error = error;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    reason.to_string()
}

/// What a response says became of the call.
pub fn outcome(history: &History, response: &Result<Response, String>) -> Outcome {
    let response = match response {
        Ok(response) if response.status < 500 => response,
        Ok(response) => {
            return Outcome::Info(format!("{} {}", response.status, slug(&response.body)));
        }
        Err(why) => return Outcome::Info(why.clone()),
    };
    Outcome::Answered(Answer {
        status: response.status,
        slug: slug(&response.body),
        digest: digest(&response.body),
        hold: read_hold(history, &response.body).or_else(|| read_offer(history, &response.body)),
        booked: read_booked(&response.body),
        entry: response.body["entry_id"]
            .as_str()
            .and_then(|id| id.parse().ok()),
    })
}

fn slug(body: &Value) -> String {
    let kind = body["type"].as_str().unwrap_or_default();
    kind.trim_start_matches("/problems/").to_owned()
}

/// What is free elsewhere is told anew each time; everything else of an answer stays.
fn digest(body: &Value) -> String {
    let mut body = body.clone();
    if let Some(object) = body.as_object_mut() {
        object.remove("alternatives");
    }
    let hash = Sha256::digest(body.to_string());
    hash[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_hold(history: &History, body: &Value) -> Option<Held> {
    let ends: DateTime<Utc> = body["ends_at"].as_str()?.parse().ok()?;
    let office = &body["office_id"];
    let places = body["places"].as_array()?.iter();
    Some(Held {
        hold: body["hold_id"].as_str()?.parse().ok()?,
        ends: history.at(ends),
        seats: places.filter_map(|place| seat(office, place)).collect(),
    })
}

/// The place that is kept for somebody who waited stands in the token, as of any hold.
fn read_offer(history: &History, body: &Value) -> Option<Held> {
    let offer = &body["offer"];
    let ends: DateTime<Utc> = offer["until"].as_str()?.parse().ok()?;
    let token = URL_SAFE_NO_PAD.decode(offer["hold_token"].as_str()?).ok()?;
    // Make and flags, the hold, office, start, end, people; minutes and number of its one place.
    let number = token.get(2..18)?.try_into().ok()?;
    let place_no = i16::from_be_bytes(token.get(56..58)?.try_into().ok()?);
    Some(Held {
        hold: Uuid::from_bytes(number),
        ends: history.at(ends),
        seats: vec![Seat {
            slot: Slot {
                office_id: i32::try_from(offer["office_id"].as_i64()?).ok()?,
                starts_at: offer["starts_at"].as_str()?.parse().ok()?,
            },
            place_no,
        }],
    })
}

fn seat(office: &Value, place: &Value) -> Option<Seat> {
    Some(Seat {
        slot: Slot {
            office_id: i32::try_from(office.as_i64()?).ok()?,
            starts_at: place["starts_at"].as_str()?.parse().ok()?,
        },
        place_no: i16::try_from(place["place_no"].as_i64()?).ok()?,
    })
}

fn read_booked(body: &Value) -> Vec<Booked> {
    let one = |value: &Value| -> Option<Booked> {
        Some(Booked {
            appointment: value["appointment_id"].as_str()?.parse().ok()?,
            seat: seat(&value["office_id"], value)?,
        })
    };
    match body["appointments"].as_array() {
        Some(party) => party.iter().filter_map(one).collect(),
        None => one(body).into_iter().collect(),
    }
}
