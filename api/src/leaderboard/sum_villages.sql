-- $1 stage; $2, $3 whole months (end excluded); $4, $5 and $6, $7 edge days (both included).
-- A piece that is null selects nothing. $8: what is meant is everything less the pieces.
select village_id, mass_union,
       sum(sign * n)::bigint as n,
       sum(sign * assists)::bigint as assists,
       sum(sign * confirmed)::bigint as confirmed,
       sum(sign * anonymous)::bigint as anonymous,
       sum(sign * late)::bigint as late,
       0::bigint as held
from (
  select 1 as sign, village_id, mass_union, n, assists, confirmed, anonymous, late
  from rollup_total
  where stage = $1 and $8
  union all
  select case when $8 then -1 else 1 end, village_id, mass_union, n, assists, confirmed, anonymous, late
  from rollup_month
  where stage = $1 and month >= $2 and month < $3
  union all
  select case when $8 then -1 else 1 end, village_id, mass_union, n, assists, confirmed, anonymous, late
  from rollup_day
  where stage = $1 and on_day between $4 and $5
  union all
  select case when $8 then -1 else 1 end, village_id, mass_union, n, assists, confirmed, anonymous, late
  from rollup_day
  where stage = $1 and on_day between $6 and $7
) piece
group by village_id, mass_union
