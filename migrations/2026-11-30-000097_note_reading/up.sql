-- Notes are read a village at a time, the newest first.
drop index note_village_id_idx;
create index note_village_id_idx on note (village_id, effective_at, op_id);
