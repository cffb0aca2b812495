-- Families: how long several people of one family take together, and places for those who ride along
-- in the time of another one's place. Such a place is a row like any other, so that one place still
-- has one live appointment.

create table service_duration (
  service_code text not null,
  people smallint not null,
  minutes smallint not null,
  reason text not null,
  constraint service_duration_pkey primary key (service_code, people),
  constraint service_duration_service_code_fkey foreign key (service_code) references service,
  constraint service_duration_people_range check (people between 2 and 6),
  constraint service_duration_minutes_range check (minutes between 5 and 480)
);
comment on table service_duration is 'How long several people of one family take at one kit, one after another. One person takes the minutes of the service.';
comment on column service_duration.service_code is 'What for.';
comment on column service_duration.people is 'How many people of one family.';
comment on column service_duration.minutes is 'How long they take together, about: less than each by themselves.';
comment on column service_duration.reason is 'Why it is so, for whoever changes it.';
-- Each further person takes two thirds of the first one's time: the household, its address and its
-- papers are looked up once, and the kit is set up once.
insert into service_duration (service_code, people, minutes, reason)
  select service_code, people, minutes + (people - 1) * ceil(minutes * 2 / 3.0),
    'Hộ, địa chỉ, giấy tờ của gia đình chỉ tra một lần: mỗi người sau mất khoảng hai phần ba thời gian của người đầu.'
  from service cross join generate_series(2, 6) as people;

alter table place add column rides_on smallint;
alter table place
  add constraint place_rides_on_fkey foreign key (office_id, starts_at, rides_on) references place,
  add constraint place_rides_on_another check (rides_on <> place_no),
  add constraint place_rides_not_for_sale check (rides_on is null or (opens_at is null and hold_id is null and not withdrawn));
create index place_rides_on_idx on place (office_id, starts_at, rides_on) where rides_on is not null;
comment on column place.rides_on is 'The place of the same family in whose time this one is served; null: it has its own. A place that rides is never for sale.';
