-- $1 stage; $2, $3 villages and the units that they are of; $4, $5 first and last day of the window; $6 the unions; $7:
-- only the confirmed are counted.
with asked as materialized (
  select village_id, unit_id from unnest($2, $3) as asked(village_id, unit_id)
),
recent as materialized (
  select asked.unit_id, max(d.on_day) as on_day
  from (
    select village_id, on_day
    from rollup_day
    where stage = $1 and mass_union = any($6) and on_day between greatest($4, $5 - 2) and $5
        and case when $7 then confirmed else n end > 0
    offset 0
  ) d
  join asked using (village_id)
  group by asked.unit_id
)
select unit_id, on_day from recent
union all
select asked.unit_id, max(last.on_day)
from asked
cross join unnest($6) as unions(mass_union)
cross join lateral (
  select d.on_day
  from rollup_day d
  where d.village_id = asked.village_id and d.stage = $1 and d.mass_union = unions.mass_union
      and d.on_day between $4 and $5 and case when $7 then d.confirmed else d.n end > 0
  order by d.on_day desc
  limit 1
) last
where not exists (select from recent where recent.unit_id = asked.unit_id)
group by asked.unit_id
