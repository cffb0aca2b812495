-- Every night all boards are counted anew from the records, and what differs is told: never mended unasked.

create table recount (
  night date not null,
  began_at timestamptz not null default app_now(),
  done_at timestamptz,
  facts bigint,
  differences bigint,
  first_differences text[] not null default '{}',
  constraint recount_pkey primary key (night),
  constraint recount_done_whole check ((done_at is null) = (facts is null) and (done_at is null) = (differences is null)),
  constraint recount_counts check (facts >= 0 and differences >= 0),
  constraint recount_first_of_them check (cardinality(first_differences) <= least(differences, 50))
);
comment on table recount is 'What each night''s recount of the boards found. Whoever writes the row of a night does the work; a row that was never done is taken over after two hours.';
comment on column recount.night is 'Which night, by its local day.';
comment on column recount.began_at is 'When somebody began.';
comment on column recount.done_at is 'When it was through.';
comment on column recount.facts is 'Of how many records.';
comment on column recount.differences is 'How many numbers were other than the records say.';
comment on column recount.first_differences is 'The first of them, as verify-rollups prints them. Ids and counts, no names.';
revoke update on recount from to06_server;
grant update (began_at, done_at, facts, differences, first_differences) on recount to to06_server;
