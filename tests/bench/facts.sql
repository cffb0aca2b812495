-- $1 facts, five stages of each citizen, spread evenly over every village of today, both unions and the
-- days since January 2023. Credit and rollups are then counted from them. Ids rise, as those of phones do.
set local statement_timeout = 0;
-- What is loaded fits together by itself; looking every key up would take minutes.
set local session_replication_role = replica;
-- What stands on a fact elsewhere, as a desk's ticket does, goes with it.
truncate visit, note, void, credit, fact, operation, person, rollup_day, rollup_month, rollup_total,
    rollup_author_day cascade;

create temporary table loaded on commit drop as
with village as (
    select unit_id, row_number() over (order by unit_id) - 1 as place
    from unit
    where level = 'village' and valid_to is null
),
author as (
    select account_id, mass_union, row_number() over (partition by mass_union order by account_id) as place
    from account
    where mass_union in ('youth', 'women')
),
citizen as (
    select i, lpad(to_hex(i), 32, '0')::uuid as person_id, village.unit_id as village_id,
        author.account_id as author_id, author.mass_union,
        date '2023-01-09'
            + (hashtextextended('day ' || i, 6) & 1048575)::integer % (current_date - date '2023-01-09') as on_day
    from generate_series(1, $1 / 5) i
    join village on village.place = i % (select count(*) from village)
    join author on author.place = 1
        and author.mass_union = case when hashtextextended('union ' || i, 6) > 0 then 'youth' else 'women' end
)
select lpad(to_hex(i * 8 + step), 32, '0')::uuid as op_id, citizen.*, stage
from citizen
cross join unnest(array['installed', 'level1_activated', 'level2_collected', 'level2_approved',
    'level2_activated']) with ordinality as stages (stage, step)
order by i, step;

insert into person (person_id, village_id, consent_method, consent_at)
select person_id, village_id, 'spoken', on_day from loaded where stage = 'installed';

insert into operation (op_id, author_id, kind, payload_hash, result, village_id, received_at,
    effective_at, said_at, recorded_on, epoch)
select op_id, author_id, 'record', '\x00', 'applied', village_id, on_day + interval '10 hours',
    on_day + interval '10 hours', on_day + interval '10 hours', on_day, (select max(epoch) from sync_epoch)
from loaded;

insert into fact (op_id, person_id, stage, village_id, mass_union, author_id, device_holder,
    effective_at, on_day, received_on)
select op_id, person_id, stage, village_id, mass_union, author_id,
    case when stage in ('installed', 'level1_activated', 'level2_activated') then 'own' end,
    on_day + interval '10 hours', on_day, on_day
from loaded;
