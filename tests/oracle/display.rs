//! How long what is shown as free lags behind what was booked, from one process to the other, in
//! slots that nobody else touches.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

use super::clients::{Client, World};
use super::history::{Ms, Op, Slot};
use super::http::Request;
use super::servers::PROCESSES;
use super::town::{HELPERS, Known, PLACES};

/// A measurement that takes longer than this has shown enough.
const PATIENCE: Ms = 6_000;

pub struct Display {
    world: Arc<World>,
    client: Client,
    slots: Vec<Slot>,
    /// How long each change took to be seen.
    pub lags: Vec<Ms>,
    next: usize,
}

impl Display {
    pub fn new(world: Arc<World>, slots: Vec<Slot>) -> Self {
        Self {
            client: Client::new(u16::MAX - 1, world.clone()),
            world,
            slots,
            lags: Vec::new(),
            next: 0,
        }
    }

    /// Books, looks, cancels, looks, for as long as the calm lasts.
    pub async fn measure(&mut self, lasts: Duration) {
        let ends = self.world.history.now() + lasts.as_millis() as Ms;
        while self.world.history.now() < ends {
            let slot = self.slots[self.next % self.slots.len()];
            let (there, here) = (self.next % PROCESSES, (self.next + 1) % PROCESSES);
            self.next += 1;
            let citizen = self.world.town.new_citizen();
            // The picture of the other process is warm, and shows the slot as it is.
            if self.free(here, slot).await != Some(PLACES) {
                continue;
            }
            let Some(known) = self.book(there, slot, citizen).await else {
                continue;
            };
            self.wait_to_see(here, slot, PLACES - 1).await;
            if self.client.cancel_of(&known).await {
                self.wait_to_see(here, slot, PLACES).await;
            }
        }
    }

    async fn book(&mut self, process: usize, slot: Slot, citizen: u32) -> Option<Known> {
        let helper = Some(citizen as usize % HELPERS);
        self.client.book_at(process, slot, citizen, helper).await
    }

    async fn wait_to_see(&mut self, process: usize, slot: Slot, free: usize) {
        let began = self.world.history.now();
        let mut stale_at = began;
        loop {
            let asked = self.world.history.now();
            match self.free(process, slot).await {
                Some(shown) if shown == free => break,
                _ => stale_at = asked,
            }
            if asked > began + PATIENCE {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.lags.push(stale_at - began);
    }

    async fn free(&mut self, process: usize, slot: Slot) -> Option<usize> {
        let on = mobile_contracts::calendar::local_day(slot.starts_at);
        let path = format!("/api/v1/offices/{}/slots?on={on}", slot.office_id);
        let mut request = Request::post(&path, Value::Null, 1);
        request.method = Method::GET;
        let op = Op::Look { slot };
        let asked = self.client.ask(process, Uuid::new_v4(), &[], op, &request);
        let (_, body) = asked.await;
        let slots = body["slots"].as_array()?;
        let starts_at = |value: &Value| value["starts_at"].as_str()?.parse().ok();
        let shown = slots
            .iter()
            .find(|one| starts_at(one) == Some(slot.starts_at))?;
        usize::try_from(shown["free"].as_u64()?).ok()
    }
}
