drop index visit_person_id_idx;
create index visit_person_id_idx on visit (person_id);
alter table credit drop constraint credit_pkey;
alter table credit add constraint credit_pkey primary key (person_id, stage);
alter table credit drop column on_day;
