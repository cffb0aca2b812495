-- Somebody without an ID number may have been recorded twice. A lead says so, and may take it back at any
-- time: what was recorded about each of them is never rewritten.

alter table person add column canonical_id uuid;
alter table person add constraint person_canonical_id_fkey
  foreign key (canonical_id) references person (person_id);
alter table person add constraint person_canonical_is_another check (canonical_id <> person_id);
alter table person add constraint person_with_number_stands_alone
  check (canonical_id is null or subject_blind is null);
create index person_canonical_id_idx on person (canonical_id);
comment on column person.canonical_id is 'Who stands for this person: credit and everything that is shown are theirs. Null: nobody else. Follows from the merges that stand.';

create table person_merge (
  merge_id uuid not null,
  merged_id uuid not null,
  kept_id uuid not null,
  merged_by uuid not null,
  merged_at timestamptz not null default app_now(),
  undone_by uuid,
  undone_at timestamptz,
  constraint person_merge_pkey primary key (merge_id),
  constraint person_merge_merged_id_fkey foreign key (merged_id) references person (person_id),
  constraint person_merge_kept_id_fkey foreign key (kept_id) references person (person_id),
  constraint person_merge_merged_by_fkey foreign key (merged_by) references account (account_id),
  constraint person_merge_undone_by_fkey foreign key (undone_by) references account (account_id),
  constraint person_merge_of_two check (merged_id <> kept_id),
  constraint person_merge_undone_whole check ((undone_by is null) = (undone_at is null))
);
create unique index person_merge_merged_id_key on person_merge (merged_id) where undone_at is null;
create index person_merge_kept_id_idx on person_merge (kept_id);
comment on table person_merge is 'Two persons are one, somebody said. Those that stand form trees: each person is merged into one other at most, and the root stands for all. Kept when undone.';
comment on column person_merge.merge_id is 'Made by the program.';
comment on column person_merge.merged_id is 'Who is stood for.';
comment on column person_merge.kept_id is 'Who stands for them, unless somebody else stands for both.';
comment on column person_merge.merged_by is 'Who said so.';
comment on column person_merge.merged_at is 'When.';
comment on column person_merge.undone_by is 'Who took it back.';
comment on column person_merge.undone_at is 'When. Null: it stands.';
revoke update, delete on person_merge from to06_server;
grant update (undone_by, undone_at) on person_merge to to06_server;

create table person_distinction (
  one_id uuid not null,
  other_id uuid not null,
  said_by uuid not null,
  said_at timestamptz not null default app_now(),
  constraint person_distinction_pkey primary key (one_id, other_id),
  constraint person_distinction_one_id_fkey foreign key (one_id) references person (person_id),
  constraint person_distinction_other_id_fkey foreign key (other_id) references person (person_id),
  constraint person_distinction_said_by_fkey foreign key (said_by) references account (account_id),
  constraint person_distinction_of_two check (one_id < other_id)
);
create index person_distinction_other_id_idx on person_distinction (other_id);
comment on table person_distinction is 'Two persons who look alike are two, somebody said: they are not offered as twins again.';
comment on column person_distinction.one_id is 'The smaller id.';
comment on column person_distinction.other_id is 'The greater id.';
comment on column person_distinction.said_by is 'Who said so first.';
comment on column person_distinction.said_at is 'When.';
revoke update, delete on person_distinction from to06_server;
