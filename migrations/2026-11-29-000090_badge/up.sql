-- Badges: six digits that a householder types to find out who stands at the door.

create table badge (
  code integer not null,
  account_id uuid not null,
  good_until timestamptz not null,
  constraint badge_pkey primary key (code),
  constraint badge_account_id_fkey foreign key (account_id) references account on delete cascade,
  constraint badge_code_six_digits check (code between 0 and 999999)
);
comment on table badge is 'Codes that volunteers show at a door, for a minute each. At one moment a code is one person''s; who shows none has none.';
comment on column badge.code is 'The six digits as a number.';
comment on column badge.account_id is 'Who shows it.';
comment on column badge.good_until is 'From then on it names nobody, and is anybody''s to have.';
create index badge_account_id_idx on badge (account_id);
