drop index appointment_request_named_idx;
drop index appointment_request_open_idx;
create index appointment_request_open_idx on appointment_request (author_id, op_id)
  where state = 'open' and voided_by is null;
-- What was emptied stays empty: those that were are answered by their being taken back.
update appointment_request set state = 'lapsed', answer = 'WITHDRAWN', answered_at = app_now()
where state = 'open' and voided_by is not null and name is null;
alter table appointment_request
  drop constraint appointment_request_open_has_name,
  add constraint appointment_request_open_has_name check (state <> 'open' or name is not null),
  drop column tried_at;
