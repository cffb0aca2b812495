-- The police's monthly list of a commune: what came of comparing it, never the list itself.

create table police_report (
  commune_id integer not null,
  month date not null,
  stage text not null,
  theirs integer not null,
  ours integer not null,
  matched integer not null,
  elsewhere integer not null,
  only_theirs integer not null,
  only_ours integer not null,
  without_number integer not null,
  imported_by uuid not null,
  imported_at timestamptz not null default app_now(),
  constraint police_report_pkey primary key (commune_id, month, stage),
  constraint police_report_commune_id_fkey foreign key (commune_id) references unit,
  constraint police_report_imported_by_fkey foreign key (imported_by) references account (account_id),
  constraint police_report_stage_known check (stage in ('level2_collected', 'level2_activated')),
  constraint police_report_month_first_day check (extract(day from month) = 1),
  constraint police_report_counts check (theirs >= 0 and ours >= 0 and matched >= 0 and elsewhere >= 0 and only_theirs >= 0 and only_ours >= 0 and without_number >= 0)
);
comment on table police_report is 'What a police list and our records had in common. The list is compared in memory by keyed hash and kept nowhere; the last import of a month stands.';
comment on column police_report.commune_id is 'Of which commune.';
comment on column police_report.month is 'First day of the month.';
comment on column police_report.stage is 'level2_collected or level2_activated.';
comment on column police_report.theirs is 'Citizens in the list.';
comment on column police_report.ours is 'Citizens whom we count here in that month.';
comment on column police_report.matched is 'Citizens in the list whom we count in this commune, whenever.';
comment on column police_report.elsewhere is 'Citizens in the list whom we count in another commune.';
comment on column police_report.only_theirs is 'Citizens in the list whom we do not count.';
comment on column police_report.only_ours is 'Citizens of ours with an ID number who are not in the list.';
comment on column police_report.without_number is 'Citizens of ours without an ID number, whom no list can match.';
comment on column police_report.imported_by is 'Who brought the list.';
comment on column police_report.imported_at is 'When.';
revoke delete on police_report from to06_server;

create table reconciliation_task (
  task_id uuid not null,
  commune_id integer not null,
  month date not null,
  stage text not null,
  state text not null default 'open',
  owner_id uuid,
  due_on date not null,
  opened_at timestamptz not null default app_now(),
  changed_at timestamptz not null default app_now(),
  constraint reconciliation_task_pkey primary key (task_id),
  constraint reconciliation_task_report_key unique (commune_id, month, stage),
  constraint reconciliation_task_report_fkey foreign key (commune_id, month, stage) references police_report,
  constraint reconciliation_task_owner_id_fkey foreign key (owner_id) references account (account_id),
  constraint reconciliation_task_state_known check (state in ('open', 'in_progress', 'explained', 'corrected', 'agrees'))
);
create index reconciliation_task_commune_id_idx on reconciliation_task (commune_id, task_id);
comment on table reconciliation_task is 'A commune whose numbers lie more than a tenth away from the police''s: somebody finds out why.';
comment on column reconciliation_task.task_id is 'Made by the program (UUIDv7).';
comment on column reconciliation_task.commune_id is 'Of which commune.';
comment on column reconciliation_task.month is 'First day of the month.';
comment on column reconciliation_task.stage is 'Of which stage.';
comment on column reconciliation_task.state is 'open, in_progress, explained, corrected; agrees: a later list did.';
comment on column reconciliation_task.owner_id is 'Who finds out.';
comment on column reconciliation_task.due_on is 'Until when.';
comment on column reconciliation_task.opened_at is 'Since when.';
comment on column reconciliation_task.changed_at is 'When it changed last.';
revoke delete on reconciliation_task from to06_server;

create table reconciliation_step (
  step_id uuid not null,
  task_id uuid not null,
  state text not null,
  owner_id uuid,
  due_on date not null,
  note text not null,
  taken_by uuid not null,
  taken_at timestamptz not null default app_now(),
  constraint reconciliation_step_pkey primary key (step_id),
  constraint reconciliation_step_task_id_fkey foreign key (task_id) references reconciliation_task,
  constraint reconciliation_step_owner_id_fkey foreign key (owner_id) references account (account_id),
  constraint reconciliation_step_taken_by_fkey foreign key (taken_by) references account (account_id),
  constraint reconciliation_step_note_length check (char_length(note) between 1 and 300)
);
create index reconciliation_step_task_id_idx on reconciliation_step (task_id, step_id);
comment on table reconciliation_step is 'The history of a task: how it stood after each change.';
comment on column reconciliation_step.step_id is 'Made by the program (UUIDv7).';
comment on column reconciliation_step.task_id is 'Of which task.';
comment on column reconciliation_step.state is 'Its state from then on.';
comment on column reconciliation_step.owner_id is 'Its owner from then on.';
comment on column reconciliation_step.due_on is 'Its day from then on.';
comment on column reconciliation_step.note is 'Why. No names.';
comment on column reconciliation_step.taken_by is 'Who changed it.';
comment on column reconciliation_step.taken_at is 'When.';
revoke update, delete on reconciliation_step from to06_server;
