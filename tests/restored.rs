//! The disk dies, yesterday's backup is restored, and phones send again what was confirmed since: each
//! effect is there once, and every count is that of the province that nothing had befallen.

use std::collections::BTreeMap;

use api::clock::Clock;
use mobile_contracts::sync::PulledChanges;
use mobile_contracts::tracking::{Ledger, OperationResult, PushedOperations};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::binary::{Installation, Serving};
use crate::harness::{Person, citizen};

/// A phone: what it sent and saw confirmed, which it keeps for 30 days.
struct Phone {
    number: &'static str,
    device: Uuid,
    person: Person,
    confirmed: Vec<Value>,
    cursor: String,
    epoch: String,
}

impl Phone {
    async fn sign_in(serving: &Serving, number: &'static str) -> Self {
        let mut phone = Self {
            number,
            device: Uuid::now_v7(),
            person: serving.demo(number).await,
            confirmed: Vec::new(),
            cursor: String::new(),
            epoch: String::new(),
        };
        phone.pull().await;
        phone
    }

    async fn again(&mut self, serving: &Serving) {
        self.person = serving.demo(self.number).await;
    }

    fn op(&self, kind: &str, more: Value) -> Value {
        let mut op = json!({
            "op_id": Uuid::now_v7(), "kind": kind, "author_id": self.person.account_id,
            "recorded_at": Clock::default().now(), "clock_offset_ms": 0, "clock_offset_age_s": 0,
        });
        op.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        op
    }

    fn record(&self, village: i64, id_number: &str) -> Value {
        self.op(
            "record",
            json!({
                "village_id": village, "stage": "level1_activated", "device_holder": "own",
                "consent": { "method": "spoken" },
                "subject": { "kind": "plain", "id_number": id_number },
            }),
        )
    }

    fn void(&self, target: &Value) -> Value {
        let more = json!({ "target_op_id": target["op_id"], "reason": "nhầm người" });
        self.op("void", more)
    }

    async fn push(&self, ops: &[Value]) -> Vec<OperationResult> {
        let body = json!({
            "protocol": 1, "device_id": self.device, "client_time": Clock::default().now(),
            "ops": ops,
        });
        let answer = self.person.post("/api/v1/sync/push", body).await;
        let pushed: PushedOperations = answer.expect(200).json();
        pushed.results
    }

    /// Sends, and keeps what is confirmed.
    async fn send(&mut self, ops: &[Value]) {
        for result in self.push(ops).await {
            assert_ne!(result.result, "retry");
        }
        self.confirmed.extend_from_slice(ops);
    }

    /// Pulls to the end; true: the server lives another life than before.
    async fn pull(&mut self) -> bool {
        let path = match self.cursor.as_str() {
            "" => "/api/v1/sync/pull".to_owned(),
            cursor => format!("/api/v1/sync/pull?cursor={cursor}"),
        };
        let mut answer = self.person.get(&path).await;
        if answer.status == 410 {
            answer.refused(410, "epoch-changed");
            answer = self.person.get("/api/v1/sync/pull").await;
        }
        let pulled: PulledChanges = answer.expect(200).json();
        let is_another = !self.epoch.is_empty() && self.epoch != pulled.epoch;
        self.cursor = pulled.next_cursor;
        self.epoch = pulled.epoch;
        is_another
    }

    /// Every operation with what became of it, but for when it came and what its author was told then:
    /// whoever was second hears so at once, and whoever was overtaken later.
    async fn ledger(&self) -> (Value, BTreeMap<Uuid, Value>) {
        let mut path = "/api/v1/me/ledger?limit=200".to_owned();
        let mut all = BTreeMap::new();
        loop {
            let ledger: Ledger = self.person.get(&path).await.expect(200).json();
            for entry in ledger.items {
                let mut told = json!(entry);
                for field in ["received_at", "code", "message"] {
                    told.as_object_mut().unwrap().remove(field);
                }
                if entry.result == "merged" {
                    told["result"] = json!("applied");
                }
                all.insert(entry.op_id.0, told);
            }
            match ledger.next_cursor {
                Some(cursor) => path = format!("/api/v1/me/ledger?limit=200&cursor={cursor}"),
                None => return (json!(ledger.counts), all),
            }
        }
    }
}

type Picture = (Vec<Value>, Vec<(Value, BTreeMap<Uuid, Value>)>);

/// Everything that people see of their work: boards of villages, communes and unions, and ledgers.
async fn picture(phones: &[&Phone]) -> Picture {
    // A board is at most a second old.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let mut boards = Vec::new();
    for level in ["village", "commune", "union"] {
        for period in ["month", "start"] {
            let path = format!(
                "/api/v1/leaderboards/{level}?stage=level1_activated&metric=count&period={period}&limit=200"
            );
            let mut board = phones[0].person.get(&path).await.expect(200).value();
            board.as_object_mut().unwrap().remove("as_of");
            boards.push(board);
        }
    }
    let mut ledgers = Vec::new();
    for phone in phones {
        ledgers.push(phone.ledger().await);
    }
    (boards, ledgers)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_confirmed_since_the_backup_is_sent_again_and_everything_is_as_it_was() {
    let installation = Installation::new();
    let serving = installation.serve(&["--demo"]);
    let mut ha = Phone::sign_in(&serving, "0900000007").await;
    let mut lan = Phone::sign_in(&serving, "0900000008").await;
    let found = serving
        .stranger()
        .get("/api/v1/units?q=bac+ai+tay+thon&level=village")
        .await
        .expect(200)
        .value();
    let village = found["items"][0]["unit_id"].as_i64().unwrap();
    let ids: Vec<String> = (0..8).map(|_| citizen::id_number()).collect();

    let first = ha.record(village, &ids[0]);
    let mistaken = ha.record(village, &ids[1]);
    ha.send(&[first.clone(), mistaken.clone(), ha.record(village, &ids[2])])
        .await;
    lan.send(&[lan.record(village, &ids[0]), lan.record(village, &ids[3])])
        .await;
    let copy = installation.folder.join("copy");
    installation.ok(&["backup", copy.to_str().unwrap()]);

    // Work goes on: new citizens, the same ones by somebody else, things taken back and replaced, what
    // moves no board, and what waits for a lead.
    let early = ha.record(village, &ids[4]);
    lan.send(&[lan.record(village, &ids[4]), lan.record(village, &ids[5])])
        .await;
    let replacing = ha.op(
        "replace",
        json!({
            "village_id": village, "stage": "level1_activated", "device_holder": "family",
            "consent": { "method": "spoken" }, "target_op_id": mistaken["op_id"],
            "subject": { "kind": "plain", "id_number": ids[6] }, "reason": "nhầm người",
        }),
    );
    let meeting = json!({ "village_id": village, "activity": "meeting", "attended": 40 });
    let odd = json!({ "village_id": village, "kind": "record", "mood": "happy" });
    // Taken back before it comes.
    let unwanted = ha.record(village, &ids[7]);
    let since = [
        early,
        ha.void(&first),
        replacing,
        ha.void(&unwanted),
        ha.op("activity", meeting),
        ha.op("record", odd),
        unwanted,
    ];
    ha.send(&since).await;
    let twin = picture(&[&ha, &lan]).await;

    assert_eq!(serving.terminate(), Some(0));
    let told = installation.ok(&["restore", copy.to_str().unwrap()]);
    assert!(told.contains("all invariants hold"), "{told}");
    let serving = installation.serve(&[]);
    for phone in [&mut ha, &mut lan] {
        phone.again(&serving).await;
        assert!(phone.pull().await, "the phone learns that time went back");
        assert!(!phone.pull().await, "once");
    }
    assert_ne!(picture(&[&ha, &lan]).await, twin, "work is missing");

    // What came before the backup is there; what came since is not. In another order than then, and in
    // other pieces.
    let (of_ha, of_lan) = (ha.confirmed.clone(), lan.confirmed.clone());
    let kept = |ops: &[Value], results: &[OperationResult]| -> Vec<bool> {
        let each = ops.iter().zip(results);
        each.map(|(op, result)| {
            assert_eq!(json!(result.op_id), op["op_id"]);
            result.result == "replayed"
        })
        .collect()
    };
    let mut backwards = of_ha.clone();
    backwards.reverse();
    let mut replayed = Vec::new();
    for piece in backwards.chunks(4) {
        replayed.extend(kept(piece, &ha.push(piece).await));
    }
    assert_eq!(replayed.iter().filter(|one| **one).count(), 3);
    assert_eq!(
        kept(&of_lan, &lan.push(&of_lan).await),
        [true, true, false, false]
    );
    assert_eq!(picture(&[&ha, &lan]).await, twin);

    // And once more, for phones do not know what others have done.
    assert!(kept(&of_ha, &ha.push(&of_ha).await).iter().all(|one| *one));
    assert!(
        kept(&of_lan, &lan.push(&of_lan).await)
            .iter()
            .all(|one| *one)
    );
    assert_eq!(picture(&[&ha, &lan]).await, twin);
    assert_eq!(serving.terminate(), Some(0));
    let counted = installation.ok(&["verify-rollups"]);
    assert!(counted.contains("equal a recount"), "{counted}");
}
