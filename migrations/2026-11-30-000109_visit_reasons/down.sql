drop index visit_village_id_idx;
create index visit_village_id_idx on visit (village_id, on_day);
