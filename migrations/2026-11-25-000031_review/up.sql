-- What was held waits for a person; a correction is one operation.

alter table operation drop constraint operation_kind_known;
alter table operation add constraint operation_kind_known
  check (kind in ('record', 'visit', 'void', 'note', 'replace', 'unknown'));
comment on column operation.kind is 'record, visit, void, note or replace; unknown: kept until the program knows it.';
comment on table void is 'What was taken back, by whom and why: by an operation of kind void, or by a replace, which is a record as well. Kept even when the target has not come yet: it then meets its void.';

-- Few are held at any time, and they are looked for among millions.
create index operation_held_idx on operation (op_id) where result = 'held';

create table review (
  op_id uuid not null,
  decision text not null,
  reason text not null,
  village_id integer,
  decided_by uuid not null,
  decided_at timestamptz not null default app_now(),
  constraint review_pkey primary key (op_id),
  constraint review_op_id_fkey foreign key (op_id) references operation,
  constraint review_village_id_fkey foreign key (village_id) references unit,
  constraint review_decided_by_fkey foreign key (decided_by) references account,
  constraint review_decision_known check (decision in ('approve', 'refuse')),
  constraint review_reason_length check (char_length(reason) between 1 and 200)
);
comment on table review is 'What a person decided about an operation that was held. Once: what was decided stays.';
comment on column review.op_id is 'The operation.';
comment on column review.decision is 'approve: it stands as if it had never been held; refuse: it is kept and never counts.';
comment on column review.reason is 'Why. Never a name or an ID number.';
comment on column review.village_id is 'Where it was put, if that is not where it was sent for.';
comment on column review.decided_by is 'Who decided.';
comment on column review.decided_at is 'When.';
revoke update, delete on review from to06_server;
