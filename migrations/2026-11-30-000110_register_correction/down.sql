revoke update (noted_on, body, number, subject, withdrawn_at) on register_entry from to06_server;
alter table register_change
  drop column withdrawn,
  drop column noted_before,
  drop column body_before,
  drop column number_before,
  drop column subject_before;
-- Without the word for it, what was taken out would stand in every report again.
delete from register_change where entry_id in (select entry_id from register_entry where withdrawn_at is not null);
delete from register_entry where withdrawn_at is not null;
drop index register_entry_number_key;
alter table register_entry
  drop column withdrawn_at,
  add constraint register_entry_number_key unique (unit_id, number, noted_on);
