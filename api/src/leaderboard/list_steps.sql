-- $1 stage; $2, $3 villages and the units that they are of; $4, $5 whole months (end excluded); $6, $7 and $8, $9
-- edge days (both included). A piece that is null selects nothing. $10: only the confirmed are counted; $11: only
-- this union, if any is named.
with asked as materialized (
    select * from unnest($2, $3) as asked(village_id, unit_id)
),
piece as (
    select unit_id, month as first, (month + interval '1 month' - interval '1 day')::date as last, n, confirmed
    from asked join rollup_month using (village_id)
    where stage = $1 and month >= $4 and month < $5 and ($11 is null or mass_union = $11)
    union all
    select unit_id, on_day, on_day, n, confirmed
    from asked join rollup_day using (village_id)
    where stage = $1 and on_day between $6 and $7 and ($11 is null or mass_union = $11)
    union all
    select unit_id, on_day, on_day, n, confirmed
    from asked join rollup_day using (village_id)
    where stage = $1 and on_day between $8 and $9 and ($11 is null or mass_union = $11)
)
select unit_id, first, last, sum(case when $10 then confirmed else n end)::bigint as n
from piece
group by unit_id, first, last
order by unit_id, first
