-- A lead corrects or voids what was told of an outreach activity: beside what was told, never over it.

create table activity_correction (
  correction_id uuid not null,
  op_id uuid not null,
  voids boolean not null,
  what text,
  attended integer,
  leaflets integer,
  helped integer,
  reason text not null,
  corrected_by uuid not null,
  corrected_at timestamptz not null default app_now(),
  seq bigint generated always as identity,
  undone_by uuid,
  undone_at timestamptz,
  constraint activity_correction_pkey primary key (correction_id),
  constraint activity_correction_op_id_fkey foreign key (op_id) references activity,
  constraint activity_correction_corrected_by_fkey foreign key (corrected_by) references account (account_id),
  constraint activity_correction_undone_by_fkey foreign key (undone_by) references account (account_id),
  constraint activity_correction_what_form check (what ~ '^[a-z0-9_]{1,30}$'),
  constraint activity_correction_counts check (attended between 0 and 100000 and leaflets between 0 and 100000 and helped between 0 and 100000),
  constraint activity_correction_voids_or_says check (voids = (what is null) and (not voids or num_nonnulls(attended, leaflets, helped) = 0)),
  constraint activity_correction_reason_length check (char_length(reason) between 1 and 200),
  constraint activity_correction_undone_whole check ((undone_by is null) = (undone_at is null))
);
create index activity_correction_op_id_idx on activity_correction (op_id, seq);
comment on table activity_correction is 'What a lead says of an activity instead of its author. The last one that was not undone holds.';
comment on column activity_correction.correction_id is 'Made by the program (UUIDv7).';
comment on column activity_correction.op_id is 'The activity.';
comment on column activity_correction.voids is 'It did not happen, or was told twice: it counts nowhere.';
comment on column activity_correction.what is 'What it was. Null if it is voided.';
comment on column activity_correction.attended is 'How many came. Null: not counted.';
comment on column activity_correction.leaflets is 'How many leaflets were given out. Null: not counted.';
comment on column activity_correction.helped is 'How many were helped there. Null: not counted.';
comment on column activity_correction.reason is 'Why. Never a name.';
comment on column activity_correction.corrected_by is 'Who says so.';
comment on column activity_correction.corrected_at is 'When.';
comment on column activity_correction.seq is 'Order.';
comment on column activity_correction.undone_by is 'Who took it back.';
comment on column activity_correction.undone_at is 'When. Null: it stands.';
revoke update, delete on activity_correction from to06_server;
grant update (undone_by, undone_at) on activity_correction to to06_server;

create view activity_now as
select a.op_id, a.village_id, a.mass_union, a.author_id,
  case when c.voids is false then c.what else a.what end as what,
  case when c.voids is false then c.attended else a.attended end as attended,
  case when c.voids is false then c.leaflets else a.leaflets end as leaflets,
  case when c.voids is false then c.helped else a.helped end as helped,
  a.text, a.effective_at, a.on_day,
  a.voided_by is not null or coalesce(c.voids, false) as is_voided,
  c.correction_id
from activity a
left join lateral (
  select * from activity_correction
  where op_id = a.op_id and undone_at is null
  order by seq desc
  limit 1
) c on true;
comment on view activity_now is 'Activities as they stand: what was told, or what a lead says instead.';
