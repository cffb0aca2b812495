//! What a phone pulls for a day without a network, and how it proves that it has it.
//!
//! # The row hash
//!
//! A phone and the server compare what they have, collection by collection, without sending it: the
//! number of rows, and the sum of their hashes, in which the order of the rows does not matter.
//!
//! ```text
//! line     = the fields below, each as its JSON would show it without quotes, one after another with a
//!            line feed (0x0A) between; an absent one is empty; the members of a list stand with commas
//!            between
//! row hash = the first 8 bytes of SHA-256(line in UTF-8), the highest byte first
//! checksum = the sum of the row hashes modulo 2^64, in 16 hexadecimal digits
//!
//! operation: "operation", id, result, code, counted, voided
//! unit:      "unit", id, unit_id, name, level, parent_id, valid_from, valid_to, successor_ids
//! target:    "target", id, unit_id, stage, starts_on, ends_on, people, denominator, source
//! hint:      "hint", id, village_id, key, tags
//! campaign:  "campaign", id, campaign_id, unit_id, name, source, starts_on, ends_on, closed
//! ```
//!
//! Only rows that are there count, that is the last `put` of each id that no `del` followed. An
//! appointment that was asked for is left out of the hash, because a desk may move it while the
//! operation stays as it is. `examples/checksum-vectors.json` has vectors for any language.
//!
//! # The hint tag
//!
//! ```text
//! tag = the first 2 bytes of HMAC-SHA256(key of the village, the 12 digits in ASCII), the higher first
//! ```
//!
//! A phone that finds the tag of an ID number in the hint of the village warns "maybe already recorded",
//! and lets its owner record all the same: of 600 tags 0.9 % of strangers meet one. Beside the tags `stages` says at
//! which stages: of each stage one mark for each tag, in their order. A phone that knows which stage is being recorded
//! warns of that one alone; one that finds no `stages` warns as before. The marks are no part of the row hash, which
//! older phones compute without them; they come anew with every change of the row.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::campaign::Target;
use crate::citizen_id::CitizenId;
use crate::ids::UnitId;
use crate::tracking::LedgerEntry;

/// Most changes of one pull.
pub const CHANGES_PER_PULL_MAX: u32 = 500;
/// Days for which a cursor is good. What was removed is told for as long.
pub const CURSOR_DAYS: i64 = 90;

/// Something that changed. Which field tells of it depends on `collection`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// operation, unit, target, hint or campaign; more will come: skip what you do not know.
    #[schema(example = "operation")]
    pub collection: String,
    /// Of an operation its own id. Of everything else a UUID of version 8 whose other bits are those of
    /// SHA-256 of its collection and key: `unit/112`, `target/112/level2_activated/2026-01-01`,
    /// `campaign/0198f2a0-7b5e-7cc3-9d0e-8b8e0d7c9a01`.
    pub id: Uuid,
    /// put or del. A put may come again; a del may be of something that never came.
    #[schema(example = "put")]
    pub op: String,
    /// Of an operation: as it is now; absent when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<LedgerEntry>,
    /// Of a unit: as it is now. With a del: as it was last, and who continues it, for what was recorded
    /// there is still told by its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<PulledUnit>,
    /// Of a target: as it is now; absent when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// Of a hint: as it is now; absent when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<VillageHint>,
    /// Of a campaign: as it is now; absent when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<PulledCampaign>,
}

/// A drive of a unit, as much of it as a phone shows. Whether it is planned, runs or is over, its days say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PulledCampaign {
    pub campaign_id: Uuid,
    /// Where: this unit and everything within it.
    pub unit_id: UnitId,
    #[schema(example = "Ra quân 30 ngày đêm kích hoạt mức 2")]
    pub name: String,
    /// The plan that it comes from.
    #[schema(example = "Kế hoạch 73/KH-ĐTN")]
    pub source: String,
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Nothing of it is changed any more.
    pub closed: bool,
}

/// Who may have been recorded in a village already, without saying who.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VillageHint {
    pub village_id: UnitId,
    /// 32 bytes in base64url, under which tags of this village are computed.
    #[schema(example = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")]
    pub key: String,
    /// Tags of those who were recorded, sorted: the first 2 bytes of HMAC-SHA256 of an ID number under
    /// the key.
    pub tags: Vec<u16>,
    /// At which stages they were recorded. A stage at which nobody was is left out; all are where nobody has looked
    /// since servers tell this.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<StageMarks>,
}

/// Whose tags stand for a record at one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageMarks {
    /// More may come.
    #[schema(example = "level2_activated")]
    pub stage: String,
    /// One letter for each tag of the hint, in their order: 1 where somebody with that tag was recorded at the stage,
    /// 0 where nobody was.
    #[schema(example = "0110", pattern = "^[01]*$")]
    pub marks: String,
}

/// A unit, as much of it as a phone shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PulledUnit {
    pub unit_id: UnitId,
    /// Name with its kind; two villages of one name in one commune say which commune they came from.
    #[schema(example = "Thôn 1 (Phước Bình)")]
    pub name: String,
    /// province, district, commune or village.
    #[schema(example = "village")]
    pub level: String,
    /// The unit above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<UnitId>,
    /// First day under this name.
    pub valid_from: NaiveDate,
    /// First day no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Who continues it, where it has ended or will.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successor_ids: Vec<UnitId>,
}

/// What changed after the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PulledChanges {
    pub items: Vec<Change>,
    /// Keep it, and give it as `cursor` next time. Opaque.
    pub next_cursor: String,
    /// Whether to ask again at once.
    pub more: bool,
    pub as_of: DateTime<Utc>,
    #[schema(example = "e1")]
    pub epoch: String,
}

/// What a phone has if it missed nothing up to its cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Checksums {
    /// Of each collection in which nothing changed after the cursor.
    pub collections: Vec<CollectionChecksum>,
    /// Collections in which something did: pull, and ask again.
    pub behind: Vec<String>,
    pub as_of: DateTime<Utc>,
    #[schema(example = "e1")]
    pub epoch: String,
}

/// What a phone has of one collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CollectionChecksum {
    #[schema(example = "unit")]
    pub collection: String,
    /// How many rows.
    pub rows: u32,
    /// The sum of their hashes.
    #[schema(example = "0f6a3c9be2417d58", pattern = "^[0-9a-f]{16}$")]
    pub checksum: String,
}

/// The id of a row that has no UUID of its own.
pub fn row_id(collection: &str, key: &str) -> Uuid {
    let hash = Sha256::digest(format!("{collection}/{key}"));
    let (bytes, _) = hash
        .split_first_chunk::<16>()
        .expect("SHA-256 has 32 bytes");
    uuid::Builder::from_custom_bytes(*bytes).into_uuid()
}

impl Change {
    /// The hash of a row that is there; `None` of one that is gone, and of what this crate does not know.
    pub fn row_hash(&self) -> Option<u64> {
        if self.op != "put" {
            return None;
        }
        let mut line = Line(format!("{}\n{}", self.collection, self.id));
        match self.collection.as_str() {
            "operation" => {
                let entry = self.data.as_ref()?;
                line.add(&entry.result);
                line.add_any(entry.code.as_ref());
                line.add(entry.counted);
                line.add(entry.voided);
            }
            "unit" => {
                let unit = self.unit.as_ref()?;
                line.add(unit.unit_id);
                line.add(&unit.name);
                line.add(&unit.level);
                line.add_any(unit.parent_id);
                line.add(unit.valid_from);
                line.add_any(unit.valid_to);
                line.add_all(&unit.successor_ids);
            }
            "target" => {
                let target = self.target.as_ref()?;
                line.add(target.unit_id);
                line.add(&target.stage);
                line.add(target.starts_on);
                line.add_any(target.ends_on);
                line.add(target.people);
                line.add(target.denominator.as_str());
                line.add(&target.source);
            }
            "hint" => {
                let hint = self.hint.as_ref()?;
                line.add(hint.village_id);
                line.add(&hint.key);
                line.add_all(&hint.tags);
            }
            "campaign" => {
                let campaign = self.campaign.as_ref()?;
                line.add(campaign.campaign_id);
                line.add(campaign.unit_id);
                line.add(&campaign.name);
                line.add(&campaign.source);
                line.add(campaign.starts_on);
                line.add(campaign.ends_on);
                line.add(campaign.closed);
            }
            _ => return None,
        }
        let hash = Sha256::digest(line.0);
        hash.first_chunk().copied().map(u64::from_be_bytes)
    }
}

/// What is hashed of a row.
struct Line(String);

impl Line {
    fn add(&mut self, field: impl fmt::Display) {
        self.0.push('\n');
        self.0.push_str(&field.to_string());
    }

    fn add_any(&mut self, field: Option<impl fmt::Display>) {
        self.add(field.map(|field| field.to_string()).unwrap_or_default());
    }

    fn add_all(&mut self, list: &[impl fmt::Display]) {
        let members: Vec<String> = list.iter().map(ToString::to_string).collect();
        self.add(members.join(","));
    }
}

/// The tag of an ID number under the key of a village.
pub fn hint_tag(key: &[u8; 32], id: &CitizenId) -> u16 {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any key length");
    mac.update(id.expose().as_bytes());
    let tag = mac.finalize().into_bytes();
    u16::from_be_bytes([tag[0], tag[1]])
}

/// The rows of one collection, summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    pub rows: u32,
    hashes: u64,
}

impl Sum {
    pub fn add(&mut self, row_hash: u64) {
        self.rows += 1;
        self.hashes = self.hashes.wrapping_add(row_hash);
    }

    pub fn checksum(self) -> String {
        format!("{:016x}", self.hashes)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const VECTORS: &str = include_str!("../examples/checksum-vectors.json");

    #[test]
    fn the_committed_vectors_are_what_this_code_sums_up() {
        let vectors: Value = serde_json::from_str(VECTORS).unwrap();
        let mut sum = Sum::default();
        for row in vectors["rows"].as_array().unwrap() {
            let change: Change = serde_json::from_value(row["change"].clone()).unwrap();
            let hash = change.row_hash().unwrap();
            assert_eq!(row["hash"], format!("{hash:016x}"), "{change:#?}");
            sum.add(hash);
        }
        assert_eq!(vectors["rows_together"], sum.rows);
        assert_eq!(vectors["checksum"], sum.checksum());
        // What stands beside is no part of a hash, so that older phones compute the same.
        for row in vectors["beside"].as_array().unwrap() {
            let change: Change = serde_json::from_value(row["change"].clone()).unwrap();
            assert!(!change.hint.as_ref().unwrap().stages.is_empty());
            let hash = change.row_hash().unwrap();
            assert_eq!(row["hash"], format!("{hash:016x}"));
        }
        for row in vectors["ids"].as_array().unwrap() {
            let (collection, key) = row["of"].as_str().unwrap().split_once('/').unwrap();
            assert_eq!(row["id"], row_id(collection, key).to_string());
        }
    }

    #[test]
    fn a_tag_is_that_of_the_vectors() {
        let vectors: Value = serde_json::from_str(VECTORS).unwrap();
        let key = std::array::from_fn(|index| index as u8);
        let today = "2026-11-28".parse().unwrap();
        for row in vectors["tags"].as_array().unwrap() {
            let id = CitizenId::parse(row["id_number"].as_str().unwrap(), today).unwrap();
            assert_eq!(row["tag"], hint_tag(&key, &id));
        }
    }

    #[test]
    fn what_is_gone_or_unknown_is_not_summed_up() {
        let vectors: Value = serde_json::from_str(VECTORS).unwrap();
        let change: Change = serde_json::from_value(vectors["rows"][0]["change"].clone()).unwrap();
        let gone = Change {
            op: "del".to_owned(),
            ..change.clone()
        };
        let unknown = Change {
            collection: "weather".to_owned(),
            ..change
        };
        assert_eq!((gone.row_hash(), unknown.row_hash()), (None, None));
    }
}
