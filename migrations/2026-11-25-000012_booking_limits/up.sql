-- Against hoarding: bookings that nobody vouches for are kept on request only, and those who book and
-- cancel again and again are slowed down, until somebody who knows them lifts it.

alter table appointment add column keep_by timestamptz;
alter table appointment add column cancelled_by text;
alter table appointment add constraint appointment_cancelled_by_known
  check (cancelled_by in ('owner', 'desk', 'time'));
alter table appointment add constraint appointment_cancelled_by_whole
  check (cancelled_by is null or status = 'cancelled');
create index appointment_keep_by_idx on appointment (keep_by) where status = 'booked' and keep_by is not null;
create index appointment_own_cancel_idx on appointment (citizen_blind, changed_at) where cancelled_by = 'owner';
comment on column appointment.keep_by is 'Nobody vouches for it: it lapses then, unless its owner says before that they come. Null: it stays.';
comment on column appointment.cancelled_by is 'owner, desk, or time (it lapsed). Null: it is not cancelled, or was before this was told.';

create table limit_lift (
  lift_id uuid not null,
  citizen_blind bytea,
  helper_id uuid,
  reason text not null,
  lifted_by uuid not null,
  lifted_at timestamptz not null default app_now(),
  until timestamptz not null,
  constraint limit_lift_pkey primary key (lift_id),
  constraint limit_lift_helper_id_fkey foreign key (helper_id) references account (account_id),
  constraint limit_lift_lifted_by_fkey foreign key (lifted_by) references account (account_id),
  constraint limit_lift_of_one check ((citizen_blind is null) <> (helper_id is null)),
  constraint limit_lift_until_range check (until > lifted_at and until <= lifted_at + interval '7 days'),
  constraint limit_lift_reason_length check (length(reason) between 1 and 300)
);
create index limit_lift_citizen_blind_idx on limit_lift (citizen_blind, until) where citizen_blind is not null;
create index limit_lift_helper_id_idx on limit_lift (helper_id, until) where helper_id is not null;
comment on table limit_lift is 'For whom the limits on booking are lifted, by somebody who answers for it.';
comment on column limit_lift.lift_id is 'Made by the program (UUIDv7).';
comment on column limit_lift.citizen_blind is 'Keyed hash of a citizen''s ID number.';
comment on column limit_lift.helper_id is 'Or a helper who books for many.';
comment on column limit_lift.reason is 'Why, in the words of who lifted it.';
comment on column limit_lift.lifted_by is 'Who answers for it.';
comment on column limit_lift.lifted_at is 'Since when.';
comment on column limit_lift.until is 'At most seven days.';
