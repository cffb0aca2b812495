-- Whoever is one with somebody restricted is restricted with them, as long as they are one.
alter table person add column restricted_as_one boolean not null default false;
alter table person add constraint person_restricted_as_one_consistent
  check (restricted_at is not null or not restricted_as_one);
comment on column person.restricted_as_one is 'Whether they are restricted only because somebody is with whom they are one.';

-- Those who were merged before this was kept.
with own as (
  select coalesce(canonical_id, person_id) as head_id, min(restricted_at) as since
  from person where restricted_at is not null group by 1
)
update person p set restricted_at = own.since, restricted_as_one = true
from own
where own.head_id = coalesce(p.canonical_id, p.person_id) and p.restricted_at is null;
