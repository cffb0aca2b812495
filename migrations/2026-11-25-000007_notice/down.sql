drop index notice_unreached_idx;
drop index notice_ends_idx;
drop index notice_waiting_idx;
alter table notice drop constraint notice_state_known;
-- Somebody was told, though not by a message.
update notice set state = 'sent' where state = 'called';
alter table notice
  drop constraint notice_office_id_fkey,
  drop constraint notice_lease_waits,
  drop constraint notice_settled_whole,
  drop column settled_at,
  drop column failure,
  drop column channel,
  drop column lease_id,
  drop column try_at,
  drop column office_id,
  drop column subject_id,
  add constraint notice_state_known check (state in ('waiting', 'sent', 'failed', 'dropped'));
create index notice_waiting_idx on notice (not_before) where state = 'waiting';
comment on column notice.recipient is 'The phone, encrypted for this row. Null: nobody to reach by phone.';
comment on column notice.state is 'waiting, sent, failed (gave up) or dropped (its reason is gone).';
comment on column notice.tries is 'How often sending was tried.';
