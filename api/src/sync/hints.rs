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
//! and why the tags of a village are told sorted and each once. Keys differ between villages, so that no
//! tag can be followed from one to another.
//!
//! Beside each tag stands at which stages somebody with it was recorded, and nothing else: most people are
//! met again at their next stage, and a phone that doubts them all is soon not believed. So whoever knows a
//! number also learns, but for the same 0.9 %, how far that person has come; of a part of a number they keep
//! those candidates whose stages fit what they know, where they kept all. One tag serves all stages, for
//! a tag of each would be one more chance to tell a stranger apart, and the 0.9 % would be none. No day, no
//! recorder, no campaign stands there: credit is one row of a person and a stage in the whole province, of
//! whatever campaign. Five marks of a tag weigh less than the tag itself.
//!
//! The tag is made where the number is at hand, for the village of that record: a person whom a lead put
//! in another village than the one that was sent, or whom only an office has met, has none, and a phone
//! asks the server later, which always knows. Only people with a credit are in the list, because whoever
//! was only visited is to be met again.
//!
//! Nothing is written here when people are recorded. Whoever has pulled everything else finds the villages at which
//! nobody has looked for a while, gathers their tags, and moves those that changed to the end of the stream.

use std::collections::{BTreeMap, HashMap};
use std::ops::BitOr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, SmallInt, Text, Uuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{PersonId, UnitId};
use mobile_contracts::sync::{StageMarks, VillageHint};
use mobile_contracts::tracking::Stage;

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

/// What phones are told of a village: its tags, sorted, and of each at which stages somebody with it was recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Tags {
    tags: Vec<i32>,
    /// Sums of [`bit`]s, one for each tag.
    stages: Vec<i16>,
}

impl Tags {
    fn of(stages_by_tag: BTreeMap<i32, i16>) -> Self {
        let (tags, stages) = stages_by_tag.into_iter().unzip();
        Self { tags, stages }
    }

    /// Of each stage at which anybody was recorded whose tags those are.
    fn marks(&self) -> Vec<StageMarks> {
        let marks = Stage::ALL.into_iter().map(|stage| StageMarks {
            stage: stage.as_str().to_owned(),
            marks: self
                .stages
                .iter()
                .map(|stages| if stages & bit(stage) == 0 { '0' } else { '1' })
                .collect(),
        });
        marks.filter(|one| one.marks.contains('1')).collect()
    }
}

/// By its place in [`Stage::ALL`], to which stages are only added at the end.
fn bit(stage: Stage) -> i16 {
    1 << stage as i16
}

/// Gathers the tags of the caller's villages where they may be old. True: some have changed.
///
/// # Errors
/// When the database cannot.
pub async fn renew<P>(app: &App, conn: &mut Conn, caller: &Caller<P>) -> Result<bool, Failure> {
    let geography = app.geography(conn).await?;
    let within = geography.all_within(caller.unit_id, local_day(app.clock.now()));
    let is_village = |id: &UnitId| {
        let unit = geography.unit(*id);
        unit.is_some_and(|unit| unit.level == Level::Village)
    };
    let villages: Vec<UnitId> = within.into_iter().filter(is_village).collect();
    let old = list_old(conn, &villages).await?;
    if old.is_empty() {
        return Ok(false);
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
        return Ok(false);
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
        Ok(true)
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
    let mut gathered: BTreeMap<UnitId, BTreeMap<i32, i16>> = villages
        .iter()
        .map(|village| (*village, BTreeMap::new()))
        .collect();
    let mut unread = 0;
    for row in sealed {
        match open_tag(keys, row.person_id, &row.hint) {
            Some(tag) => {
                let tags = gathered.entry(row.village_id).or_default();
                let stages = row.stages.iter().filter_map(|word| Stage::parse(word));
                *tags.entry(tag.into()).or_default() |= stages.map(bit).fold(0, BitOr::bitor);
            }
            None => unread += 1,
        }
    }
    if unread > 0 {
        tracing::error!(unread, "tags of persons could not be read");
    }
    gathered
        .into_iter()
        .map(|(village, stages_by_tag)| (village, Tags::of(stages_by_tag)))
        .collect()
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
        diesel::sql_query("select village_id, tags, stages from hint where village_id = any($1)")
            .bind::<Array<Integer>, _>(villages),
    )
    .load(conn)
    .await?;
    let tell = |row: HintRow| {
        let told = Tags {
            tags: row.tags.unwrap_or_default(),
            stages: row.stages.unwrap_or_default(),
        };
        let hint = VillageHint {
            village_id: row.village_id,
            key: BASE64_URL_SAFE_NO_PAD.encode(village_key(keys, row.village_id)),
            tags: told.tags.iter().map(|tag| *tag as u16).collect(),
            stages: told.marks(),
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
    tags: Option<Vec<i32>>,
    #[diesel(sql_type = Nullable<Array<SmallInt>>)]
    stages: Option<Vec<i16>>,
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
         returning village_id, tags, stages",
        )
        .bind::<Array<Integer>, _>(villages),
    )
    .load(conn)
    .await?;
    let told = |row: HintRow| {
        let told = row.tags.zip(row.stages);
        (
            row.village_id,
            told.map(|(tags, stages)| Tags { tags, stages }),
        )
    };
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
    #[diesel(sql_type = Array<Text>)]
    stages: Vec<String>,
}

/// The tags of those whom somebody recorded, still encrypted, and at which stages.
async fn list_sealed(conn: &mut Conn, villages: &[UnitId]) -> QueryResult<Vec<SealedTag>> {
    prepared(
        diesel::sql_query(
            "select p.village_id, p.person_id, p.hint, array_agg(c.stage) as stages
         from person p
         join credit c on c.person_id = p.person_id
         where p.village_id = any($1) and p.hint is not null
         group by p.person_id",
        )
        .bind::<Array<Integer>, _>(villages),
    )
    .load(conn)
    .await
}

/// False: nobody has looked there yet.
async fn set_tags(conn: &mut Conn, village: UnitId, told: &Tags) -> QueryResult<bool> {
    let set = prepared(
        diesel::sql_query("update hint set tags = $2, stages = $3 where village_id = $1")
            .bind::<Integer, _>(village)
            .bind::<Array<Integer>, _>(&told.tags)
            .bind::<Array<SmallInt>, _>(&told.stages),
    )
    .execute(conn)
    .await?;
    Ok(set > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_with_one_tag_are_told_as_one_and_a_stage_without_anybody_is_not_told() {
        let mut stages_by_tag = BTreeMap::new();
        for (tag, stage) in [
            (9, Stage::Level1Activated),
            (4, Stage::Installed),
            (9, Stage::Level2Activated),
            (9, Stage::Level1Activated),
        ] {
            *stages_by_tag.entry(tag).or_default() |= bit(stage);
        }
        let told = Tags::of(stages_by_tag);
        assert_eq!(
            (told.tags.as_slice(), told.stages.as_slice()),
            ([4, 9].as_slice(), [1, 18].as_slice())
        );
        let marks: Vec<_> = told
            .marks()
            .into_iter()
            .map(|one| (one.stage, one.marks))
            .collect();
        let expected = [
            ("installed", "10"),
            ("level1_activated", "01"),
            ("level2_activated", "01"),
        ];
        assert_eq!(
            marks,
            expected.map(|(stage, marks)| (stage.to_owned(), marks.to_owned()))
        );
        assert!(Tags::default().marks().is_empty());
    }
}
