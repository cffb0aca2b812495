drop index person_created_at_idx;
comment on column account.name is 'The person''s name, encrypted for this row.';
comment on column account.phone is 'The phone, encrypted for this row.';
alter table account drop constraint account_forgotten_is_stopped;
