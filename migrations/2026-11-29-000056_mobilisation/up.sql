-- How many members each union has, to say how many of them go: every member was to be mobilised.

create table membership (
  unit_id integer not null,
  mass_union text not null,
  counted_on date not null,
  members integer not null,
  source text not null,
  set_by uuid not null,
  set_at timestamptz not null default app_now(),
  constraint membership_pkey primary key (unit_id, mass_union, counted_on),
  constraint membership_unit_id_fkey foreign key (unit_id) references unit,
  constraint membership_set_by_fkey foreign key (set_by) references account (account_id),
  constraint membership_mass_union_known check (mass_union in ('youth', 'women')),
  constraint membership_members_positive check (members between 1 and 10000000),
  constraint membership_source_length check (char_length(source) between 1 and 200)
);
comment on table membership is 'Members of a union in a unit as somebody counted them. The newest count holds.';
comment on column membership.unit_id is 'A village, commune, district or province.';
comment on column membership.mass_union is 'youth (Đoàn Thanh niên) or women (Hội LHPN).';
comment on column membership.counted_on is 'As of which day.';
comment on column membership.members is 'How many.';
comment on column membership.source is 'The document that it comes from.';
comment on column membership.set_by is 'Who wrote it down.';
comment on column membership.set_at is 'When.';

-- Whether somebody has recorded anything in a period, without reading all that they ever did.
create index visit_author_id_idx on visit (author_id, on_day);
create index activity_author_id_idx on activity (author_id, on_day);
