create or replace view activity_now as
select a.op_id, a.village_id, a.mass_union, a.author_id,
  case when c.voids is false then c.what else a.what end as what,
  case when c.voids is false then c.attended else a.attended end as attended,
  case when c.voids is false then c.leaflets else a.leaflets end as leaflets,
  case when c.voids is false then c.helped else a.helped end as helped,
  a.text, a.effective_at, a.on_day,
  a.voided_by is not null or coalesce(c.voids, false) as is_voided,
  c.correction_id
from activity a
left join lateral (
  select * from activity_correction
  where op_id = a.op_id and undone_at is null
  order by seq desc
  limit 1
) c on true;
