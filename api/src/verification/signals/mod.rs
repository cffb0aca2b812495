//! What looks odd in recorded work, and what people say about it.
//!
//! [`catalogue`] says what is looked for and from when on it is too much; [`rules`] look, from acts only:
//! [`pace`], [`people`], [`hands`], [`villages`], [`outreach`]. The same evidence raises the same signal once, more of it
//! opens an answered one again. Late hours, and much work at a human pace, are no signals.
//! Nor is the time spent on a form: phones do not send it, one that is made to deceive would send any, and [`pace`] sees
//! haste by the gaps between what was saved.
//!
//! The ID number is never kept, so numbers in a row are seen by what is: the last four digits, birth year and
//! sex. A hash of more of the number would let anybody with the key try all numbers of a place; a phone is
//! hashed in memory, under a key, as long as one look lasts.

pub mod act;
pub mod answers;
pub mod catalogue;
pub mod hands;
pub mod outreach;
pub mod pace;
pub mod people;
pub mod problem;
pub mod routes;
pub mod rules;
pub mod seen;
pub mod store;
pub mod table;
pub mod thresholds;
pub mod villages;
pub mod words;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;
use mobile_contracts::verification::RaisedSignals;
use serde_json::{Value, json};
use uuid::Uuid;

use self::act::{Act, Finding, Subject};
use self::catalogue::Thresholds;
use self::villages::Standing;
use crate::db::{self, Conn};
use crate::geography::{Geography, Level};
use crate::http::failure::Failure;
use crate::privacy::audit;
use crate::privacy::keys::Keys;

/// Records that are named one by one; the rest is counted.
const ACTS_NAMED_MAX: usize = 5_000;

/// Looks at the work of these communes on these days, a commune at a time, and writes down what it shows.
///
/// # Errors
/// When the database cannot; what was found until then stays.
pub async fn raise(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    communes: &[UnitId],
    days: &RangeInclusive<NaiveDate>,
) -> Result<RaisedSignals, Failure> {
    let thresholds = store::load_thresholds(conn).await?;
    let mut sum = RaisedSignals::default();
    look_at_acts(conn, keys, geography, &thresholds, communes, days, &mut sum).await?;
    let mut standings: Vec<Standing> = Vec::new();
    for commune in communes {
        let villages = geography.all_within(*commune, *days.end());
        let class = geography.unit(*commune).and_then(|unit| unit.class.clone());
        let class = class.unwrap_or_default();
        let standing = seen::store::list_standings(conn, *commune, &class, &villages, *days.end());
        standings.extend(standing.await?);
    }
    let covered = villages::coverage_high(&standings, *days.end(), &thresholds);
    write(conn, keys, covered, &mut sum).await?;
    Ok(sum)
}

/// Looks again where something older than these days counts only since then: it was held and approved late, or
/// taken back and reinstated.
///
/// # Errors
/// When the database cannot; what was found until then stays.
pub async fn raise_late(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    days: &RangeInclusive<NaiveDate>,
) -> Result<RaisedSignals, Failure> {
    let thresholds = store::load_thresholds(conn).await?;
    let mut since: BTreeMap<UnitId, NaiveDate> = BTreeMap::new();
    for (village, day) in seen::store::list_counted_late(conn, *days.start()).await? {
        if let Some(commune) = geography.ancestor_on(village, Level::Commune, *days.end()) {
            let first = since.entry(commune).or_insert(day);
            *first = day.min(*first);
        }
    }
    let mut sum = RaisedSignals::default();
    for (commune, first) in since {
        let days = first..=*days.end();
        look_at_acts(
            conn,
            keys,
            geography,
            &thresholds,
            &[commune],
            &days,
            &mut sum,
        )
        .await?;
    }
    Ok(sum)
}

async fn look_at_acts(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    thresholds: &Thresholds,
    communes: &[UnitId],
    days: &RangeInclusive<NaiveDate>,
    sum: &mut RaisedSignals,
) -> Result<(), Failure> {
    let mut with_phones: Vec<Act> = Vec::new();
    let span = rules::context_from(days)..=*days.end();
    for commune in communes {
        let villages = geography.all_within(*commune, *days.end());
        let acts = seen::store::list_acts(conn, keys, *commune, &villages, &span).await?;
        write(conn, keys, rules::judge(&acts, days, thresholds), sum).await?;
        let told = seen::store::list_outreach(conn, *commune, &villages, &span).await?;
        let outreach = rules::judge_outreach(&told, days, thresholds);
        write(conn, keys, outreach, sum).await?;
        with_phones.extend(acts.into_iter().filter(|act| act.phone.is_some()));
    }
    let phones = rules::judge_phones(&with_phones, days, thresholds);
    write(conn, keys, phones, sum).await
}

async fn write(
    conn: &mut Conn,
    keys: &Keys,
    found: Vec<Finding>,
    sum: &mut RaisedSignals,
) -> Result<(), Failure> {
    if found.is_empty() {
        return Ok(());
    }
    // By fingerprint, so that two who look at once wait for one another in one direction only.
    let rows: BTreeMap<Vec<u8>, Value> = found
        .iter()
        .map(|finding| {
            let fingerprint = fingerprint(keys, finding);
            let row = row(&fingerprint, finding);
            (fingerprint, row)
        })
        .collect();
    let all = rows.len() as u32;
    let rows: Vec<Value> = rows.into_values().collect();
    let written = db::transaction::<_, Failure>(conn, async |conn| {
        let written = store::upsert_signals(conn, rows.clone()).await?;
        if written.raised + written.grown > 0 {
            let detail = json!({ "raised": written.raised, "grown": written.grown });
            let action = "verification.raise_signals";
            audit::record(conn, None, action, "signal:all", detail).await?;
        }
        Ok(written)
    })
    .await?;
    sum.raised += written.raised as u32;
    sum.grown += written.grown as u32;
    sum.unchanged += all - (written.raised + written.grown) as u32;
    Ok(())
}

fn fingerprint(keys: &Keys, finding: &Finding) -> Vec<u8> {
    let subject = match finding.subject {
        Subject::Author(id) => id.0.as_bytes().to_vec(),
        Subject::Village(id) => id.0.to_be_bytes().to_vec(),
    };
    let parts = [finding.rule.entry().id.as_bytes(), &subject, &finding.key];
    keys.lasting_mac("verification/signal/v1", &parts).to_vec()
}

fn row(fingerprint: &[u8], finding: &Finding) -> Value {
    let entry = finding.rule.entry();
    let (author_id, village_id) = match finding.subject {
        Subject::Author(id) => (Some(id), None),
        Subject::Village(id) => (None, Some(id)),
    };
    let named: Vec<_> = finding.acts.iter().take(ACTS_NAMED_MAX).collect();
    json!({
        "signal_id": Uuid::now_v7(),
        "fingerprint": store::bytea(fingerprint),
        "rule": entry.id,
        "severity": entry.severity.as_str(),
        "author_id": author_id,
        "village_id": village_id,
        "commune_id": finding.commune_id,
        "on_day": finding.on_day,
        "started_at": finding.started_at,
        "ended_at": finding.ended_at,
        "evidence": finding.evidence,
        "op_ids": named,
        "acts": finding.acts.len(),
    })
}
