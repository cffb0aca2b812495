-- $1 stage; $2 villages; $3, $4 whole months (end excluded); $5, $6 and $7, $8 edge days (both included).
-- A piece that is null selects nothing. $9: only the confirmed are counted.
select village_id, mass_union, month as first,
       (month + interval '1 month' - interval '1 day')::date as last, (case when $9 then confirmed else n end)::bigint as n
from rollup_month
where stage = $1 and village_id = any($2) and month >= $3 and month < $4
union all
select village_id, mass_union, on_day, on_day, case when $9 then confirmed else n end
from rollup_day
where stage = $1 and village_id = any($2) and on_day between $5 and $6
union all
select village_id, mass_union, on_day, on_day, case when $9 then confirmed else n end
from rollup_day
where stage = $1 and village_id = any($2) and on_day between $7 and $8
