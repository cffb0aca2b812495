-- The reason of a revision may name somebody who is erased one day. Its board's hash is now of a salted hash of the
-- reason, so that the words can go and the proof stays. Of a revision from before it is of the words themselves.
alter table board_closing
  add column reason_hash bytea,
  add column reason_salt uuid,
  add constraint board_closing_reason_sealed check (
    (reason_hash is null or reason is not null) and (reason_salt is null or octet_length(reason_hash) = 32)),
  drop constraint board_closing_reason_length,
  add constraint board_closing_reason_length check (char_length(reason) between 5 and 300 or reason = '***');
comment on column board_closing.reason_hash is 'SHA-256 of the salt and the reason, of which hash is. Null where hash is of the reason itself.';
comment on column board_closing.reason_salt is 'Random, so that nobody guesses the words of an emptied reason. Goes with them.';
comment on column board_closing.reason is 'Why it was revised; *** once it named somebody who was erased.';
grant update (reason, reason_salt) on board_closing to to06_server;

-- The row has it: no need for another in the audit trail, where it could never go.
update audit_event set detail = detail - 'reason' where action = 'leaderboard.issue_revision';
