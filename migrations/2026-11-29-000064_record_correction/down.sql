drop table record_correction;
drop table void_undo;
comment on column fact.voided_by is 'The operation that took it back.';
comment on column visit.voided_by is 'The operation that took it back.';
