-- A closed window as those are told it who work elsewhere: in whole tens, kept beside the exact counts.

alter table board_closing
  add column tens_kept boolean not null default false;
comment on column board_closing.tens_kept is 'Whether board_tens holds the window. Where it does not, whoever works elsewhere is told what stands now.';

create table board_tens (
  starts_on date not null,
  ends_on date not null,
  revision integer not null,
  stage text not null,
  village_id integer not null,
  mass_union text not null,
  n bigint not null,
  assists bigint not null,
  confirmed bigint not null,
  anonymous bigint not null,
  previous_n bigint not null,
  previous_confirmed bigint not null,
  constraint board_tens_pkey primary key (starts_on, ends_on, revision, stage, village_id, mass_union),
  constraint board_tens_closing_fkey foreign key (starts_on, ends_on, revision) references board_closing,
  constraint board_tens_village_id_fkey foreign key (village_id) references unit,
  constraint board_tens_stage_known check (stage in ('installed', 'level1_activated', 'level2_collected', 'level2_approved', 'level2_activated')),
  constraint board_tens_mass_union_known check (mass_union in ('youth', 'women', 'none')),
  constraint board_tens_whole check (n % 10 = 0 and assists % 10 = 0 and confirmed % 10 = 0 and anonymous % 10 = 0 and previous_n % 10 = 0 and previous_confirmed % 10 = 0)
);
comment on table board_tens is 'The tens of people that were completed in a closed window, by piece and union, as leaderboard/merged.rs has it.';
comment on column board_tens.starts_on is 'First day of the window.';
comment on column board_tens.ends_on is 'Last day of the window.';
comment on column board_tens.revision is 'Which revision of it.';
comment on column board_tens.stage is 'The stage.';
comment on column board_tens.village_id is 'A village of the piece: one of those that have belonged to the same communes on every day until then.';
comment on column board_tens.mass_union is 'The union.';
comment on column board_tens.n is 'Citizens, in whole tens.';
comment on column board_tens.assists is 'Citizens whom this union helped after another one already had, in whole tens.';
comment on column board_tens.confirmed is 'How many of n somebody else confirmed, in whole tens.';
comment on column board_tens.anonymous is 'Records without consent, in whole tens.';
comment on column board_tens.previous_n is 'Citizens of the window before, in whole tens.';
comment on column board_tens.previous_confirmed is 'How many of previous_n somebody else confirmed, in whole tens.';
revoke update, delete on board_tens from to06_server;
