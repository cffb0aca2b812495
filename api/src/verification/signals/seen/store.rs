//! What tracking recorded, as the rules want it.

use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Bytea, Date, Integer, Nullable, SmallInt, Text, Timestamptz,
    Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day_bounds;
use mobile_contracts::citizen_id::Sex;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, DeviceId, OperationId, PersonId, UnitId};

use crate::db::{Conn, prepared};
use crate::privacy::keys::{Keys, Place};
use crate::verification::signals::act::{Act, Number};
use crate::verification::signals::outreach::Told;
use crate::verification::signals::villages::Standing;

#[derive(QueryableByName)]
struct ActRow {
    #[diesel(sql_type = SqlUuid)]
    op_id: OperationId,
    #[diesel(sql_type = SqlUuid)]
    author_id: AccountId,
    #[diesel(sql_type = Text)]
    mass_union: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    device_id: Option<DeviceId>,
    #[diesel(sql_type = Integer)]
    village_id: UnitId,
    #[diesel(sql_type = Timestamptz)]
    effective_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    received_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    person_id: Option<PersonId>,
    #[diesel(sql_type = Nullable<Text>)]
    id_tail: Option<String>,
    #[diesel(sql_type = Nullable<SmallInt>)]
    birth_year: Option<i16>,
    #[diesel(sql_type = Nullable<Text>)]
    sex: Option<String>,
    #[diesel(sql_type = Nullable<Bytea>)]
    phone: Option<Vec<u8>>,
    #[diesel(sql_type = Bool)]
    has_number: bool,
    #[diesel(sql_type = Bool)]
    by_helper: bool,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    voided_at: Option<DateTime<Utc>>,
}

/// What phones recorded in these villages on these days; what no phone sent is somebody else's to vouch for.
pub async fn list_acts(
    conn: &mut Conn,
    keys: &Keys,
    commune_id: UnitId,
    villages: &[UnitId],
    days: &RangeInclusive<NaiveDate>,
) -> QueryResult<Vec<Act>> {
    let rows: Vec<ActRow> = prepared(
        diesel::sql_query(
            "select f.op_id, f.author_id, f.mass_union, o.device_id, f.village_id, f.effective_at,
                 o.received_at, h.person_id, p.id_tail, p.birth_year, p.sex, h.phone,
                 coalesce(h.subject_blind is not null or h.erased_at is not null, false) as has_number,
                 f.device_holder is not distinct from 'helper' as by_helper,
                 case when f.voided_by is not null then coalesce(v.received_at, o.received_at) end as voided_at
             from fact f
             join operation o using (op_id)
             left join operation v on v.op_id = f.voided_by
             left join person p on p.person_id = f.person_id
             left join person h on h.person_id = coalesce(p.canonical_id, p.person_id)
             where f.village_id = any($1) and f.on_day between $2 and $3 and o.device_id is not null",
        )
        .bind::<Array<Integer>, _>(villages)
        .bind::<Date, _>(days.start())
        .bind::<Date, _>(days.end()),
    )
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| act(keys, commune_id, row))
        .collect())
}

fn act(keys: &Keys, commune_id: UnitId, row: ActRow) -> Act {
    let phone = row
        .person_id
        .zip(row.phone.as_deref())
        .and_then(|(person, phone)| {
            let place = Place {
                column: "person.phone",
                row: person.0.as_bytes(),
            };
            keys.decrypt(&place, phone).ok()
        });
    let tail = row.id_tail.and_then(|tail| tail.parse().ok());
    let sex = match row.sex.as_deref() {
        Some("male") => Some(Sex::Male),
        Some("female") => Some(Sex::Female),
        _ => None,
    };
    let number = tail
        .zip(row.birth_year)
        .zip(sex)
        .map(|((tail, birth_year), sex)| Number {
            tail,
            birth_year,
            sex,
        });
    Act {
        op_id: row.op_id,
        author_id: row.author_id,
        mass_union: MassUnion::parse(&row.mass_union)
            .expect("fact_mass_union_known allows only known ones"),
        device_id: row.device_id,
        village_id: row.village_id,
        commune_id,
        effective_at: row.effective_at,
        received_at: row.received_at,
        person_id: row.person_id,
        number,
        has_number: row.has_number,
        phone: phone.map(|phone| {
            let hash = keys.lasting_mac("verification/phone/v1", &[phone.as_bytes()]);
            let mut short = [0; 16];
            short.copy_from_slice(&hash[..16]);
            short
        }),
        by_helper: row.by_helper,
        voided_at: row.voided_at,
    }
}

/// Where something done before this day came to count on it or later, because it was approved or reinstated:
/// each village with its earliest day.
pub async fn list_counted_late(
    conn: &mut Conn,
    since: NaiveDate,
) -> QueryResult<Vec<(UnitId, NaiveDate)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        village_id: UnitId,
        #[diesel(sql_type = Date)]
        first: NaiveDate,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(
            "select f.village_id, min(f.on_day) as first
             from (
                 select op_id from review where decision = 'approve' and decided_at >= $1
                 union
                 select v.target_op_id
                 from void_undo u join void v on v.op_id = u.void_op_id
                 where u.undone_at >= $1
             ) late
             join fact f using (op_id)
             where f.on_day < $2
             group by f.village_id",
        )
        .bind::<Timestamptz, _>(local_day_bounds(since).start)
        .bind::<Date, _>(since),
    )
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.village_id, row.first))
        .collect())
}

/// What was told of outreach in these villages on these days, with how many the largest target names there.
pub async fn list_outreach(
    conn: &mut Conn,
    commune_id: UnitId,
    villages: &[UnitId],
    days: &RangeInclusive<NaiveDate>,
) -> QueryResult<Vec<Told>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        op_id: OperationId,
        #[diesel(sql_type = SqlUuid)]
        author_id: AccountId,
        #[diesel(sql_type = Timestamptz)]
        effective_at: DateTime<Utc>,
        #[diesel(sql_type = Nullable<BigInt>)]
        attended: Option<i64>,
        #[diesel(sql_type = Nullable<BigInt>)]
        leaflets: Option<i64>,
        #[diesel(sql_type = Nullable<BigInt>)]
        helped: Option<i64>,
        #[diesel(sql_type = Nullable<BigInt>)]
        people: Option<i64>,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(
            "select a.op_id, a.author_id, a.effective_at, a.attended::bigint as attended,
                 a.leaflets::bigint as leaflets, a.helped::bigint as helped,
                 (select max(t.people)::bigint from target t
                  where t.unit_id = a.village_id and t.starts_on <= a.on_day
                      and (t.ends_on is null or t.ends_on >= a.on_day)) as people
             from activity_now a
             where a.village_id = any($1) and a.on_day between $2 and $3 and not a.is_voided",
        )
        .bind::<Array<Integer>, _>(villages)
        .bind::<Date, _>(days.start())
        .bind::<Date, _>(days.end()),
    )
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Told {
            op_id: row.op_id,
            author_id: row.author_id,
            commune_id,
            effective_at: row.effective_at,
            attended: row.attended,
            leaflets: row.leaflets,
            helped: row.helped,
            people: row.people,
        })
        .collect())
}

/// Villages against the targets that hold on this day.
pub async fn list_standings(
    conn: &mut Conn,
    commune_id: UnitId,
    class: &str,
    villages: &[UnitId],
    on: NaiveDate,
) -> QueryResult<Vec<Standing>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        village_id: UnitId,
        #[diesel(sql_type = Text)]
        stage: String,
        #[diesel(sql_type = Date)]
        since: NaiveDate,
        #[diesel(sql_type = BigInt)]
        people: i64,
        #[diesel(sql_type = BigInt)]
        counted: i64,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(
            "select t.unit_id as village_id, t.stage, t.starts_on as since, t.people::bigint as people,
                 coalesce(sum(r.n), 0)::bigint as counted
             from target t
             join unit u on u.unit_id = t.unit_id and u.level = 'village'
             left join rollup_day r
                 on r.village_id = t.unit_id and r.stage = t.stage and r.on_day >= t.starts_on
             where t.unit_id = any($1) and t.starts_on <= $2 and (t.ends_on is null or t.ends_on >= $2)
             group by t.unit_id, t.stage, t.starts_on, t.people",
        )
        .bind::<Array<Integer>, _>(villages)
        .bind::<Date, _>(on),
    )
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Standing {
            village_id: row.village_id,
            commune_id,
            class: class.to_owned(),
            stage: row.stage,
            since: row.since,
            people: row.people,
            counted: row.counted,
        })
        .collect())
}
