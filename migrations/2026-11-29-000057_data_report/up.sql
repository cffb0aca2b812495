-- What the police have wrong of somebody, as it is found in the field or at a desk: "đúng, đủ, sạch, sống".

create table data_report (
  report_id uuid not null,
  person_id uuid not null,
  village_id integer not null,
  what text not null,
  words bytea,
  reported_by uuid not null,
  reported_at timestamptz not null default app_now(),
  state text not null default 'open',
  changed_at timestamptz not null default app_now(),
  constraint data_report_pkey primary key (report_id),
  constraint data_report_person_id_fkey foreign key (person_id) references person,
  constraint data_report_village_id_fkey foreign key (village_id) references unit,
  constraint data_report_reported_by_fkey foreign key (reported_by) references account (account_id),
  constraint data_report_what_known check (what in ('wrong_phone', 'wrong_name', 'wrong_birth_date', 'wrong_sex', 'wrong_address', 'moved_away', 'deceased', 'missing', 'other')),
  constraint data_report_state_known check (state in ('open', 'forwarded', 'corrected', 'refused'))
);
create index data_report_village_id_idx on data_report (village_id, report_id);
create index data_report_person_id_idx on data_report (person_id);
create index data_report_reported_by_idx on data_report (reported_by, report_id);
comment on table data_report is 'Something that the police have wrong of a citizen. It corrects nothing here: the police of the commune do, there.';
comment on column data_report.report_id is 'Made by whoever reports, so that it may be sent again.';
comment on column data_report.person_id is 'Of whom.';
comment on column data_report.village_id is 'Where that citizen is known, as of the report.';
comment on column data_report.what is 'wrong_phone, wrong_name, wrong_birth_date, wrong_sex, wrong_address, moved_away, deceased, missing or other.';
comment on column data_report.words is 'What is right instead, encrypted for this row.';
comment on column data_report.reported_by is 'Who reports it.';
comment on column data_report.reported_at is 'When.';
comment on column data_report.state is 'open, forwarded, corrected or refused.';
comment on column data_report.changed_at is 'Since when.';
revoke update, delete on data_report from to06_server;
grant update (state, changed_at, words) on data_report to to06_server;

create table data_report_step (
  step_id uuid not null,
  report_id uuid not null,
  state text not null,
  reason text,
  taken_by uuid not null,
  taken_at timestamptz not null default app_now(),
  constraint data_report_step_pkey primary key (step_id),
  constraint data_report_step_report_id_fkey foreign key (report_id) references data_report,
  constraint data_report_step_taken_by_fkey foreign key (taken_by) references account (account_id),
  constraint data_report_step_state_known check (state in ('open', 'forwarded', 'corrected', 'refused')),
  constraint data_report_step_reason_length check (char_length(reason) between 1 and 200),
  constraint data_report_step_refused_why check (reason is not null or state in ('forwarded', 'corrected'))
);
create index data_report_step_report_id_idx on data_report_step (report_id, taken_at);
comment on table data_report_step is 'What was done about a report, step by step.';
comment on column data_report_step.step_id is 'Made by the program (UUIDv7).';
comment on column data_report_step.report_id is 'Which report.';
comment on column data_report_step.state is 'How it stands from then on.';
comment on column data_report_step.reason is 'Why; always of a refusal, and of opening it again. Never a name.';
comment on column data_report_step.taken_by is 'By whom.';
comment on column data_report_step.taken_at is 'When.';
revoke update, delete on data_report_step from to06_server;
