-- Boards of windows that are over, kept as they were when they closed, and every revision that came after.

create table board_closing (
  starts_on date not null,
  ends_on date not null,
  revision integer not null,
  hash bytea not null,
  reason text,
  issued_by uuid,
  kept_at timestamptz not null default app_now(),
  constraint board_closing_pkey primary key (starts_on, ends_on, revision),
  constraint board_closing_issued_by_fkey foreign key (issued_by) references account (account_id),
  constraint board_closing_span check (starts_on <= ends_on),
  constraint board_closing_revision check (revision >= 0),
  constraint board_closing_hash_length check (octet_length(hash) = 32),
  constraint board_closing_revision_answered check ((revision = 0) = (issued_by is null) and (revision = 0) = (reason is null)),
  constraint board_closing_reason_length check (char_length(reason) between 5 and 300)
);
create index board_closing_newest_idx on board_closing (ends_on desc, starts_on desc, revision desc);
comment on table board_closing is 'A window of boards as it was closed, and its revisions. Nothing of it changes any more: what comes late makes another revision.';
comment on column board_closing.starts_on is 'First local day counted.';
comment on column board_closing.ends_on is 'Last local day counted.';
comment on column board_closing.revision is '0: as closed; then the number of the late supplement.';
comment on column board_closing.hash is 'SHA-256 of what is kept, in the words of leaderboard/closing/rules.rs.';
comment on column board_closing.reason is 'Why it was revised.';
comment on column board_closing.issued_by is 'Who issued the revision; a closing is issued by nobody.';
comment on column board_closing.kept_at is 'When the numbers were read.';
revoke update, delete on board_closing from to06_server;

create table board_sum (
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
  constraint board_sum_pkey primary key (starts_on, ends_on, revision, stage, village_id, mass_union),
  constraint board_sum_closing_fkey foreign key (starts_on, ends_on, revision) references board_closing,
  constraint board_sum_village_id_fkey foreign key (village_id) references unit,
  constraint board_sum_stage_known check (stage in ('installed', 'level1_activated', 'level2_collected', 'level2_approved', 'level2_activated')),
  constraint board_sum_mass_union_known check (mass_union in ('youth', 'women', 'none')),
  constraint board_sum_counts check (n >= 0 and assists >= 0 and confirmed >= 0 and anonymous >= 0 and previous_n >= 0)
);
comment on table board_sum is 'The counts of a closed window: every board of it, of any level, stage and union, is built of these.';
comment on column board_sum.starts_on is 'First day of the window.';
comment on column board_sum.ends_on is 'Last day of the window.';
comment on column board_sum.revision is 'Which revision of it.';
comment on column board_sum.stage is 'The stage.';
comment on column board_sum.village_id is 'The village of the records that count.';
comment on column board_sum.mass_union is 'The union.';
comment on column board_sum.n is 'Citizens whose credit lies here.';
comment on column board_sum.assists is 'Citizens whom this union helped after another one already had.';
comment on column board_sum.confirmed is 'How many of n somebody else confirmed.';
comment on column board_sum.anonymous is 'Records without consent: never ranked.';
comment on column board_sum.previous_n is 'Citizens of the window before, as that stood then: ranks are compared with it.';
revoke update, delete on board_sum from to06_server;

create table board_target (
  starts_on date not null,
  ends_on date not null,
  revision integer not null,
  stage text not null,
  unit_id integer not null,
  people integer not null,
  denominator text not null,
  constraint board_target_pkey primary key (starts_on, ends_on, revision, stage, unit_id),
  constraint board_target_closing_fkey foreign key (starts_on, ends_on, revision) references board_closing,
  constraint board_target_unit_id_fkey foreign key (unit_id) references unit,
  constraint board_target_stage_known check (stage in ('installed', 'level1_activated', 'level2_collected', 'level2_approved', 'level2_activated')),
  constraint board_target_people check (people > 0),
  constraint board_target_denominator_known check (denominator in ('assigned', 'eligible', 'approved'))
);
comment on table board_target is 'The targets by which a closed window is ranked: a target that is changed later changes no board of the past.';
comment on column board_target.starts_on is 'First day of the window.';
comment on column board_target.ends_on is 'Last day of the window: the targets that held on it.';
comment on column board_target.revision is 'Which revision of it.';
comment on column board_target.stage is 'The stage.';
comment on column board_target.unit_id is 'Whose target.';
comment on column board_target.people is 'How many people.';
comment on column board_target.denominator is 'assigned, eligible or approved.';
revoke update, delete on board_target from to06_server;
