-- Whether an author takes back within their day is between two acts of theirs: told by the clock of their phone, for when
-- the two came is in nobody's hands.
alter table operation add column said_at timestamptz;
comment on column operation.said_at is 'When it was done, as its phone says, whatever the server believes of that. Null when nobody could read it.';
alter table void add column said_at timestamptz;
comment on column void.said_at is 'When it was done, as its phone says, whatever the server believes of that.';
-- Of what came before, only what was believed is known.
update operation set said_at = effective_at where effective_at is not null;
update void set said_at = effective_at;
