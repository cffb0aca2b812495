-- $1 units; $2, $3 the bounds of the day; $4 the end of the day after.
with own as (
    select office_id from office where unit_id = any($1)
),
freed as (
    select count(*) as freed,
        count(*) filter (where p.appointment_id is not null or exists (
            select from place_freed later
            where (later.office_id, later.starts_at, later.place_no)
                = (f.office_id, f.starts_at, f.place_no) and later.rev > f.rev
        )) as refilled
    from own
    join place_freed f using (office_id)
    join place p on (p.office_id, p.starts_at, p.place_no) = (f.office_id, f.starts_at, f.place_no)
    where f.starts_at >= $2 and f.starts_at < $3 and f.freed_at >= $2 and not p.withdrawn
),
booked as (
    select count(*) filter (where a.status = 'no_show' and a.starts_at < $3) as missed,
        count(*) filter (where a.status = 'booked' and a.starts_at >= $3) as booked_tomorrow
    from own
    join appointment a using (office_id)
    where a.starts_at >= $2 and a.starts_at < $4
)
select freed, refilled, missed, booked_tomorrow from freed, booked
