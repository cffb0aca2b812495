-- A refresh token by itself is worth nothing once the phone has said that it signs.

alter table session_family add column device_key bytea;
alter table session_family add constraint session_family_device_key_length
  check (octet_length(device_key) = 65);
comment on column session_family.device_key is 'The phone''s key (P-256, uncompressed) that must sign every refresh of this sign-in. Null: its phone has registered none, or an app that does not sign. Set once.';
