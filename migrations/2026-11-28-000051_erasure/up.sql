-- What is left of somebody who had themselves erased: counts, and rows that say nothing of them.

alter table person add column erased_at timestamptz;
alter table person add constraint person_erased_is_empty check (erased_at is null
  or num_nonnulls(subject_blind, id_tail, name, phone, birth_year, sex, hint) = 0);
comment on column person.erased_at is 'When everything else was erased. The row stays, for its records still count; whoever is recorded again counts again.';

alter table operation add column erased_at timestamptz;
alter table operation drop constraint operation_has_hash;
alter table operation add constraint operation_has_hash
  check ((author_id is null or erased_at is not null) = (payload_hash is null));
alter table operation add constraint operation_erased_is_empty check (erased_at is null or raw is null);
comment on column operation.erased_at is 'When the person it was about was erased: whoever sends it again is answered as before, its words are nowhere.';
comment on column operation.payload_hash is 'Keyed hash of what was sent: the same id with another payload is refused. Keyed, because an ID number could be guessed. Emptied with the person.';

alter table appointment add column emptied_at timestamptz;
alter table appointment add constraint appointment_emptied_is_empty check (emptied_at is null
  or (num_nonnulls(phone, proxy_name, proxy_relation, guardian_name) = 0 and id_tail = ''
    and birth_year = 0 and octet_length(name) = 0 and citizen_blind = uuid_send(appointment_id)
    and status in ('served', 'no_show', 'cancelled')));
comment on column appointment.emptied_at is 'When it was emptied of its person. What stays is what offices count.';
create index appointment_unemptied_idx on appointment (starts_at) where emptied_at is null;
-- A person's appointments are looked for when they ask for a copy, or are erased.
create index appointment_citizen_blind_idx on appointment (citizen_blind);
create index ticket_citizen_blind_idx on ticket (citizen_blind) where citizen_blind is not null;

-- Each for erasing only: what was said of a person, and free words in which people write names.
grant delete on person_field to to06_server;
grant update (text) on note, activity to to06_server;
grant update (reason) on void, review to to06_server;
-- Whoever takes their consent back becomes an anonymous count.
grant update (person_id) on fact, visit, note to to06_server;
