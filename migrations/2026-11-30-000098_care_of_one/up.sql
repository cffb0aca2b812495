-- Care goes over with a merge: what stayed on whoever is stood for reached nobody's worklist.
with moved as (
  select distinct on (p.canonical_id) a.assignment_id, p.canonical_id
  from person_assignment a join person p using (person_id)
  where a.ended_at is null and p.canonical_id is not null
    and not exists (select from person_assignment own
      where own.person_id = p.canonical_id and tstzrange(own.begun_at, own.ended_at) && tstzrange(a.begun_at, null))
  order by p.canonical_id, a.begun_at
)
update person_assignment a set person_id = moved.canonical_id
from moved where moved.assignment_id = a.assignment_id;
