-- What a report tells beside figures: directives, difficulties, proposals, and tasks that are carried over until done.

create table register_entry (
  entry_id uuid not null,
  unit_id integer not null,
  kind text not null,
  noted_on date not null,
  body text not null,
  number text,
  subject text not null,
  due_on date,
  state text not null,
  settled_on date,
  written_by uuid not null,
  written_at timestamptz not null default app_now(),
  constraint register_entry_pkey primary key (entry_id),
  constraint register_entry_unit_id_fkey foreign key (unit_id) references unit,
  constraint register_entry_written_by_fkey foreign key (written_by) references account (account_id),
  constraint register_entry_number_key unique (unit_id, number, noted_on),
  constraint register_entry_kind_known check (kind in ('directive', 'difficulty', 'proposal', 'task')),
  constraint register_entry_directive_numbered check ((kind = 'directive') = (number is not null)),
  constraint register_entry_due_of_tasks check (due_on is null or kind = 'task'),
  constraint register_entry_state_known check (state in ('open', 'done', 'dropped')),
  constraint register_entry_settled check ((state = 'open') = (settled_on is null) and settled_on >= noted_on),
  constraint register_entry_body_length check (char_length(body) between 1 and 200),
  constraint register_entry_subject_length check (char_length(subject) between 1 and 1000)
);
create index register_entry_unit_id_idx on register_entry (unit_id, entry_id);
comment on table register_entry is 'Directives issued, difficulties met, proposals made, tasks given. What is open stands in every report until it is settled.';
comment on column register_entry.entry_id is 'Made by the program (UUIDv7).';
comment on column register_entry.unit_id is 'Whose report tells it.';
comment on column register_entry.kind is 'directive, difficulty, proposal or task.';
comment on column register_entry.noted_on is 'Date of the directive; otherwise the day from which on it is told.';
comment on column register_entry.body is 'Who issued it, meets it, is asked, or has to do it.';
comment on column register_entry.number is 'Number and symbol of a directive.';
comment on column register_entry.subject is 'What it is about. No names of citizens.';
comment on column register_entry.due_on is 'Until when a task is to be done.';
comment on column register_entry.state is 'open; done: issued, solved, granted, carried out; dropped: no longer needed.';
comment on column register_entry.settled_on is 'The local day on which it was settled.';
comment on column register_entry.written_by is 'Who wrote it down.';
comment on column register_entry.written_at is 'When.';
revoke update, delete on register_entry from to06_server;
grant update (due_on, state, settled_on) on register_entry to to06_server;

create table register_change (
  change_id uuid not null,
  entry_id uuid not null,
  state text not null,
  due_on date,
  note text not null,
  changed_by uuid not null,
  changed_at timestamptz not null default app_now(),
  constraint register_change_pkey primary key (change_id),
  constraint register_change_entry_id_fkey foreign key (entry_id) references register_entry,
  constraint register_change_changed_by_fkey foreign key (changed_by) references account (account_id),
  constraint register_change_note_length check (char_length(note) between 1 and 300)
);
create index register_change_entry_id_idx on register_change (entry_id, change_id);
comment on table register_change is 'The history of an entry: how it stood after each change.';
comment on column register_change.change_id is 'Made by the program (UUIDv7).';
comment on column register_change.entry_id is 'Of which entry.';
comment on column register_change.state is 'Its state from then on.';
comment on column register_change.due_on is 'Its day from then on.';
comment on column register_change.note is 'Why. No names of citizens.';
comment on column register_change.changed_by is 'Who changed it.';
comment on column register_change.changed_at is 'When.';
revoke update, delete on register_change from to06_server;
