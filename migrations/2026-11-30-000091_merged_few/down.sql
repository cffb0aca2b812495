drop index person_canonical_id_idx;
create index person_canonical_id_idx on person (canonical_id);
