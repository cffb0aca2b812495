-- $1 stage; $2, $3 villages and the piece that each belongs to; $4 the union, or null for all; $5 day, week or
-- month; $6, $7 whole months (end excluded); $8, $9 and $10, $11 edge days (both included). A span that is null
-- selects nothing.
select piece.piece_id, r.mass_union, date_trunc($5, r.on_day)::date as starts_on,
       sum(r.n)::bigint as n, sum(r.confirmed)::bigint as confirmed
from (
  select village_id, mass_union, month as on_day, n, confirmed
  from rollup_month
  where stage = $1 and month >= $6 and month < $7
  union all
  select village_id, mass_union, on_day, n, confirmed
  from rollup_day
  where stage = $1 and on_day between $8 and $9
  union all
  select village_id, mass_union, on_day, n, confirmed
  from rollup_day
  where stage = $1 and on_day between $10 and $11
) r
join unnest($2, $3) as piece(village_id, piece_id) using (village_id)
where $4 is null or r.mass_union = $4
group by piece.piece_id, r.mass_union, starts_on
having sum(r.n) > 0
