drop table person_distinction;
drop table person_merge;
drop index person_canonical_id_idx;
alter table person drop column canonical_id;
