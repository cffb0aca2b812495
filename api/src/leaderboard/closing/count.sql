-- $1, $2 first and last day of the window before; $3, $4 first and last day of the window; after it: $5 whole months
-- from this one, $6, $7 edge days (both included), null where there are none.
with near as (
  select stage, village_id, mass_union,
         sum(n) filter (where on_day >= $3) as n,
         sum(assists) filter (where on_day >= $3) as assists,
         sum(confirmed) filter (where on_day >= $3) as confirmed,
         sum(anonymous) filter (where on_day >= $3) as anonymous,
         sum(late) filter (where on_day >= $3) as late,
         max(on_day) filter (where on_day >= $3 and n > 0) as last_on,
         sum(n) filter (where on_day <= $2) as previous_n,
         sum(confirmed) filter (where on_day <= $2) as previous_confirmed,
         sum(n) filter (where on_day > $2 and on_day < $3) as between_n,
         sum(confirmed) filter (where on_day > $2 and on_day < $3) as between_confirmed
  from rollup_day
  where on_day between $1 and $4
  group by stage, village_id, mass_union
), later as (
  select stage, village_id, mass_union,
         sum(n) as n, sum(assists) as assists, sum(confirmed) as confirmed, sum(anonymous) as anonymous
  from (
    select stage, village_id, mass_union, n, assists, confirmed, anonymous
    from rollup_month
    where month >= $5
    union all
    select stage, village_id, mass_union, n, assists, confirmed, anonymous
    from rollup_day
    where on_day between $6 and $7
  ) piece
  group by stage, village_id, mass_union
)
select stage, village_id, mass_union,
       coalesce(near.n, 0)::bigint as n,
       coalesce(near.assists, 0)::bigint as assists,
       coalesce(near.confirmed, 0)::bigint as confirmed,
       coalesce(near.anonymous, 0)::bigint as anonymous,
       coalesce(near.late, 0)::bigint as late,
       near.last_on,
       coalesce(near.previous_n, 0)::bigint as previous_n,
       coalesce(near.previous_confirmed, 0)::bigint as previous_confirmed,
       coalesce(near.between_n, 0)::bigint as between_n,
       coalesce(near.between_confirmed, 0)::bigint as between_confirmed,
       (whole.n - coalesce(later.n, 0))::bigint as standing_n,
       (whole.assists - coalesce(later.assists, 0))::bigint as standing_assists,
       (whole.confirmed - coalesce(later.confirmed, 0))::bigint as standing_confirmed,
       (whole.anonymous - coalesce(later.anonymous, 0))::bigint as standing_anonymous
from rollup_total whole
left join near using (stage, village_id, mass_union)
left join later using (stage, village_id, mass_union)
