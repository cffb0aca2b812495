-- $communes communes in the province that is there, those that it has among them, $villages villages in each new one,
-- $people citizens. Rollups only, and no facts: every village, stage and union since the start and in each of the last
-- three months; of the last four weeks, which the windows of boards reach into, a tenth of these on each day. All days of
-- four years would be a billion rows, and no board since the start reads one of them.
set local statement_timeout = 0;
-- What is loaded fits together by itself; looking every key up would take minutes.
set local session_replication_role = replica;
truncate rollup_day, rollup_month, rollup_total, rollup_author_day;

create temporary table made on commit drop as
select (select max(unit_id) from unit) as base,
       (select unit_id from unit where level = 'province' and valid_to is null) as province_id,
       $communes - (select count(*) from unit where level = 'commune' and valid_to is null)::integer as communes;

create temporary table commune on commit drop as
select base + at as unit_id, province_id, at
from made, generate_series(1, communes) at;

create temporary table village on commit drop as
select base + communes + (commune.at - 1) * $villages + place as unit_id, commune.unit_id as parent_id, place
from made, commune, generate_series(1, $villages) place;

insert into unit (unit_id, code, valid_from, name, folded, level, kind, class)
select unit_id, 'N' || at, date '2025-07-01', 'Xã số ' || at, 'xa so ' || at, 'commune', 'xa',
       (array['urban', 'lowland', 'upland'])[at % 3 + 1]
from commune;
insert into unit (unit_id, valid_from, name, folded, level, kind)
select unit_id, date '2025-07-01', 'Thôn ' || place, 'thon ' || place, 'village', 'thon'
from village;
insert into unit_parent (unit_id, parent_id, valid_from)
select unit_id, province_id, date '2025-07-01' from commune
union all
select unit_id, parent_id, date '2025-07-01' from village;
update unit_revision set revision = revision + 1;

insert into target (unit_id, stage, starts_on, people, denominator, source)
select unit_id, 'level2_activated', date '2026-01-01', greatest($people / $communes, 1), 'eligible', 'KH thử'
from commune
on conflict do nothing;

create temporary table worked on commit drop as
select unit_id as village_id, stage, mass_union,
       -- Every citizen has it installed, and each stage after it has fewer.
       ($people::numeric * (6 - step) / 5 / count(*) over (partition by stage)
           * (0.5 + (hashtextextended(unit_id || mass_union || stage, 6) & 1023) / 1024.0))::integer as n
from village
cross join unnest(array['installed', 'level1_activated', 'level2_collected', 'level2_approved', 'level2_activated'])
    with ordinality as stage(stage, step)
cross join unnest(array['youth', 'women']) mass_union;

insert into rollup_total (village_id, stage, mass_union, n, confirmed)
select village_id, stage, mass_union, n, n / 4 from worked;
insert into rollup_month (village_id, stage, mass_union, month, n, confirmed)
select village_id, stage, mass_union, (date_trunc('month', current_date) - make_interval(months => back))::date,
       n / 20, n / 80
from worked, generate_series(0, 2) back;
insert into rollup_day (village_id, stage, mass_union, on_day, n, confirmed)
select village_id, stage, mass_union, on_day, n / 60, n / 240
from generate_series(0, 27) back
cross join lateral (select current_date - back as on_day) day
join worked on hashtextextended(village_id || stage || mass_union || on_day, 6) % 10 = 0;
