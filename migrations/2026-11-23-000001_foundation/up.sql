-- What belongs to no feature: the clock, the serving role, saved answers, the audit trail, the outbox.

-- The serving login is a member of this role. It owns nothing: it reads and writes rows, and cannot
-- change a table.
do $$
begin
  if not exists (select from pg_roles where rolname = 'to06_server') then
    create role to06_server nologin;
  end if;
end
$$;
grant usage on schema public to to06_server;
-- Readiness compares what was migrated with what the program knows.
grant select on __diesel_schema_migrations to to06_server;
alter default privileges in schema public grant select, insert, update, delete on tables to to06_server;
alter default privileges in schema public grant usage on sequences to to06_server;

-- Exclusion constraints over (village, span of days).
create extension if not exists btree_gist;

create table app_clock (
  only_row boolean not null default true,
  time_offset interval not null default '0',
  constraint app_clock_pkey primary key (only_row),
  constraint app_clock_one_row check (only_row)
);
comment on table app_clock is 'How far this database is ahead of its machine. One row; zero in production, where a start refuses any other; tests move their own database.';
comment on column app_clock.only_row is 'Always true: keeps the table at one row.';
comment on column app_clock.time_offset is 'Added to the machine''s clock by app_now().';
insert into app_clock default values;
revoke insert, update, delete on app_clock from to06_server;

create function app_now() returns timestamptz
  language sql volatile
  as $$ select clock_timestamp() + time_offset from app_clock $$;
comment on function app_now() is 'The only clock that SQL asks. Not now(), which stands still in a transaction. The one stored function.';

create table idempotency (
  actor text not null,
  key uuid not null,
  request_hash bytea not null,
  status smallint,
  body jsonb,
  created_at timestamptz not null default app_now(),
  constraint idempotency_pkey primary key (actor, key),
  constraint idempotency_actor_length check (char_length(actor) between 1 and 100)
);
create index idempotency_created_at_idx on idempotency (created_at);
comment on table idempotency is 'Answers given under a key. Claimed, worked for and answered in one transaction, so a row without an answer is never seen from outside. Kept 72 hours.';
comment on column idempotency.actor is 'Whose key: an account, or the nonce of a stranger''s hold.';
comment on column idempotency.key is 'The Idempotency-Key header.';
comment on column idempotency.request_hash is 'Keyed hash of the request: the same key with another body is refused. Keyed, because an ID number in a body could be guessed.';
comment on column idempotency.status is 'HTTP status of the answer.';
comment on column idempotency.body is 'Body of the answer. Holds no secret: secrets are derived again.';
comment on column idempotency.created_at is 'When the key was claimed.';

create table audit_event (
  seq bigint generated always as identity,
  at timestamptz not null default app_now(),
  actor_id uuid,
  action text not null,
  object text not null,
  detail jsonb not null default '{}',
  constraint audit_event_pkey primary key (seq)
);
create index audit_event_actor_id_idx on audit_event (actor_id, at);
create index audit_event_object_idx on audit_event (object, at);
comment on table audit_event is 'Who did what to which row. Append-only for the serving role; holds no personal data.';
comment on column audit_event.seq is 'Order of writing.';
comment on column audit_event.at is 'When.';
comment on column audit_event.actor_id is 'The account, or null for a citizen without one and for the program itself.';
comment on column audit_event.action is 'What was done, as feature.verb, such as booking.cancel.';
comment on column audit_event.object is 'To what, as kind:id.';
comment on column audit_event.detail is 'Reasons and codes. Never a name, a phone or an ID number.';
revoke update, delete on audit_event from to06_server;

create table notice (
  notice_id uuid not null,
  dedupe_key text not null,
  kind text not null,
  recipient bytea,
  params jsonb not null default '{}',
  not_before timestamptz not null default app_now(),
  not_after timestamptz not null,
  state text not null default 'waiting',
  tries smallint not null default 0,
  created_at timestamptz not null default app_now(),
  constraint notice_pkey primary key (notice_id),
  constraint notice_dedupe_key_key unique (dedupe_key),
  constraint notice_state_known check (state in ('waiting', 'sent', 'failed', 'dropped'))
);
create index notice_waiting_idx on notice (not_before) where state = 'waiting';
comment on table notice is 'The outbox: what people are to be told, written in the transaction that gives the reason.';
comment on column notice.notice_id is 'Made by the program (UUIDv7).';
comment on column notice.dedupe_key is 'One message per change: the same change enqueues once.';
comment on column notice.kind is 'Which text, such as booking.confirmed.';
comment on column notice.recipient is 'The phone, encrypted for this row. Null: nobody to reach by phone.';
comment on column notice.params is 'What the text says: times, places, codes. Never a name or an ID number.';
comment on column notice.not_before is 'Do not send earlier.';
comment on column notice.not_after is 'Do not send later: a reminder after the start is noise.';
comment on column notice.state is 'waiting, sent, failed (gave up) or dropped (its reason is gone).';
comment on column notice.tries is 'How often sending was tried.';
comment on column notice.created_at is 'When it was written.';
