-- What waits for a person, as provisional boards count it: without a key, without reading what was kept of it.

create table held_record (
  op_id uuid not null,
  subject_blind bytea,
  person_id uuid,
  stage text not null,
  village_id integer not null,
  mass_union text not null,
  effective_at timestamptz not null,
  on_day date not null,
  constraint held_record_pkey primary key (op_id),
  constraint held_record_op_id_fkey foreign key (op_id) references operation,
  constraint held_record_village_id_fkey foreign key (village_id) references unit,
  constraint held_record_stage_known check (stage in ('installed', 'level1_activated', 'level2_collected', 'level2_approved', 'level2_activated')),
  constraint held_record_mass_union_known check (mass_union in ('youth', 'women', 'none')),
  constraint held_record_one_subject check (subject_blind is null or person_id is null)
);
create index held_record_stage_idx on held_record (stage);
comment on table held_record is 'What a record that is held would count as if it were approved as it was sent. Written with the operation, and gone when that is decided; `verify-rollups` proves that none is missing. It counts on no board but a provisional one.';
comment on column held_record.op_id is 'The operation that is held.';
comment on column held_record.subject_blind is 'Keyed hash of the ID number, as a person''s is kept.';
comment on column held_record.person_id is 'Who, without an ID number: as the phone named them. Both null: nobody who may be counted.';
comment on column held_record.stage is 'The stage.';
comment on column held_record.village_id is 'The village that it was sent for.';
comment on column held_record.mass_union is 'The union that its author worked for.';
comment on column held_record.effective_at is 'When it was done, by the corrected clock: of one person''s the earliest counts.';
comment on column held_record.on_day is 'The same as a day in Vietnam.';
