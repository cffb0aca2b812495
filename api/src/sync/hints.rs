//! Hints: who may have been recorded already, for a phone without a network.
//!
//! A phone that is about to record somebody computes a tag of the ID number, 16 bits of an HMAC under the
//! key of the village, and looks for it among the tags of those whom somebody recorded there. Of 600
//! people 0.9 % of strangers meet a false alarm, and that is the point: 600 tags under a key that every
//! volunteer's phone knows fit some four million of the numbers of one birth province, so a found phone
//! proves of nobody that they were recorded.
//!
//! What it does tell: whoever knows a number already learns, but for that 0.9 %, whether it was *not*
//! recorded here; and whoever knows most of a number, such as its year and its last digits, has few left
//! to choose from. That is why the tag of a person is encrypted where it stands beside these (`person`),
//! and why the tags of a village are told sorted and each once, with nothing beside them. Keys differ
//! between villages, so that no tag can be followed from one to another.
//!
//! The tag is made where the number is at hand, for the village of that record: a person whom a lead put
//! in another village than the one that was sent, or whom only an office has met, has none, and a phone
//! asks the server later, which always knows. Only people with a credit are in the list, because whoever
//! was only visited is to be met again.
//!
//! Nothing is written here when people are recorded. Whoever pulls finds the villages at which nobody has
//! looked for a while, gathers their tags, and moves those that changed to the end of the stream.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, Uuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{PersonId, UnitId};
use mobile_contracts::sync::VillageHint;

use super::{Collection, store};
use crate::app::App;
use crate::db::{self, Conn, prepared};
use crate::geography::Level;
use crate::http::failure::Failure;
use crate::identity::Caller;
use crate::privacy::keys::Keys;
use crate::tracking::hint::{open_tag, village_key};

/// Villages whose tags one pull gathers; the next one goes on.
const GATHERED_AT_ONCE: i64 = 10;

type Tags = Vec<i32>;

/// Gathers the tags of the caller's villages where they may be old.
///
/// # Errors
/// When the database cannot.
pub async fn renew<P>(app: &App, conn: &mut Conn, caller: &Caller<P>) -> Result<(), Failure> {
    let geography = app.geography(conn).await?;
    let within = geography.all_within(caller.unit_id, local_day(app.clock.now()));
    let is_village = |id: &UnitId| {
        let unit = geography.unit(*id);
        unit.is_some_and(|unit| unit.level == Level::Village)
    };
    let villages: Vec<UnitId> = within.into_iter().filter(is_village).collect();
    let old = list_old(conn, &villages).await?;
    if old.is_empty() {
        return Ok(());
    }
    // Whoever comes at the same moment finds nothing left to do.
    let claimed = claim(conn, &old).await?;
    let villages: Vec<UnitId> = claimed.keys().copied().collect();
    let sealed = list_sealed(conn, &villages).await?;
    let keys = app.keys.clone();
    let gathered = tokio::task::spawn_blocking(move || gather(&keys, &villages, &sealed))
        .await
        .map_err(Failure::internal)?;
    let changed: Vec<(UnitId, Tags)> = gathered
        .into_iter()
        .filter(|(village, tags)| claimed[village].as_ref() != Some(tags))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    db::transaction::<_, Failure>(conn, async |conn| {
        for (village, tags) in &changed {
            set_tags(conn, *village, tags).await?;
        }
        let rows: Vec<(UnitId, String)> = changed
            .iter()
            .map(|(village, _)| (*village, village.to_string()))
            .collect();
        store::touch(conn, Collection::Hint, &rows).await?;
        Ok(())
    })
    .await
}

/// Gathers the tags of one village at once, in the caller's transaction, because somebody is in them no
/// longer. Nothing to do where nobody has looked yet.
///
/// # Errors
/// When the database cannot.
pub async fn gather_again(conn: &mut Conn, keys: &Keys, village: UnitId) -> QueryResult<()> {
    let sealed = list_sealed(conn, &[village]).await?;
    for (village, tags) in gather(keys, &[village], &sealed) {
        if set_tags(conn, village, &tags).await? {
            store::touch(conn, Collection::Hint, &[(village, village.to_string())]).await?;
        }
    }
    Ok(())
}

/// Slow: each tag is decrypted.
fn gather(keys: &Keys, villages: &[UnitId], sealed: &[SealedTag]) -> BTreeMap<UnitId, Tags> {
    let mut gathered: BTreeMap<UnitId, BTreeSet<i32>> = villages
        .iter()
        .map(|village| (*village, BTreeSet::new()))
        .collect();
    let mut unread = 0;
    for row in sealed {
        match open_tag(keys, row.person_id, &row.hint) {
            Some(tag) => {
                let tags = gathered.entry(row.village_id).or_default();
                tags.insert(i32::from(tag));
            }
            None => unread += 1,
        }
    }
    if unread > 0 {
        tracing::error!(unread, "tags of persons could not be read");
    }
    let sorted = |(village, tags): (UnitId, BTreeSet<i32>)| (village, tags.into_iter().collect());
    gathered.into_iter().map(sorted).collect()
}

/// What phones are told of these villages.
///
/// # Errors
/// When the database cannot.
pub async fn list(
    conn: &mut Conn,
    keys: &Keys,
    villages: &[UnitId],
) -> QueryResult<HashMap<UnitId, VillageHint>> {
    let rows: Vec<HintRow> = prepared(
        diesel::sql_query("select village_id, tags from hint where village_id = any($1)")
            .bind::<Array<Integer>, _>(villages),
    )
    .load(conn)
    .await?;
    let tell = |row: HintRow| {
        let tags = row.tags.unwrap_or_default();
        let hint = VillageHint {
            village_id: row.village_id,
            key: BASE64_URL_SAFE_NO_PAD.encode(village_key(keys, row.village_id)),
            tags: tags.into_iter().map(|tag| tag as u16).collect(),
        };
        (row.village_id, hint)
    };
    Ok(rows.into_iter().map(tell).collect())
}

#[derive(QueryableByName)]
struct HintRow {
    #[diesel(sql_type = Integer)]
    village_id: UnitId,
    #[diesel(sql_type = Nullable<Array<Integer>>)]
    tags: Option<Tags>,
}

/// Villages at which nobody has looked for a quarter of an hour, those never looked at first. Locks
/// nothing.
async fn list_old(conn: &mut Conn, villages: &[UnitId]) -> QueryResult<Vec<UnitId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        village_id: UnitId,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(
            "select wanted.village_id
         from unnest($1) as wanted (village_id)
         left join hint h on h.village_id = wanted.village_id
         where h.village_id is null or h.looked_at < app_now() - interval '15 minutes'
         order by h.looked_at nulls first, wanted.village_id
         limit $2",
        )
        .bind::<Array<Integer>, _>(villages)
        .bind::<BigInt, _>(GATHERED_AT_ONCE),
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.village_id).collect())
}

/// Of these villages those that nobody else is looking at, with what was told of them.
async fn claim(conn: &mut Conn, villages: &[UnitId]) -> QueryResult<HashMap<UnitId, Option<Tags>>> {
    let rows: Vec<HintRow> = prepared(
        diesel::sql_query(
            "insert into hint (village_id)
         select wanted.village_id from unnest($1) as wanted (village_id) order by wanted.village_id
         on conflict (village_id) do update set looked_at = app_now()
         where hint.looked_at < app_now() - interval '15 minutes'
         returning village_id, tags",
        )
        .bind::<Array<Integer>, _>(villages),
    )
    .load(conn)
    .await?;
    let told = |row: HintRow| (row.village_id, row.tags);
    Ok(rows.into_iter().map(told).collect())
}

#[derive(QueryableByName)]
struct SealedTag {
    #[diesel(sql_type = Integer)]
    village_id: UnitId,
    #[diesel(sql_type = Uuid)]
    person_id: PersonId,
    #[diesel(sql_type = Binary)]
    hint: Vec<u8>,
}

/// The tags of those whom somebody recorded, still encrypted.
async fn list_sealed(conn: &mut Conn, villages: &[UnitId]) -> QueryResult<Vec<SealedTag>> {
    prepared(
        diesel::sql_query(
            "select p.village_id, p.person_id, p.hint
         from person p
         where p.village_id = any($1) and p.hint is not null
             and exists (select from credit c where c.person_id = p.person_id)",
        )
        .bind::<Array<Integer>, _>(villages),
    )
    .load(conn)
    .await
}

/// False: nobody has looked there yet.
async fn set_tags(conn: &mut Conn, village: UnitId, tags: &[i32]) -> QueryResult<bool> {
    let set = prepared(
        diesel::sql_query("update hint set tags = $2 where village_id = $1")
            .bind::<Integer, _>(village)
            .bind::<Array<Integer>, _>(tags),
    )
    .execute(conn)
    .await?;
    Ok(set > 0)
}
