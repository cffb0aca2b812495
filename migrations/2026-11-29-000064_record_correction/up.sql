-- A lead takes back that a record was taken back, and corrects what a member recorded. Verdicts are never rewritten:
-- what is decided stands beside them.

create table void_undo (
  void_op_id uuid not null,
  reason text not null,
  undone_by uuid not null,
  undone_at timestamptz not null,
  constraint void_undo_pkey primary key (void_op_id),
  constraint void_undo_void_op_id_fkey foreign key (void_op_id) references void,
  constraint void_undo_undone_by_fkey foreign key (undone_by) references account (account_id),
  constraint void_undo_reason_length check (char_length(reason) between 1 and 200)
);
comment on table void_undo is 'A void that was itself taken back, once and for good: it has no effect any more. Taking the record back again is another void.';
comment on column void_undo.void_op_id is 'The operation that voids.';
comment on column void_undo.reason is 'Why. Never a name or an ID number.';
comment on column void_undo.undone_by is 'Who took it back.';
comment on column void_undo.undone_at is 'When.';
revoke update, delete on void_undo from to06_server;

create table record_correction (
  op_id uuid not null,
  target_op_id uuid not null,
  reason text not null,
  corrected_by uuid not null,
  corrected_at timestamptz not null,
  constraint record_correction_pkey primary key (op_id),
  constraint record_correction_op_id_fkey foreign key (op_id) references operation,
  constraint record_correction_target_op_id_fkey foreign key (target_op_id) references operation (op_id),
  constraint record_correction_corrected_by_fkey foreign key (corrected_by) references account (account_id),
  constraint record_correction_reason_length check (char_length(reason) between 1 and 200)
);
create index record_correction_target_op_id_idx on record_correction (target_op_id);
comment on table record_correction is 'A record that a lead put in the place of a member''s: the same act as it really was. The member stays its author and keeps the credit.';
comment on column record_correction.op_id is 'The record that stands instead. It is also the void of the other one.';
comment on column record_correction.target_op_id is 'The record that was wrong.';
comment on column record_correction.reason is 'Why. Never a name or an ID number.';
comment on column record_correction.corrected_by is 'Who corrected it.';
comment on column record_correction.corrected_at is 'When.';
revoke update, delete on record_correction from to06_server;

-- For erasing only: people write names.
grant update (reason) on void_undo, record_correction to to06_server;

comment on column fact.voided_by is 'The operation that took it back, as long as it does: null again when that is undone.';
comment on column visit.voided_by is 'The operation that took it back, as long as it does: null again when that is undone.';
