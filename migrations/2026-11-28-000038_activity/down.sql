drop table activity;
update operation set kind = 'unknown' where kind = 'activity';
alter table operation drop constraint operation_kind_known;
alter table operation add constraint operation_kind_known
  check (kind in ('record', 'visit', 'void', 'note', 'replace', 'request_appointment', 'unknown'));
comment on column operation.kind is 'record, visit, void, note, replace or request_appointment; unknown: kept until the program knows it.';
