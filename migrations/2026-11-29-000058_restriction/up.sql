-- Whoever had the use of their data restricted is kept and nothing else: on no list, called by nobody, in no table.

alter table person add column restricted_at timestamptz;
comment on column person.restricted_at is 'Since when no more is done with what is kept of them than keeping it. Null: no such wish, or it was lifted.';
