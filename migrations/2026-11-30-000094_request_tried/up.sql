-- Each contact tries some requests: those that were tried longest ago, so that nobody waits behind others for ever.
-- What is taken back needs no name any more.

alter table appointment_request
  add column tried_at timestamptz,
  drop constraint appointment_request_open_has_name,
  add constraint appointment_request_open_has_name
    check (state <> 'open' or voided_by is not null or name is not null);
comment on column appointment_request.tried_at is 'When a place was last looked for. Null: not yet.';
grant update (tried_at) on appointment_request to to06_server;

drop index appointment_request_open_idx;
create index appointment_request_open_idx on appointment_request (author_id, tried_at, op_id)
  where state = 'open' and voided_by is null;
create index appointment_request_named_idx on appointment_request (effective_at)
  where name is not null or phone is not null;
