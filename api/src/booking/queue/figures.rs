//! Counting days: one question for all figures, so that they are of one moment.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Double, Integer, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day_bounds;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::queue::DayStatistics;

use crate::db::{Conn, prepared};

/// Vietnam keeps +07 all year.
const DAYS: &str = "
with days as (
    select d::date as on_day from generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') d
),
booked as (
    select (a.starts_at at time zone interval '7 hours')::date as on_day,
        count(*) filter (where a.status <> 'cancelled' or t.ticket_id is not null) as booked,
        count(*) filter (where a.status = 'no_show') as no_show
    from appointment a
    left join ticket t on t.appointment_id = a.appointment_id
    where a.office_id = $1 and a.starts_at >= $4 and a.starts_at < $5
    group by 1
),
came as (
    select t.on_day,
        count(*) as arrived,
        count(*) filter (where t.appointment_id is null) as walk_ins,
        count(*) filter (where t.state = 'served') as served,
        count(*) filter (where t.state = 'left') as gone,
        percentile_cont(0.5) within group (order by w.minutes) as median,
        percentile_cont(0.9) within group (order by w.minutes) as ninth,
        count(e.miss_min) as judged,
        count(*) filter (where e.miss_min = 0) as held
    from ticket t
    left join ticket_estimate e on e.ticket_id = t.ticket_id
    left join lateral (
        select greatest(0, extract(epoch from t.first_called_at
            - greatest(t.arrived_at, t.waits_from)) / 60)::double precision as minutes
        where t.first_called_at is not null
    ) w on true
    where t.office_id = $1 and t.on_day between $2 and $3
    group by 1
),
freed as (
    select (f.starts_at at time zone interval '7 hours')::date as on_day,
        count(*) as freed,
        count(*) filter (where p.appointment_id is not null or exists (
            select from place_freed later
            where (later.office_id, later.starts_at, later.place_no)
                = (f.office_id, f.starts_at, f.place_no) and later.rev > f.rev
        )) as refilled
    from place_freed f
    join place p on (p.office_id, p.starts_at, p.place_no) = (f.office_id, f.starts_at, f.place_no)
    where f.office_id = $1 and f.starts_at >= $4 and f.starts_at < $5 and not p.withdrawn
    group by 1
)
select d.on_day, coalesce(b.booked, 0) as booked, coalesce(b.no_show, 0) as no_show,
    coalesce(c.arrived, 0) as arrived, coalesce(c.walk_ins, 0) as walk_ins,
    coalesce(c.served, 0) as served, coalesce(c.gone, 0) as gone, c.median, c.ninth,
    coalesce(c.judged, 0) as judged, coalesce(c.held, 0) as held,
    coalesce(f.freed, 0) as freed, coalesce(f.refilled, 0) as refilled
from days d
left join booked b using (on_day)
left join came c using (on_day)
left join freed f using (on_day)
order by d.on_day";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Date)]
    on_day: NaiveDate,
    #[diesel(sql_type = BigInt)]
    booked: i64,
    #[diesel(sql_type = BigInt)]
    no_show: i64,
    #[diesel(sql_type = BigInt)]
    arrived: i64,
    #[diesel(sql_type = BigInt)]
    walk_ins: i64,
    #[diesel(sql_type = BigInt)]
    served: i64,
    #[diesel(sql_type = BigInt)]
    gone: i64,
    #[diesel(sql_type = Nullable<Double>)]
    median: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    ninth: Option<f64>,
    #[diesel(sql_type = BigInt)]
    judged: i64,
    #[diesel(sql_type = BigInt)]
    held: i64,
    #[diesel(sql_type = BigInt)]
    freed: i64,
    #[diesel(sql_type = BigInt)]
    refilled: i64,
}

impl Row {
    fn tell(self) -> DayStatistics {
        let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        DayStatistics {
            on: self.on_day,
            booked: count(self.booked),
            arrived: count(self.arrived),
            walk_ins: count(self.walk_ins),
            served: count(self.served),
            no_show: count(self.no_show),
            left: count(self.gone),
            waited_median_min: self.median.map(|minutes| minutes.round() as u32),
            waited_ninth_min: self.ninth.map(|minutes| minutes.round() as u32),
            freed: count(self.freed),
            refilled: count(self.refilled),
            estimate_held_percent: (self.judged > 0)
                .then(|| count((self.held * 200 + self.judged) / (self.judged * 2))),
        }
    }
}

/// Every day of the span, in order.
///
/// # Errors
/// When the database cannot.
pub async fn list_days(
    conn: &mut Conn,
    office_id: OfficeId,
    from: NaiveDate,
    to: NaiveDate,
) -> QueryResult<Vec<DayStatistics>> {
    let rows: Vec<Row> = prepared(
        diesel::sql_query(DAYS)
            .bind::<Integer, _>(office_id.0)
            .bind::<Date, _>(from)
            .bind::<Date, _>(to)
            .bind::<Timestamptz, _>(local_day_bounds(from).start)
            .bind::<Timestamptz, _>(local_day_bounds(to).end),
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(Row::tell).collect())
}
