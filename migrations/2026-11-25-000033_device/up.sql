-- Phones that are known by a key of their own: how they fare, and what becomes of a lost one.

create table device (
  device_id uuid not null,
  account_id uuid not null,
  family_id uuid not null,
  public_key bytea not null,
  app text not null,
  version text not null,
  registered_at timestamptz not null default app_now(),
  lost_at timestamptz,
  lost_by uuid,
  lost_reason text,
  wiped_at timestamptz,
  reported_at timestamptz,
  pending integer,
  oldest_pending_at timestamptz,
  storage_free_mb integer,
  last_error text,
  constraint device_pkey primary key (device_id),
  constraint device_account_id_fkey foreign key (account_id) references account,
  constraint device_lost_by_fkey foreign key (lost_by) references account (account_id),
  constraint device_public_key_length check (octet_length(public_key) = 65),
  constraint device_app_length check (char_length(app) between 1 and 40),
  constraint device_version_length check (char_length(version) between 1 and 40),
  constraint device_lost_whole check ((lost_at is null) = (lost_by is null) and (lost_at is null) = (lost_reason is null)),
  constraint device_lost_reason_length check (char_length(lost_reason) between 1 and 200),
  constraint device_wiped_is_lost check (wiped_at is null or lost_at is not null),
  constraint device_pending_range check (pending >= 0),
  constraint device_storage_free_mb_range check (storage_free_mb >= 0),
  constraint device_last_error_form check (last_error ~ '^[A-Za-z0-9_.:-]{1,60}$')
);
create index device_account_id_idx on device (account_id);
comment on table device is 'An installation of the app that has shown a key of its own. Pushing needs no such row.';
comment on column device.device_id is 'Made by the phone (UUIDv7) when the app was installed.';
comment on column device.account_id is 'Whose phone it is.';
comment on column device.family_id is 'The sign-in with which it was registered last: ended when the phone is lost.';
comment on column device.public_key is 'P-256, uncompressed. The phone cannot give its private half away.';
comment on column device.app is 'Which app.';
comment on column device.version is 'Its version.';
comment on column device.registered_at is 'When it was registered first.';
comment on column device.lost_at is 'Since when it is lost: what comes from it is held, and it is told to wipe itself. Null: it is not.';
comment on column device.lost_by is 'Who said so.';
comment on column device.lost_reason is 'Why, in their words. No names.';
comment on column device.wiped_at is 'When the phone said, by its key, that it has forgotten everything.';
comment on column device.reported_at is 'When it last said how it fares.';
comment on column device.pending is 'Operations that waited on it then.';
comment on column device.oldest_pending_at is 'When the oldest of them was saved, by the phone''s clock.';
comment on column device.storage_free_mb is 'Space that was left for the app, in megabytes.';
comment on column device.last_error is 'The code of the last error that the app met. A code, never a text: texts hold names.';
