-- Whom nobody has met for years is forgotten, and so is who stopped long ago. Their counts stay.

alter table account add constraint account_forgotten_is_stopped
  check (octet_length(phone) > 0 or (disabled_at is not null and octet_length(name) = 0 and password_hash is null));
comment on column account.phone is 'The phone, encrypted for this row. Empty: stopped so long ago that nobody needs to know who it was.';
comment on column account.name is 'The person''s name, encrypted for this row. Empty together with the phone.';
create index person_created_at_idx on person (created_at) where erased_at is null and canonical_id is null;
