-- Targets: numbers set for a unit, a stage and a period.

create table target (
  unit_id integer not null,
  stage text not null,
  starts_on date not null,
  ends_on date,
  people integer not null,
  denominator text not null,
  source text not null,
  set_by uuid,
  set_at timestamptz not null default app_now(),
  constraint target_pkey primary key (unit_id, stage, starts_on),
  constraint target_unit_id_fkey foreign key (unit_id) references unit,
  constraint target_set_by_fkey foreign key (set_by) references account (account_id),
  constraint target_stage_known check (stage in ('installed', 'level1_activated', 'level2_collected', 'level2_approved', 'level2_activated')),
  constraint target_denominator_known check (denominator in ('assigned', 'eligible', 'approved')),
  constraint target_people_positive check (people between 1 and 10000000),
  constraint target_span check (ends_on >= starts_on),
  constraint target_source_length check (char_length(source) between 1 and 200),
  constraint target_one_at_a_time exclude using gist (unit_id with =, stage with =, daterange(starts_on, ends_on, '[]') with &&)
);
comment on table target is 'How many people a unit is to bring to a stage in a period. More than 100 % is normal.';
comment on column target.unit_id is 'A village, commune, district or province.';
comment on column target.stage is 'Which of the five stages.';
comment on column target.starts_on is 'First day of the period.';
comment on column target.ends_on is 'Last day of the period, null while it goes on.';
comment on column target.people is 'The number.';
comment on column target.denominator is 'What the number is: assigned by a plan, eligible people, or approved dossiers. A rate never goes without it.';
comment on column target.source is 'The plan or list that it comes from.';
comment on column target.set_by is 'Who set it; null: the command line or the demo.';
comment on column target.set_at is 'When it was set.';
