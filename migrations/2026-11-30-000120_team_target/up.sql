-- A team of a campaign may have targets of its own, as units and unions have: the board of teams ranks by them.

create table team_target (
  team_id uuid not null,
  stage text not null,
  people integer not null,
  source text not null,
  made_on date not null,
  set_by uuid not null,
  set_at timestamptz not null default app_now(),
  constraint team_target_pkey primary key (team_id, stage),
  constraint team_target_team_id_fkey foreign key (team_id) references team,
  constraint team_target_set_by_fkey foreign key (set_by) references account (account_id),
  constraint team_target_stage_known check (stage in ('installed', 'level1_activated', 'level2_collected', 'level2_approved', 'level2_activated')),
  constraint team_target_people_positive check (people between 1 and 10000000),
  constraint team_target_source_length check (char_length(source) between 1 and 200)
);
comment on table team_target is 'What a team is to bring in during its campaign. It is shared out of what its commune is to bring, and need not come to it. More than 100 % is normal.';
comment on column team_target.team_id is 'The team; of a disbanded one it stays to be read.';
comment on column team_target.stage is 'Which of the five stages.';
comment on column team_target.people is 'How many citizens.';
comment on column team_target.source is 'The document that it comes from.';
comment on column team_target.made_on is 'The date of that document.';
comment on column team_target.set_by is 'Who set it.';
comment on column team_target.set_at is 'When.';
