comment on column operation.raw is 'What was sent, encrypted for this row, while a person must decide or after a refusal. Holds no ID number: it is replaced by its keyed hash first.';
drop index operation_raw_idx;
