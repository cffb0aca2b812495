-- What looks odd in recorded work: told, explained and answered, and never a verdict.

create table signal (
  signal_id uuid not null,
  fingerprint bytea not null,
  rule text not null,
  severity text not null,
  author_id uuid,
  village_id integer,
  commune_id integer not null,
  on_day date not null,
  started_at timestamptz,
  ended_at timestamptz,
  evidence jsonb not null,
  op_ids uuid[] not null,
  acts integer not null,
  state text not null default 'open',
  raised_at timestamptz not null default app_now(),
  changed_at timestamptz not null default app_now(),
  constraint signal_pkey primary key (signal_id),
  constraint signal_fingerprint_key unique (fingerprint),
  constraint signal_author_id_fkey foreign key (author_id) references account,
  constraint signal_village_id_fkey foreign key (village_id) references unit,
  constraint signal_commune_id_fkey foreign key (commune_id) references unit,
  constraint signal_about_one check ((author_id is null) <> (village_id is null)),
  constraint signal_severity_known check (severity in ('info', 'flag', 'high')),
  constraint signal_state_known check (state in ('open', 'answered', 'explained', 'confirmed_wrong', 'withdrawn')),
  constraint signal_acts_range check (acts >= 0)
);
create index signal_commune_id_idx on signal (commune_id, signal_id);
create index signal_author_id_idx on signal (author_id, signal_id);
create index signal_op_ids_idx on signal using gin (op_ids);
comment on table signal is 'Something odd in recorded work, for a lead to ask about. The same evidence raises the same signal once; more of it opens an answered one again.';
comment on column signal.signal_id is 'Made by the program (UUIDv7).';
comment on column signal.fingerprint is 'Keyed hash of rule, subject and what makes it this one. Keyed, because a phone may be part of it.';
comment on column signal.rule is 'Which rule raised it.';
comment on column signal.severity is 'info, flag or high.';
comment on column signal.author_id is 'Whose work it concerns.';
comment on column signal.village_id is 'Or which village.';
comment on column signal.commune_id is 'Where: who answers for this commune is asked.';
comment on column signal.on_day is 'The first day of what it is about, in Vietnam.';
comment on column signal.started_at is 'The first act.';
comment on column signal.ended_at is 'The last act.';
comment on column signal.evidence is 'Numbers that explain it, by name. Nothing personal.';
comment on column signal.op_ids is 'The acts it is about.';
comment on column signal.acts is 'How many they are.';
comment on column signal.state is 'open; answered: its author said something; explained, confirmed_wrong, withdrawn: what a lead said last.';
comment on column signal.raised_at is 'When it was raised first.';
comment on column signal.changed_at is 'When evidence or state changed last.';
revoke delete on signal from to06_server;

create table signal_answer (
  answer_id uuid not null,
  signal_id uuid not null,
  answer text not null,
  note bytea not null,
  answered_by uuid not null,
  by_author boolean not null,
  acts integer not null,
  answered_at timestamptz not null default app_now(),
  constraint signal_answer_pkey primary key (answer_id),
  constraint signal_answer_signal_id_fkey foreign key (signal_id) references signal,
  constraint signal_answer_answered_by_fkey foreign key (answered_by) references account (account_id),
  constraint signal_answer_answer_known check (answer in ('explained', 'confirmed_wrong', 'withdrawn'))
);
create index signal_answer_signal_id_idx on signal_answer (signal_id, answer_id);
comment on table signal_answer is 'What was said about a signal. Nothing is ever taken out.';
comment on column signal_answer.answer_id is 'Made by the program (UUIDv7).';
comment on column signal_answer.signal_id is 'About which signal.';
comment on column signal_answer.answer is 'explained, confirmed_wrong or withdrawn.';
comment on column signal_answer.note is 'The words, encrypted for this row: people write names.';
comment on column signal_answer.answered_by is 'Who said it.';
comment on column signal_answer.by_author is 'Whether it was who the signal is about.';
comment on column signal_answer.acts is 'How many acts the signal was about then.';
comment on column signal_answer.answered_at is 'When.';
revoke update, delete on signal_answer from to06_server;

create table signal_threshold (
  rule text not null,
  name text not null,
  value bigint not null,
  reason text not null,
  set_by uuid not null,
  set_at timestamptz not null default app_now(),
  constraint signal_threshold_pkey primary key (rule, name),
  constraint signal_threshold_set_by_fkey foreign key (set_by) references account (account_id),
  constraint signal_threshold_reason_length check (char_length(reason) between 1 and 200)
);
comment on table signal_threshold is 'Thresholds that are not the default any more. Defaults and bounds are in the program, with their reasons.';
comment on column signal_threshold.rule is 'Of which rule.';
comment on column signal_threshold.name is 'Which of its thresholds.';
comment on column signal_threshold.value is 'What it is now.';
comment on column signal_threshold.reason is 'Why it was changed.';
comment on column signal_threshold.set_by is 'Who changed it.';
comment on column signal_threshold.set_at is 'When.';
