-- What a board shows beside the counts, kept when its window closes: who reached a full target when, who came to
-- their count earlier, how much came late, and how far the numbers could be trusted.

alter table board_sum
  add column late bigint,
  add column last_on date,
  add constraint board_sum_late check (late >= 0),
  add constraint board_sum_last_within check (last_on between starts_on and ends_on);
comment on column board_sum.last_on is 'The last day of the window on which somebody came to n. Null where nobody did, or this was not kept.';
comment on column board_sum.late is 'How many of n came more than three days after the day on which it was done. Null where this was not kept.';

create table board_reached (
  starts_on date not null,
  ends_on date not null,
  revision integer not null,
  stage text not null,
  unit_id integer not null,
  basis text not null,
  reached_on date not null,
  constraint board_reached_pkey primary key (starts_on, ends_on, revision, stage, unit_id, basis),
  constraint board_reached_closing_fkey foreign key (starts_on, ends_on, revision) references board_closing,
  constraint board_reached_unit_id_fkey foreign key (unit_id) references unit,
  constraint board_reached_stage_known check (stage in ('installed', 'level1_activated', 'level2_collected', 'level2_approved', 'level2_activated')),
  constraint board_reached_basis_known check (basis in ('recognised', 'confirmed')),
  constraint board_reached_within check (reached_on between starts_on and ends_on)
);
comment on table board_reached is 'On which day of a closed window a unit reached its target: of those with a full one the earliest stands first.';
comment on column board_reached.starts_on is 'First day of the window.';
comment on column board_reached.ends_on is 'Last day of the window: units are those of this day.';
comment on column board_reached.revision is 'Which revision of it.';
comment on column board_reached.stage is 'The stage.';
comment on column board_reached.unit_id is 'Whose target.';
comment on column board_reached.basis is 'recognised or confirmed: who was counted on the way to it.';
comment on column board_reached.reached_on is 'The day.';
revoke update, delete on board_reached from to06_server;

create table board_grade (
  starts_on date not null,
  ends_on date not null,
  revision integer not null,
  unit_id integer not null,
  grade text not null,
  constraint board_grade_pkey primary key (starts_on, ends_on, revision, unit_id),
  constraint board_grade_closing_fkey foreign key (starts_on, ends_on, revision) references board_closing,
  constraint board_grade_unit_id_fkey foreign key (unit_id) references unit,
  constraint board_grade_known check (grade in ('A', 'B', 'C', '–'))
);
comment on table board_grade is 'How far the numbers of a unit could be trusted on the last day of a closed window.';
comment on column board_grade.starts_on is 'First day of the window.';
comment on column board_grade.ends_on is 'Last day of the window.';
comment on column board_grade.revision is 'Which revision of it.';
comment on column board_grade.unit_id is 'A commune or district of that day.';
comment on column board_grade.grade is 'A, B, C, or – where too little was known.';
revoke update, delete on board_grade from to06_server;
