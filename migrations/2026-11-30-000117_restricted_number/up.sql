-- Somebody has the use of their data restricted before anybody has recorded them: it holds when somebody does.

create table restricted_number (
  subject_blind bytea not null,
  rights_request_id uuid not null,
  restricted_at timestamptz not null default app_now(),
  constraint restricted_number_pkey primary key (subject_blind)
);
create index restricted_number_rights_request_id_idx on restricted_number (rights_request_id);
comment on table restricted_number is 'Owners of these ID numbers had the use of their data restricted when nothing was recorded of them. Whoever is recorded by one is restricted from the first moment. Gone when the restriction is lifted or its owner erased.';
comment on column restricted_number.subject_blind is 'Keyed hash of the ID number, as a person''s is kept. Nothing else is kept of its owner.';
comment on column restricted_number.rights_request_id is 'By which request: it is lifted by that one. Requests are forgotten after a time, and the restriction is not.';
comment on column restricted_number.restricted_at is 'Since when.';
revoke update on restricted_number from to06_server;
