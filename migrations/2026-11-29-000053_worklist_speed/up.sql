-- A worklist asks of a thousand people which steps they took and when: one look into one index answers both.

alter table credit add column on_day date;
update credit c set on_day = f.on_day from fact f where f.op_id = c.op_id;
alter table credit alter column on_day set not null;
comment on column credit.on_day is 'The day of that record, which never changes: a worklist finds it beside the stage.';
alter table credit drop constraint credit_pkey;
alter table credit add constraint credit_pkey primary key (person_id, stage) include (on_day);

-- The last visit of somebody, without reading any other row.
drop index visit_person_id_idx;
create index visit_person_id_idx on visit (person_id, effective_at, op_id)
  include (outcome, on_day, promised_on, voided_by);
