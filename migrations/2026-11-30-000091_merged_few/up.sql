-- Hardly anybody is merged into somebody else, so an index of those few is small enough to be looked through for a
-- whole village, and recording somebody new does not touch it.
drop index person_canonical_id_idx;
create index person_canonical_id_idx on person (canonical_id) where canonical_id is not null;
