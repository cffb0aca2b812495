-- Why somebody took a table away is kept beside the audit trail, where nothing ever goes: people write a name all the
-- same, and whoever is erased is to be found in no reason.
create table export_reason (
  export_id uuid not null,
  reason text not null,
  kept_at timestamptz not null default app_now(),
  constraint export_reason_pkey primary key (export_id),
  constraint export_reason_length check (char_length(reason) between 1 and 200)
);
create index export_reason_kept_at_idx on export_reason (kept_at);
comment on table export_reason is 'Why a table was taken away. Who took which is in the audit trail.';
comment on column export_reason.export_id is 'As the detail of its line in the audit trail names it (UUIDv7).';
comment on column export_reason.reason is 'Why, in a few words; *** once it named somebody who was erased.';
comment on column export_reason.kept_at is 'When it was taken.';

-- Reasons that stand in the trail move here, each with the day on which it was given.
update audit_event set detail = detail || jsonb_build_object('export_id', gen_random_uuid())
where action in ('tracking.export_table', 'tracking.export_data_reports') and detail ? 'reason';
insert into export_reason (export_id, reason, kept_at)
select (detail ->> 'export_id')::uuid, left(detail ->> 'reason', 200), at from audit_event
where action in ('tracking.export_table', 'tracking.export_data_reports') and char_length(detail ->> 'reason') > 0;
update audit_event set detail = detail - 'reason'
where action in ('tracking.export_table', 'tracking.export_data_reports') and detail ? 'reason';
