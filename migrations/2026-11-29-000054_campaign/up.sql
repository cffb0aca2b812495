-- Campaigns (ra quân): a drive with dates, with what each unit and union is to bring in, and with teams that go.

create table campaign (
  campaign_id uuid not null,
  unit_id integer not null,
  name text not null,
  source text not null,
  starts_on date not null,
  ends_on date not null,
  created_by uuid not null,
  created_at timestamptz not null default app_now(),
  closed_by uuid,
  closed_at timestamptz,
  close_reason text,
  constraint campaign_pkey primary key (campaign_id),
  constraint campaign_unit_id_fkey foreign key (unit_id) references unit,
  constraint campaign_created_by_fkey foreign key (created_by) references account (account_id),
  constraint campaign_closed_by_fkey foreign key (closed_by) references account (account_id),
  constraint campaign_name_length check (char_length(name) between 1 and 120),
  constraint campaign_source_length check (char_length(source) between 1 and 200),
  constraint campaign_span check (ends_on between starts_on and starts_on + 366),
  constraint campaign_closed_whole check ((closed_by is null) = (closed_at is null) and (closed_by is null) = (close_reason is null)),
  constraint campaign_close_reason_length check (char_length(close_reason) between 1 and 200)
);
create index campaign_unit_id_idx on campaign (unit_id, campaign_id);
comment on table campaign is 'A drive of a unit: dates, targets and teams. What it brings in is read off the rollups of its days; nothing is counted twice for it.';
comment on column campaign.campaign_id is 'Made by the program (UUIDv7).';
comment on column campaign.unit_id is 'Where: this unit and everything within it.';
comment on column campaign.name is 'What people call it.';
comment on column campaign.source is 'The plan that it comes from.';
comment on column campaign.starts_on is 'First day.';
comment on column campaign.ends_on is 'Last day, at most a year after the first.';
comment on column campaign.created_by is 'Who opened it.';
comment on column campaign.created_at is 'When.';
comment on column campaign.closed_by is 'Who closed it. Null: it may still be changed.';
comment on column campaign.closed_at is 'When.';
comment on column campaign.close_reason is 'Why, in a few words.';
revoke delete on campaign from to06_server;

create table campaign_target (
  campaign_id uuid not null,
  unit_id integer not null,
  mass_union text not null,
  stage text not null,
  people integer not null,
  source text not null,
  made_on date not null,
  set_by uuid not null,
  set_at timestamptz not null default app_now(),
  constraint campaign_target_pkey primary key (campaign_id, unit_id, mass_union, stage),
  constraint campaign_target_campaign_id_fkey foreign key (campaign_id) references campaign,
  constraint campaign_target_unit_id_fkey foreign key (unit_id) references unit,
  constraint campaign_target_set_by_fkey foreign key (set_by) references account (account_id),
  constraint campaign_target_mass_union_known check (mass_union in ('all', 'youth', 'women')),
  constraint campaign_target_stage_known check (stage in ('installed', 'level1_activated', 'level2_collected', 'level2_approved', 'level2_activated')),
  constraint campaign_target_people_positive check (people between 1 and 10000000),
  constraint campaign_target_source_length check (char_length(source) between 1 and 200)
);
comment on table campaign_target is 'What a unit, or one union in it, is to bring in during a campaign. More than 100 % is normal.';
comment on column campaign_target.campaign_id is 'The campaign.';
comment on column campaign_target.unit_id is 'A village, commune, district or province within the campaign''s unit.';
comment on column campaign_target.mass_union is 'youth, women; all: whoever brings them.';
comment on column campaign_target.stage is 'Which of the five stages.';
comment on column campaign_target.people is 'How many citizens.';
comment on column campaign_target.source is 'The document that it comes from.';
comment on column campaign_target.made_on is 'The date of that document.';
comment on column campaign_target.set_by is 'Who set it.';
comment on column campaign_target.set_at is 'When.';

create table team (
  team_id uuid not null,
  campaign_id uuid not null,
  unit_id integer not null,
  mass_union text not null,
  name text not null,
  created_by uuid not null,
  created_at timestamptz not null default app_now(),
  disbanded_at timestamptz,
  constraint team_pkey primary key (team_id),
  constraint team_campaign_key unique (campaign_id, team_id),
  constraint team_campaign_id_fkey foreign key (campaign_id) references campaign,
  constraint team_unit_id_fkey foreign key (unit_id) references unit,
  constraint team_created_by_fkey foreign key (created_by) references account (account_id),
  constraint team_mass_union_known check (mass_union in ('youth', 'women')),
  constraint team_name_length check (char_length(name) between 1 and 120)
);
create unique index team_name_key on team (campaign_id, unit_id, name) where disbanded_at is null;
comment on table team is 'Volunteers of one union and one commune who go together in a campaign.';
comment on column team.team_id is 'Made by the program (UUIDv7).';
comment on column team.campaign_id is 'The campaign.';
comment on column team.unit_id is 'The commune.';
comment on column team.mass_union is 'The union.';
comment on column team.name is 'What people call it.';
comment on column team.created_by is 'Who put it together.';
comment on column team.created_at is 'When.';
comment on column team.disbanded_at is 'Since when it goes no more; its members are free for another.';
revoke delete on team from to06_server;

create table team_member (
  campaign_id uuid not null,
  account_id uuid not null,
  team_id uuid not null,
  constraint team_member_pkey primary key (campaign_id, account_id),
  constraint team_member_team_fkey foreign key (campaign_id, team_id) references team (campaign_id, team_id),
  constraint team_member_account_id_fkey foreign key (account_id) references account
);
create index team_member_team_id_idx on team_member (team_id);
comment on table team_member is 'Who goes with which team: one team a campaign.';
comment on column team_member.campaign_id is 'The campaign.';
comment on column team_member.account_id is 'Who.';
comment on column team_member.team_id is 'With whom.';
