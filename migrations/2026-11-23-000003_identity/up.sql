-- Who is asking: accounts, sessions, and the brakes on guessing.

create table account (
  account_id uuid not null,
  phone_blind bytea not null,
  phone bytea not null,
  name bytea not null,
  role text not null,
  mass_union text not null,
  unit_id integer not null,
  password_hash text,
  must_change_password boolean not null default true,
  disabled_at timestamptz,
  is_demo boolean not null default false,
  created_at timestamptz not null default app_now(),
  constraint account_pkey primary key (account_id),
  constraint account_phone_blind_key unique (phone_blind),
  constraint account_unit_id_fkey foreign key (unit_id) references unit,
  constraint account_role_known check (role in ('volunteer', 'lead', 'officer', 'reporter', 'commander', 'admin')),
  constraint account_mass_union_known check (mass_union in ('youth', 'women', 'none')),
  constraint account_volunteer_has_union check (role not in ('volunteer', 'lead') or mass_union <> 'none')
);
create index account_unit_id_idx on account (unit_id);
comment on table account is 'Somebody who signs in. Citizens need no account.';
comment on column account.account_id is 'Made by the program (UUIDv7).';
comment on column account.phone_blind is 'Keyed hash of the phone: one account per phone.';
comment on column account.phone is 'The phone, encrypted for this row.';
comment on column account.name is 'The person''s name, encrypted for this row.';
comment on column account.role is 'volunteer, lead, officer, reporter, commander or admin.';
comment on column account.mass_union is 'youth (Đoàn Thanh niên), women (Hội LHPN) or none.';
comment on column account.unit_id is 'The unit within which every right holds.';
comment on column account.password_hash is 'argon2id, in PHC form. Null until the invitation is taken up.';
comment on column account.must_change_password is 'The given password must be changed at the first sign-in.';
comment on column account.disabled_at is 'Since when this account may not sign in.';
comment on column account.is_demo is 'Made by the demo; refused in production.';
comment on column account.created_at is 'When it was made.';

create table session_family (
  family_id uuid not null,
  account_id uuid not null,
  started_at timestamptz not null default app_now(),
  ends_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  constraint session_family_pkey primary key (family_id),
  constraint session_family_account_id_fkey foreign key (account_id) references account,
  constraint session_family_end_reason_known check (end_reason in ('signed_out', 'reused', 'password_changed', 'disabled', 'recovered', 'changed', 'ended_elsewhere')),
  constraint session_family_end_has_reason check ((ended_at is null) = (end_reason is null))
);
create index session_family_account_id_idx on session_family (account_id) where ended_at is null;
comment on table session_family is 'One sign-in on one device and all the tokens that came of it. Ending the family ends them all at once.';
comment on column session_family.family_id is 'Made by the program (UUIDv7).';
comment on column session_family.account_id is 'Who signed in.';
comment on column session_family.started_at is 'When.';
comment on column session_family.ends_at is 'The last moment, however often it is refreshed: 90 days.';
comment on column session_family.ended_at is 'When it was ended, if it was.';
comment on column session_family.end_reason is 'Why it was ended.';

create table session (
  access_hash bytea not null,
  refresh_hash bytea not null,
  family_id uuid not null,
  issued_at timestamptz not null default app_now(),
  access_until timestamptz not null,
  refresh_until timestamptz not null,
  first_used_at timestamptz,
  superseded_at timestamptz,
  constraint session_pkey primary key (access_hash),
  constraint session_refresh_hash_key unique (refresh_hash),
  constraint session_family_id_fkey foreign key (family_id) references session_family
);
create unique index session_current_key on session (family_id) where superseded_at is null;
comment on table session is 'One pair of tokens. Only hashes are kept; the pair itself is known to the device alone.';
comment on column session.access_hash is 'SHA-256 of the access token, 256 random bits.';
comment on column session.refresh_hash is 'SHA-256 of the refresh token, 256 random bits.';
comment on column session.family_id is 'The sign-in that it came of.';
comment on column session.issued_at is 'When it was given out.';
comment on column session.access_until is 'The access token is good until then: 15 minutes.';
comment on column session.refresh_until is 'The refresh token is good until then: 30 days.';
comment on column session.first_used_at is 'When either token was first seen. Until then its answer may have been lost, and the pair before it may ask again.';
comment on column session.superseded_at is 'When a newer pair was given out in its place.';

create table sign_in_brake (
  phone_blind bytea not null,
  device text not null,
  failures integer not null,
  last_failure_at timestamptz not null,
  next_try_at timestamptz not null,
  constraint sign_in_brake_pkey primary key (phone_blind, device)
);
comment on table sign_in_brake is 'Slows guessing per phone number and device, known accounts or not, so that nobody can lock another out. In PostgreSQL, so that losing Redis forgets nothing.';
comment on column sign_in_brake.phone_blind is 'Keyed hash of the phone that was tried, whether or not it has an account.';
comment on column sign_in_brake.device is 'The known device that tried, or ''unknown'' for all others together.';
comment on column sign_in_brake.failures is 'Failures in a row.';
comment on column sign_in_brake.last_failure_at is 'When it last failed.';
comment on column sign_in_brake.next_try_at is 'No earlier try is looked at.';

create table known_device (
  device_hash bytea not null,
  account_id uuid not null,
  seen_at timestamptz not null default app_now(),
  constraint known_device_pkey primary key (device_hash),
  constraint known_device_account_id_fkey foreign key (account_id) references account
);
create index known_device_account_id_idx on known_device (account_id);
comment on table known_device is 'Devices on which an account has signed in before; their brake is their own.';
comment on column known_device.device_hash is 'SHA-256 of the device token that the sign-in gave out.';
comment on column known_device.account_id is 'Whose device.';
comment on column known_device.seen_at is 'When it last signed in.';

create table one_time_code (
  account_id uuid not null,
  code_hash bytea not null,
  purpose text not null,
  issued_by uuid,
  expires_at timestamptz not null,
  tries_left smallint not null default 5,
  constraint one_time_code_pkey primary key (account_id),
  constraint one_time_code_account_id_fkey foreign key (account_id) references account,
  constraint one_time_code_issued_by_fkey foreign key (issued_by) references account (account_id),
  constraint one_time_code_purpose_known check (purpose in ('invitation', 'recovery'))
);
comment on table one_time_code is 'Codes by which an invited or locked-out person sets a password. One per account; a new one replaces the old.';
comment on column one_time_code.account_id is 'Whose.';
comment on column one_time_code.code_hash is 'Keyed hash of the code.';
comment on column one_time_code.purpose is 'invitation or recovery.';
comment on column one_time_code.issued_by is 'The lead who gave it out; null: the command line.';
comment on column one_time_code.expires_at is 'Good until then.';
comment on column one_time_code.tries_left is 'Wrong codes that are still forgiven.';
