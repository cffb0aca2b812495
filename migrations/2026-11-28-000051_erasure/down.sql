revoke update (person_id) on fact, visit, note from to06_server;
revoke update (reason) on void, review from to06_server;
revoke update (text) on note, activity from to06_server;
revoke delete on person_field from to06_server;

drop index ticket_citizen_blind_idx;
drop index appointment_citizen_blind_idx;
drop index appointment_unemptied_idx;
alter table appointment drop column emptied_at;

update operation set payload_hash = '' where erased_at is not null and author_id is not null;
alter table operation drop constraint operation_has_hash;
alter table operation drop column erased_at;
alter table operation add constraint operation_has_hash check ((author_id is null) = (payload_hash is null));
comment on column operation.payload_hash is 'Keyed hash of what was sent: the same id with another payload is refused. Keyed, because an ID number could be guessed.';

alter table person drop column erased_at;
