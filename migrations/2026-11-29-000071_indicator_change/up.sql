-- The catalogue of indicators is edited by people: every state of a row is kept, and nothing is ever deleted.

alter table indicator
  add column revision integer not null default 1,
  add column retired_on date,
  add constraint indicator_revision check (revision >= 1),
  drop constraint indicator_position_key,
  -- Rows move together: whether two stand at one place is asked when the statement is done.
  add constraint indicator_position_key unique (position) deferrable initially immediate;
comment on column indicator.revision is 'How often it was written: 1 as it came.';
comment on column indicator.retired_on is 'Periods that begin on this day or later do not have it.';
revoke delete, update on indicator from to06_server;
grant update (position, name, parent_code, is_part, counted_in, section, measure, role, denominator_code, needs_denominator, same_as_code, revision, retired_on) on indicator to to06_server;

create table indicator_change (
  code text not null,
  revision integer not null,
  name text not null,
  parent_code text,
  is_part boolean not null,
  counted_in text not null,
  section text not null,
  measure text not null,
  role text,
  denominator_code text,
  needs_denominator boolean not null,
  same_as_code text,
  retired_on date,
  reason text not null,
  changed_by uuid,
  changed_at timestamptz not null default app_now(),
  constraint indicator_change_pkey primary key (code, revision),
  constraint indicator_change_code_fkey foreign key (code) references indicator,
  constraint indicator_change_changed_by_fkey foreign key (changed_by) references account (account_id),
  constraint indicator_change_answered check (revision = 1 or changed_by is not null),
  constraint indicator_change_reason_length check (char_length(reason) between 5 and 300)
);
comment on table indicator_change is 'Every state of an indicator: what it said from then on.';
comment on column indicator_change.code is 'Which indicator.';
comment on column indicator_change.revision is '1 for the first, then 2 and so on.';
comment on column indicator_change.name is 'As the report prints it.';
comment on column indicator_change.parent_code is 'Under which indicator it stands.';
comment on column indicator_change.is_part is 'Whether it is added up in its parent.';
comment on column indicator_change.counted_in is 'What is counted.';
comment on column indicator_change.section is 'The section of the report.';
comment on column indicator_change.measure is 'heading, count, rate or target.';
comment on column indicator_change.role is 'Among dossiers: received, eligible, resolved or pending.';
comment on column indicator_change.denominator_code is 'The indicator whose value must be its denominator.';
comment on column indicator_change.needs_denominator is 'Whether the report tells a percentage of it.';
comment on column indicator_change.same_as_code is 'The indicator that counts the same thing in another section.';
comment on column indicator_change.retired_on is 'Periods that begin on this day or later do not have it.';
comment on column indicator_change.reason is 'Why it was written so.';
comment on column indicator_change.changed_by is 'Who wrote it; null: it came with the program.';
comment on column indicator_change.changed_at is 'When.';
revoke update, delete on indicator_change from to06_server;

insert into indicator_change (code, revision, name, parent_code, is_part, counted_in, section, measure, role, denominator_code, needs_denominator, same_as_code, retired_on, reason, changed_by)
select code, revision, name, parent_code, is_part, counted_in, section, measure, role, denominator_code, needs_denominator, same_as_code, retired_on, 'Danh mục ban đầu', null
from indicator
order by position;
