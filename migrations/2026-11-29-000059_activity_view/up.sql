-- A voided activity still shows what held before it was voided.

create or replace view activity_now as
select a.op_id, a.village_id, a.mass_union, a.author_id,
  case when said.op_id is null then a.what else said.what end as what,
  case when said.op_id is null then a.attended else said.attended end as attended,
  case when said.op_id is null then a.leaflets else said.leaflets end as leaflets,
  case when said.op_id is null then a.helped else said.helped end as helped,
  a.text, a.effective_at, a.on_day,
  a.voided_by is not null or coalesce(last.voids, false) as is_voided,
  last.correction_id
from activity a
left join lateral (
  select * from activity_correction
  where op_id = a.op_id and undone_at is null
  order by seq desc
  limit 1
) last on true
left join lateral (
  select * from activity_correction
  where op_id = a.op_id and undone_at is null and not voids
  order by seq desc
  limit 1
) said on true;
