-- $1 stage; $2, $3 villages and the units that they are of; $4, $5 whole months (end excluded); $6, $7 and $8, $9
-- edge days (both included). A piece that is null selects nothing. $10: only the confirmed are counted; $11: the
-- unions. They are named one by one, because days follow them in the key: without them all days of a village are
-- looked through.
with asked as materialized (
    select *
    from unnest($2, $3) as asked(village_id, unit_id)
    cross join unnest($11) as unions(mass_union)
),
piece as (
    select unit_id, month as first, (month + interval '1 month' - interval '1 day')::date as last, n, confirmed
    from asked join rollup_month using (village_id, mass_union)
    where stage = $1 and month >= $4 and month < $5
    union all
    select unit_id, on_day, on_day, n, confirmed
    from asked join rollup_day using (village_id, mass_union)
    where stage = $1 and on_day between $6 and $7
    union all
    select unit_id, on_day, on_day, n, confirmed
    from asked join rollup_day using (village_id, mass_union)
    where stage = $1 and on_day between $8 and $9
)
select unit_id, first, last, sum(case when $10 then confirmed else n end)::bigint as n
from piece
group by unit_id, first, last
order by unit_id, first
