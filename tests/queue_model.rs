//! A few hundred acts by chance, seeded, over HTTP: each is answered as a small model says, and after
//! each the tables say the same as the model.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use mobile_contracts::ids::TicketId;
use mobile_contracts::queue::DeskTicket;
use serde_json::json;

use crate::harness::booking::assert_laws;
use crate::harness::{TestApp, citizen};

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// Where somebody is, as the model sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Room,
    Desk { no: i16, seated: bool, calls: i16 },
    Aside,
    Gone(&'static str),
}

impl At {
    fn word(self) -> &'static str {
        match self {
            Self::Room => "waiting",
            Self::Desk { seated: true, .. } => "serving",
            Self::Desk { .. } => "called",
            Self::Aside => "parked",
            Self::Gone(how) => how,
        }
    }
}

const ACTS: [&str; 8] = [
    "recall", "skip", "return", "start", "leave", "no_show", "undo", "finish",
];

/// What an act does to somebody; `None`: it is refused.
fn after(at: At, act: &str) -> Option<At> {
    let standing = matches!(at, At::Desk { seated: false, .. });
    Some(match (act, at) {
        (
            "recall",
            At::Desk {
                no,
                seated: false,
                calls,
            },
        ) => At::Desk {
            no,
            seated: false,
            calls: calls + 1,
        },
        ("skip", _) if standing => At::Room,
        ("return", At::Aside) => At::Room,
        (
            "start",
            At::Desk {
                no,
                seated: false,
                calls,
            },
        ) => At::Desk {
            no,
            seated: true,
            calls,
        },
        ("leave", At::Room | At::Aside) => At::Gone("left"),
        ("leave", _) if standing => At::Gone("left"),
        (
            "no_show",
            At::Desk {
                seated: false,
                calls,
                ..
            },
        ) if calls >= 2 => At::Gone("no_show"),
        ("undo", At::Gone(_)) => At::Room,
        ("finish", At::Desk { seated: true, .. }) => At::Gone("served"),
        ("park", At::Room | At::Desk { .. }) => At::Aside,
        _ => return None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_desks_press_the_queue_is_where_the_model_says() {
    let app = TestApp::start().await;
    let mut desk = app.desk("22786").await;
    // Nothing ends too long ago to be taken back.
    let rules = json!({ "no_show_calls": 2, "grace_min": 15, "undo_min": 120 });
    let path = desk.path("rules");
    desk.officer.put(&path, rules).await.expect(200);
    let stranger = app.stranger();
    let hour = app.coming(1)[0];
    let mut people: BTreeMap<TicketId, At> = BTreeMap::new();
    let mut calls: BTreeMap<TicketId, i16> = BTreeMap::new();
    let mut last_desk: BTreeMap<TicketId, i16> = BTreeMap::new();
    // Whoever was served by mistake waits for that desk by name.
    let mut only: BTreeMap<TicketId, i16> = BTreeMap::new();
    for _ in 0..3 {
        people.insert(desk.walk_in().await.ticket_id, At::Room);
        let booked = stranger
            .book(&desk.office, hour, &citizen::id_number())
            .await;
        let ticket: DeskTicket = desk.check_in(&booked.code).await.expect(201).json();
        people.insert(ticket.ticket_id, At::Room);
    }
    let ids: Vec<TicketId> = people.keys().copied().collect();
    let mut dice = Dice(1006);
    let mut done: BTreeMap<&str, usize> = BTreeMap::new();
    for turn in 0..1000 {
        if turn % 100 == 99 {
            // Sessions are short.
            app.pass(&mut desk, TimeDelta::minutes(1)).await;
        }
        if dice.below(3) == 0 {
            let no = 1 + dice.below(2) as i16;
            let answer = desk.call(no).await;
            let busy = people
                .values()
                .any(|at| matches!(at, At::Desk { no: other, .. } if *other == no));
            let waiting = people.iter().any(|(id, at)| {
                *at == At::Room && only.get(id).is_none_or(|desk_no| *desk_no == no)
            });
            if !waiting {
                answer.refused(409, "queue-empty");
            } else if busy {
                answer.refused(409, "desk-busy");
            } else {
                let called: DeskTicket = answer.expect(200).json();
                let id = called.ticket_id;
                assert_eq!(people[&id], At::Room);
                let count = calls.entry(id).or_default();
                *count += 1;
                assert_eq!(called.calls, *count);
                let at = At::Desk {
                    no,
                    seated: false,
                    calls: *count,
                };
                people.insert(id, at);
                last_desk.insert(id, no);
                *done.entry("call").or_default() += 1;
            }
            continue;
        }
        let id = ids[dice.below(ids.len())];
        let (at, act) = match dice.below(ACTS.len() + 1) {
            8 => (people[&id], "park"),
            index => (people[&id], ACTS[index]),
        };
        let answer = match act {
            "finish" => desk.finish(id, "other").await,
            "park" => {
                let rest = format!("tickets/{id}/park");
                desk.press(&rest, json!({ "reason": "photo" })).await
            }
            "recall" => {
                // Within a breath it would be the same call.
                app.advance(TimeDelta::seconds(21)).await;
                desk.act(id, act).await
            }
            act => desk.act(id, act).await,
        };
        match after(at, act) {
            None => assert_eq!(answer.status, 409, "{act} from {at:?}: {}", answer.text),
            Some(next) => {
                let told: DeskTicket = answer.expect(200).json();
                assert_eq!(told.state, next.word(), "{act} from {at:?}");
                people.insert(id, next);
                match (act, at, next) {
                    ("recall", _, At::Desk { calls: count, .. }) => {
                        assert_eq!(told.calls, count);
                        calls.insert(id, count);
                    }
                    ("undo", At::Gone("served"), _) => {
                        calls.insert(id, 0);
                        only.insert(id, last_desk[&id]);
                    }
                    ("undo", ..) | ("park", At::Desk { seated: true, .. }, _) => {
                        calls.insert(id, 0);
                    }
                    _ => {}
                }
                *done.entry(act).or_default() += 1;
            }
        }
    }
    // Chance has tried everything, and more than once.
    assert_eq!(done.len(), ACTS.len() + 2, "{done:?}");
    assert!(done.values().all(|times| *times > 1), "{done:?}");
    let queue = desk.queue().await;
    let all = [queue.waiting, queue.at_desks, queue.parked, queue.ended].concat();
    assert_eq!(all.len(), people.len());
    for ticket in all {
        assert_eq!(
            ticket.state,
            people[&ticket.ticket_id].word(),
            "{}",
            ticket.number
        );
    }
    assert_laws(&app).await;
}
