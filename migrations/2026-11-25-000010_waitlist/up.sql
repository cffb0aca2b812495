-- The waitlist: who wants a place that is not free yet. An offer is a hold on a place's row, for one
-- named person at a time.

create table waitlist_entry (
  entry_id uuid not null,
  code text not null,
  service_code text not null,
  citizen_blind bytea not null,
  hold_person bytea not null,
  phone bytea not null,
  class text not null,
  from_on date not null,
  to_on date not null,
  from_min smallint not null,
  to_min smallint not null,
  vouched boolean not null,
  helper_id uuid,
  state text not null default 'waiting',
  offers smallint not null default 0,
  offer_id uuid,
  offer_office_id integer,
  offer_starts_at timestamptz,
  offer_place_no smallint,
  offer_until timestamptz,
  joined_at timestamptz not null default app_now(),
  changed_at timestamptz not null default app_now(),
  constraint waitlist_entry_pkey primary key (entry_id),
  constraint waitlist_entry_code_key unique (code),
  constraint waitlist_entry_service_code_fkey foreign key (service_code) references service,
  constraint waitlist_entry_helper_id_fkey foreign key (helper_id) references account (account_id),
  constraint waitlist_entry_offer_place_fkey foreign key (offer_office_id, offer_starts_at, offer_place_no) references place,
  constraint waitlist_entry_offer_id_key unique (offer_id),
  constraint waitlist_entry_class_known check (class in ('none', 'elderly', 'pregnant', 'disabled', 'small_children')),
  constraint waitlist_entry_state_known check (state in ('waiting', 'offered', 'taken', 'left', 'ended')),
  constraint waitlist_entry_days_span check (from_on <= to_on),
  constraint waitlist_entry_hours_span check (0 <= from_min and from_min < to_min and to_min <= 1440),
  constraint waitlist_entry_offers_range check (offers >= 0),
  constraint waitlist_entry_offer_whole check (
    (state = 'offered') = (offer_id is not null)
    and (offer_id is null) = (offer_office_id is null)
    and (offer_id is null) = (offer_starts_at is null)
    and (offer_id is null) = (offer_place_no is null)
    and (offer_id is null) = (offer_until is null))
);
create unique index waitlist_entry_citizen_live_key on waitlist_entry (citizen_blind, service_code)
  where state in ('waiting', 'offered');
create index waitlist_entry_offer_until_idx on waitlist_entry (offer_until) where state = 'offered';
create index waitlist_entry_to_on_idx on waitlist_entry (to_on) where state in ('waiting', 'offered');
comment on table waitlist_entry is 'One citizen who waits for a place for one service, at some offices, on some days, between some hours.';
comment on column waitlist_entry.entry_id is 'Made by the program (UUIDv7).';
comment on column waitlist_entry.code is 'Eight characters. Worth nothing without the secret, which is derived and stands nowhere.';
comment on column waitlist_entry.service_code is 'What for.';
comment on column waitlist_entry.citizen_blind is 'Keyed hash of the ID number: one waiting entry per citizen and service.';
comment on column waitlist_entry.hold_person is 'Keyed hash under which the person''s holds are found.';
comment on column waitlist_entry.phone is 'Whom to tell of an offer, encrypted for this row.';
comment on column waitlist_entry.class is 'none, elderly, pregnant, disabled or small_children; the desk looks.';
comment on column waitlist_entry.from_on is 'First local day that suits.';
comment on column waitlist_entry.to_on is 'Last local day that suits.';
comment on column waitlist_entry.from_min is 'Slots that start from this minute after local midnight suit.';
comment on column waitlist_entry.to_min is 'Slots that start before this minute suit.';
comment on column waitlist_entry.vouched is 'A helper joined for the person: places for strangers and the others are offered.';
comment on column waitlist_entry.helper_id is 'Which helper.';
comment on column waitlist_entry.state is 'waiting, offered, taken (has an appointment), left (by themselves) or ended (too many offers, or the days are over).';
comment on column waitlist_entry.offers is 'Offers so far.';
comment on column waitlist_entry.offer_id is 'The present offer; the hold on the place bears the same number.';
comment on column waitlist_entry.offer_office_id is 'The place of the present offer.';
comment on column waitlist_entry.offer_starts_at is 'The place of the present offer.';
comment on column waitlist_entry.offer_place_no is 'The place of the present offer.';
comment on column waitlist_entry.offer_until is 'The place is kept until then.';
comment on column waitlist_entry.joined_at is 'Since when the person waits.';
comment on column waitlist_entry.changed_at is 'When it last changed.';

create table waitlist_office (
  entry_id uuid not null,
  office_id integer not null,
  constraint waitlist_office_pkey primary key (office_id, entry_id),
  constraint waitlist_office_entry_id_fkey foreign key (entry_id) references waitlist_entry on delete cascade,
  constraint waitlist_office_office_id_fkey foreign key (office_id) references office
);
create index waitlist_office_entry_id_idx on waitlist_office (entry_id);
comment on table waitlist_office is 'The offices that suit somebody who waits.';
comment on column waitlist_office.entry_id is 'Who waits.';
comment on column waitlist_office.office_id is 'Where.';
