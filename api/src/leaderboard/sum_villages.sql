-- $1 stage; $2, $3 whole months (end excluded); $4, $5 and $6, $7 edge days (both included).
-- A piece that is null selects nothing.
select village_id, mass_union,
       sum(n)::bigint as n,
       sum(assists)::bigint as assists,
       sum(confirmed)::bigint as confirmed,
       sum(anonymous)::bigint as anonymous
from (
  select village_id, mass_union, n, assists, confirmed, anonymous
  from rollup_month
  where stage = $1 and month >= $2 and month < $3
  union all
  select village_id, mass_union, n, assists, confirmed, anonymous
  from rollup_day
  where stage = $1 and on_day between $4 and $5
  union all
  select village_id, mass_union, n, assists, confirmed, anonymous
  from rollup_day
  where stage = $1 and on_day between $6 and $7
) piece
group by village_id, mass_union
