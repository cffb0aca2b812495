//! A desk of a test: an office, its officer, and a day to run it on.

use api::booking::queue::rules::Turn;
use api::booking::queue::store::{NewTicket, insert_ticket};
use chrono::{DateTime, TimeDelta, Utc};
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::ids::{OfficeId, TicketId};
use mobile_contracts::queue::{DeskQueue, DeskTicket};
use serde_json::{Value, json};
use uuid::Uuid;

use super::booking::TestOffice;
use super::person::PASSWORD;
use super::{Answer, Person, TestApp};

/// An officer at an office.
pub struct Desk {
    pub office: TestOffice,
    pub officer: Person,
}

impl TestApp {
    /// Begins a new day: eight in the morning, so that no test meets midnight.
    pub async fn morning(&self) -> DateTime<Utc> {
        let now = self.app.clock.now();
        let tomorrow = local_day_bounds(local_day(now)).end;
        let eight = tomorrow + TimeDelta::hours(8);
        self.advance(eight - now).await;
        eight
    }

    /// A desk in a commune, on a morning.
    pub async fn desk(&self, commune_code: &str) -> Desk {
        self.morning().await;
        let office = self.office(commune_code, 8).await;
        let officer = self.officer(commune_code).await;
        Desk { office, officer }
    }

    /// Somebody waits at an office, of whom nothing is known.
    pub async fn ticket(&self, office_id: OfficeId) -> TicketId {
        let arrived_at = self.app.clock.now();
        let new = NewTicket {
            ticket_id: TicketId(Uuid::now_v7()),
            office_id,
            on_day: local_day(arrived_at),
            appointment_id: None,
            citizen_blind: None,
            service_code: "cccd_new",
            class: "none",
            arrived_at,
            turn: Turn {
                waits_from: arrived_at,
                sort_at: arrived_at,
            },
            entered_later: false,
        };
        let mut conn = self.conn().await;
        let ticket = insert_ticket(&mut conn, &new).await.unwrap();
        ticket.ticket_id
    }

    /// Lets time pass; the officer signs in again, for sessions are short.
    pub async fn pass(&self, desk: &mut Desk, time: TimeDelta) {
        self.advance(time).await;
        let session = desk.officer.sign_in(PASSWORD).await.expect(201);
        let session: mobile_contracts::identity::Session = session.json();
        desk.officer.token = Some(session.access_token);
    }
}

impl Desk {
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/offices/{}/desk/{rest}", self.office.office_id)
    }

    /// One press of a button.
    pub async fn press(&self, rest: &str, body: Value) -> Answer {
        let path = self.path(rest);
        self.officer.post_once(&path, Uuid::new_v4(), body).await
    }

    pub async fn issue(&self, body: Value) -> Answer {
        self.press("tickets", body).await
    }

    /// A ticket for somebody of whom nothing is known.
    pub async fn walk_in(&self) -> DeskTicket {
        let body = json!({ "service_code": "cccd_new" });
        self.issue(body).await.expect(201).json()
    }

    pub async fn check_in(&self, code: &str) -> Answer {
        self.press("check-ins", json!({ "code": code })).await
    }

    pub async fn call(&self, desk_no: i16) -> Answer {
        self.press("calls", json!({ "desk_no": desk_no })).await
    }

    /// Calls whoever is next, who must be there.
    pub async fn called(&self, desk_no: i16) -> DeskTicket {
        self.call(desk_no).await.expect(200).json()
    }

    pub async fn act(&self, id: TicketId, act: &str) -> Answer {
        let rest = format!("tickets/{id}/acts");
        self.press(&rest, json!({ "act": act })).await
    }

    pub async fn finish(&self, id: TicketId, result: &str) -> Answer {
        let rest = format!("tickets/{id}/finish");
        self.press(&rest, json!({ "result": result })).await
    }

    pub async fn queue(&self) -> DeskQueue {
        let answer = self.officer.get(&self.path("queue")).await;
        answer.expect(200).json()
    }

    /// Numbers in the order of the queue.
    pub async fn waiting(&self) -> Vec<String> {
        let queue = self.queue().await;
        queue.waiting.into_iter().map(|one| one.number).collect()
    }
}

/// A citizen of a village who agrees that the visit counts, as the card and the form say.
pub fn visitor(id_number: &str, village_id: Option<mobile_contracts::ids::UnitId>) -> Value {
    json!({
        "id_number": id_number,
        "name": "Nguyễn Thị Thử",
        "village_id": village_id,
        "consent": "spoken",
    })
}
