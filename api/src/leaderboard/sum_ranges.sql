-- $1 stage; $2 whether everything is asked for, which is no range; of the ranges: $3, $4, $5 whole months (end
-- excluded), and $6, $7, $8 days (both included). Each range is looked up by itself (`offset 0` keeps it so): joined,
-- all days that there are would be read to find those of a week.
select null::integer as range_at, village_id, mass_union,
       n::bigint, assists::bigint, confirmed::bigint, anonymous::bigint, late::bigint, 0::bigint as held
from rollup_total
where stage = $1 and $2
union all
select range_at, village_id, mass_union,
       sum(n), sum(assists), sum(confirmed), sum(anonymous), sum(late), 0
from (
  select asked.range_at, r.*
  from unnest($3, $4, $5) as asked(range_at, first, past)
  cross join lateral (
    select village_id, mass_union, n, assists, confirmed, anonymous, late
    from rollup_month
    where stage = $1 and month >= asked.first and month < asked.past
    offset 0
  ) r
  union all
  select asked.range_at, r.*
  from unnest($6, $7, $8) as asked(range_at, first, last)
  cross join lateral (
    select village_id, mass_union, n, assists, confirmed, anonymous, late
    from rollup_day
    where stage = $1 and on_day between asked.first and asked.last
    offset 0
  ) r
) piece
group by range_at, village_id, mass_union
