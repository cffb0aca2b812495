drop index note_village_id_idx;
create index note_village_id_idx on note (village_id);
