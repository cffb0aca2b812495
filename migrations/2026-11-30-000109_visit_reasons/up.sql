-- Why people were not moved is summed from one index, without reading a visit.

drop index visit_village_id_idx;
create index visit_village_id_idx on visit (village_id, on_day) include (outcome, voided_by);
