drop table rights_request;
drop table consent;

update operation set kind = 'unknown' where kind = 'correct';
alter table operation drop constraint operation_kind_known;
alter table operation add constraint operation_kind_known
  check (kind in ('record', 'visit', 'void', 'note', 'replace', 'request_appointment', 'activity', 'unknown'));
comment on column operation.kind is 'record, visit, void, note, replace, request_appointment or activity; unknown: kept until the program knows it.';
