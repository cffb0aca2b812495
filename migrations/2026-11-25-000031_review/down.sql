drop table review;
drop index operation_held_idx;
-- What it recorded stays a fact; the program before did not know the word.
update operation set kind = 'record' where kind = 'replace';
alter table operation drop constraint operation_kind_known;
alter table operation add constraint operation_kind_known
  check (kind in ('record', 'visit', 'void', 'note', 'unknown'));
