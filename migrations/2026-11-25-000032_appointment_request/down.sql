drop table appointment_request;
update operation set kind = 'unknown' where kind = 'request_appointment';
alter table operation drop constraint operation_kind_known;
alter table operation add constraint operation_kind_known
  check (kind in ('record', 'visit', 'void', 'note', 'replace', 'unknown'));
