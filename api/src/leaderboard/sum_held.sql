-- $1 stage. Of everything that is held and can still be approved: each person once, by the earliest record, and
-- nobody who has the stage already.
with waiting as (
  select h.op_id, h.village_id, h.mass_union, h.on_day, h.effective_at, known.head_id,
         coalesce(known.head_id::text, h.person_id::text, encode(h.subject_blind, 'hex')) as whom
  from held_record h
  join operation o on o.op_id = h.op_id and o.result = 'held' and o.raw is not null
  left join person by_number on by_number.subject_blind = h.subject_blind
  left join person by_id on by_id.person_id = h.person_id
  cross join lateral (
    select coalesce(by_number.canonical_id, by_number.person_id, by_id.canonical_id, by_id.person_id) as head_id
  ) known
  where h.stage = $1 and (h.subject_blind is not null or h.person_id is not null)
), first as (
  select distinct on (whom) village_id, mass_union, on_day
  from waiting
  where not exists (select from credit c where c.person_id = head_id and c.stage = $1)
  order by whom, effective_at, op_id
)
select village_id, mass_union, on_day, count(*) as n
from first
group by village_id, mass_union, on_day
