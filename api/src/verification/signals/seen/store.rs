//! What tracking recorded, as the rules want it.

use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Bytea, Date, Integer, Nullable, SmallInt, Text, Timestamptz,
    Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::citizen_id::Sex;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, DeviceId, OperationId, PersonId, UnitId};

use crate::db::{Conn, prepared};
use crate::privacy::keys::{Keys, Place};
use crate::verification::signals::act::{Act, Number};
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
    by_helper: bool,
    #[diesel(sql_type = Bool)]
    is_voided: bool,
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
                 f.device_holder is not distinct from 'helper' as by_helper,
                 f.voided_by is not null as is_voided
             from fact f
             join operation o using (op_id)
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
        phone: phone.map(|phone| {
            let hash = keys.lasting_mac("verification/phone/v1", &[phone.as_bytes()]);
            let mut short = [0; 16];
            short.copy_from_slice(&hash[..16]);
            short
        }),
        by_helper: row.by_helper,
        is_voided: row.is_voided,
    }
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
