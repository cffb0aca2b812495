revoke update (reason, reason_salt) on board_closing from to06_server;
alter table board_closing
  drop constraint board_closing_reason_sealed,
  drop column reason_hash,
  drop column reason_salt,
  drop constraint board_closing_reason_length,
  add constraint board_closing_reason_length check (char_length(reason) between 5 and 300) not valid;
comment on column board_closing.reason is 'Why it was revised.';
