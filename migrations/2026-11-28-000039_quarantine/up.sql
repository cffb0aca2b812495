-- What was held or refused is not kept readable for ever.

create index operation_raw_idx on operation (received_at) where raw is not null;
comment on column operation.raw is 'What was sent, encrypted for this row, while a person must decide or after a refusal. Holds no ID number: it is replaced by its keyed hash first. Emptied some weeks after it came (TO06_QUARANTINE_DAYS); verdict and hash stay.';
