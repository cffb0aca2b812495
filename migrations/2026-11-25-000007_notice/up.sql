-- The outbox is sent: when a notice may be tried, who is sending it, through which channel it went,
-- and what stands in the way.

drop index notice_waiting_idx;
alter table notice drop constraint notice_state_known;

alter table notice
  add column subject_id uuid,
  add column office_id integer,
  add column try_at timestamptz not null default app_now(),
  add column lease_id uuid,
  add column channel text,
  add column failure text,
  add column settled_at timestamptz,
  add constraint notice_state_known check (state in ('waiting', 'sent', 'failed', 'dropped', 'called')),
  add constraint notice_lease_waits check (lease_id is null or state = 'waiting'),
  add constraint notice_office_id_fkey foreign key (office_id) references office;

update notice set subject_id = (params ->> 'appointment_id')::uuid, try_at = not_before,
  settled_at = case when state <> 'waiting' then app_now() end;
-- What was never sent because nothing sent, and is too late now.
update notice set state = 'dropped', failure = 'too_late', settled_at = app_now(), recipient = null
  where state = 'waiting' and not_after <= app_now();
alter table notice add constraint notice_settled_whole check ((state = 'waiting') = (settled_at is null));

create index notice_waiting_idx on notice (try_at) where state = 'waiting';
create index notice_ends_idx on notice (not_after) where state = 'waiting';
create index notice_unreached_idx on notice (office_id, notice_id) where state in ('waiting', 'failed');

comment on column notice.recipient is 'The phone, encrypted for this row, until the notice is settled. Null: nobody to reach by phone, or no longer needed.';
comment on column notice.state is 'waiting, sent, failed (gave up), dropped (its reason is gone) or called (a person telephoned instead).';
comment on column notice.tries is 'How often sending was begun.';
comment on column notice.subject_id is 'What it is about; its feature is asked about it again before anything is sent.';
comment on column notice.office_id is 'The office whose desk is told when nobody could be reached.';
comment on column notice.try_at is 'Not tried earlier: not_before at first, then the end of a sender''s lease, then the next try.';
comment on column notice.lease_id is 'The sender''s lease: only its holder writes what became of the notice.';
comment on column notice.channel is 'Through which channel it was sent, or may have been.';
comment on column notice.failure is 'Why the last try failed or the notice was dropped, as a word.';
comment on column notice.settled_at is 'When it was sent, given up, dropped or called about.';
