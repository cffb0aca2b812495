-- What was written down wrongly is corrected, or taken out of the register, for a reason: what it said until then
-- stays in its history, and a number is taken only by a directive that stands.

alter table register_entry
  add column withdrawn_at timestamptz,
  drop constraint register_entry_number_key;
create unique index register_entry_number_key on register_entry (unit_id, number, noted_on) where withdrawn_at is null;
comment on column register_entry.withdrawn_at is 'When it was taken out of the register; no report tells it from then on.';
grant update (noted_on, body, number, subject, withdrawn_at) on register_entry to to06_server;

alter table register_change
  add column withdrawn boolean not null default false,
  add column noted_before date,
  add column body_before text,
  add column number_before text,
  add column subject_before text,
  add constraint register_change_words_whole check ((noted_before is null) = (body_before is null) and (body_before is null) = (subject_before is null));
comment on column register_change.withdrawn is 'Whether it was out of the register from then on.';
comment on column register_change.noted_before is 'Where words were corrected: its date until then.';
comment on column register_change.body_before is 'Who issued it, meets it, is asked, or has to do it, until then.';
comment on column register_change.number_before is 'Its number until then.';
comment on column register_change.subject_before is 'What it was about until then.';
