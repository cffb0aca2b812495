-- $1 first day of the window before; $2, $3 first and last day of the window.
select stage, village_id, mass_union,
       coalesce(sum(n) filter (where on_day >= $2), 0)::bigint as n,
       coalesce(sum(assists) filter (where on_day >= $2), 0)::bigint as assists,
       coalesce(sum(confirmed) filter (where on_day >= $2), 0)::bigint as confirmed,
       coalesce(sum(anonymous) filter (where on_day >= $2), 0)::bigint as anonymous,
       coalesce(sum(n) filter (where on_day < $2), 0)::bigint as previous_n
from rollup_day
where on_day between $1 and $3
group by stage, village_id, mass_union
having sum(n + assists + confirmed + anonymous) > 0
