-- Kept no longer than needed: when each kind of record was purged last, and the order in which the old ones
-- are found.

create table retention_run (
  kind text not null,
  ran_at timestamptz not null default app_now(),
  purged bigint not null,
  constraint retention_run_pkey primary key (kind, ran_at),
  constraint retention_run_kind_form check (kind ~ '^[a-z_]{1,40}$'),
  constraint retention_run_purged_range check (purged >= 0)
);
comment on table retention_run is 'What each run of the purge did, by kind of record. A run that was killed has no row; what it purged until then is in the audit trail, and the next one goes on.';
comment on column retention_run.kind is 'Which kind of record, as the schedule names it.';
comment on column retention_run.ran_at is 'When it was through.';
comment on column retention_run.purged is 'How many were deleted or emptied.';

create index notice_settled_at_idx on notice (settled_at) where settled_at is not null;
create index waitlist_entry_over_idx on waitlist_entry (changed_at) where state in ('taken', 'left', 'ended');
create index place_hold_until_idx on place (hold_until) where hold_until is not null;
create index ticket_named_idx on ticket (on_day) where citizen_blind is not null;
create index session_family_over_idx on session_family (coalesce(ended_at, ends_at));
