-- Work that moves many and names nobody: a village meeting, leaflets, an evening with the loudspeaker.

alter table operation drop constraint operation_kind_known;
alter table operation add constraint operation_kind_known
  check (kind in ('record', 'visit', 'void', 'note', 'replace', 'request_appointment', 'activity', 'unknown'));
comment on column operation.kind is 'record, visit, void, note, replace, request_appointment or activity; unknown: kept until the program knows it.';

create table activity (
  op_id uuid not null,
  village_id integer not null,
  mass_union text not null,
  author_id uuid not null,
  what text not null,
  attended integer,
  leaflets integer,
  helped integer,
  text bytea,
  effective_at timestamptz not null,
  on_day date not null,
  voided_by uuid,
  constraint activity_pkey primary key (op_id),
  constraint activity_op_id_fkey foreign key (op_id) references operation,
  constraint activity_village_id_fkey foreign key (village_id) references unit,
  constraint activity_author_id_fkey foreign key (author_id) references account,
  constraint activity_mass_union_known check (mass_union in ('youth', 'women', 'none')),
  constraint activity_what_form check (what ~ '^[a-z0-9_]{1,30}$'),
  constraint activity_counts check (attended between 0 and 100000 and leaflets between 0 and 100000 and helped between 0 and 100000)
);
create index activity_village_id_idx on activity (village_id, on_day);
comment on table activity is 'An outreach activity with its counts and without a single person. It moves no board: boards count citizens.';
comment on column activity.op_id is 'The operation that recorded it.';
comment on column activity.village_id is 'Where.';
comment on column activity.mass_union is 'The union that the author worked for.';
comment on column activity.author_id is 'Who reports it.';
comment on column activity.what is 'meeting, leaflet, loudspeaker, mobile_team, school, market, other; newer apps may say more.';
comment on column activity.attended is 'How many came. Null: not counted.';
comment on column activity.leaflets is 'How many leaflets were given out. Null: not counted.';
comment on column activity.helped is 'How many were helped there; who they are stands in records of their own. Null: not counted.';
comment on column activity.text is 'A few words, encrypted for this row: people write names.';
comment on column activity.effective_at is 'When, by the corrected clock.';
comment on column activity.on_day is 'The same as a day in Vietnam.';
comment on column activity.voided_by is 'The operation that took it back.';
revoke update, delete on activity from to06_server;
grant update (voided_by) on activity to to06_server;
