-- Random checks of recorded work, by a seed that was promised before anybody could know what it draws.

create table draw (
  draw_id uuid not null,
  mass_union text not null,
  commune_id integer not null,
  week_on date not null,
  commitment bytea not null,
  committed_at timestamptz not null default app_now(),
  seed bytea,
  drawn_at timestamptz,
  plan text,
  sample_size integer not null default 0,
  failures_max integer not null default 0,
  frame uuid[] not null default '{}',
  state text not null default 'committed',
  changed_at timestamptz not null default app_now(),
  constraint draw_pkey primary key (draw_id),
  constraint draw_lot_key unique (week_on, mass_union, commune_id),
  constraint draw_commune_id_fkey foreign key (commune_id) references unit,
  constraint draw_mass_union_known check (mass_union in ('youth', 'women')),
  constraint draw_week_begins_on_monday check (extract(isodow from week_on) = 1),
  constraint draw_promised_in_time check (committed_at < ((week_on + 7)::timestamp at time zone 'Asia/Ho_Chi_Minh')),
  constraint draw_told_afterwards check (drawn_at >= ((week_on + 7)::timestamp at time zone 'Asia/Ho_Chi_Minh')),
  constraint draw_keeps_its_promise check (sha256(seed) = commitment),
  constraint draw_drawn_whole check ((seed is null) = (drawn_at is null) and (seed is null) = (state = 'committed')),
  constraint draw_state_known check (state in ('committed', 'drawn', 'passed', 'failed', 'released', 'empty')),
  constraint draw_sizes check (sample_size >= 0 and failures_max >= 0)
);
create index draw_commune_id_idx on draw (commune_id, week_on);
comment on table draw is 'The check of one union''s work in one commune in one week. What a failed one is about stays counted, for a sample speaks of a lot and of no record in it; boards may say that it is in doubt.';
comment on column draw.draw_id is 'Made by the program (UUIDv7).';
comment on column draw.mass_union is 'Whose work: youth or women.';
comment on column draw.commune_id is 'Where it was done.';
comment on column draw.week_on is 'The Monday of the week in which the records came, in Vietnam.';
comment on column draw.commitment is 'SHA-256 of the seed, told before the week is over.';
comment on column draw.committed_at is 'When it was promised.';
comment on column draw.seed is 'The seed, once it is told. Before, it is in no table: it follows from the lot under a key, so that nobody can throw again.';
comment on column draw.drawn_at is 'When it was told and drawn.';
comment on column draw.plan is 'Which plan of sampling.';
comment on column draw.sample_size is 'Records that are checked.';
comment on column draw.failures_max is 'The lot passes with so many failures at most.';
comment on column draw.frame is 'What was drawn from, by id: records that count and that nobody else had confirmed.';
comment on column draw.state is 'committed, drawn, passed, failed, released (it failed, and somebody answers for it), empty.';
comment on column draw.changed_at is 'When it changed last.';
revoke delete on draw from to06_server;

create table call_back (
  call_back_id uuid not null,
  draw_id uuid not null,
  op_id uuid not null,
  position integer not null,
  verifier_id uuid,
  assigned_at timestamptz,
  result text,
  told_at timestamptz,
  constraint call_back_pkey primary key (call_back_id),
  constraint call_back_draw_id_position_key unique (draw_id, position),
  constraint call_back_draw_id_fkey foreign key (draw_id) references draw,
  constraint call_back_op_id_fkey foreign key (op_id) references operation,
  constraint call_back_verifier_id_fkey foreign key (verifier_id) references account (account_id),
  constraint call_back_assigned_whole check ((verifier_id is null) = (assigned_at is null)),
  constraint call_back_told_whole check ((result is null) = (told_at is null)),
  constraint call_back_told_by_somebody check (result is null or verifier_id is not null),
  constraint call_back_result_known check (result in ('confirmed', 'not_confirmed', 'not_reachable', 'never_met')),
  constraint call_back_position_range check (position >= 1)
);
create index call_back_verifier_id_idx on call_back (verifier_id, call_back_id);
create index call_back_op_id_idx on call_back (op_id);
comment on table call_back is 'A drawn record that somebody of another union or another commune checks with the citizen.';
comment on column call_back.call_back_id is 'Made by the program (UUIDv7).';
comment on column call_back.draw_id is 'Of which draw.';
comment on column call_back.op_id is 'Which record.';
comment on column call_back.position is 'Its place in the order that the seed gives, from 1.';
comment on column call_back.verifier_id is 'Who checks it: picked by the seed. Null: nobody is there who could.';
comment on column call_back.assigned_at is 'Since when.';
comment on column call_back.result is 'confirmed, not_confirmed, not_reachable or never_met.';
comment on column call_back.told_at is 'When it was told.';
revoke delete on call_back from to06_server;

create table lot_action (
  action_id uuid not null,
  draw_id uuid not null,
  action text not null,
  reason text not null,
  taken_by uuid not null,
  taken_at timestamptz not null default app_now(),
  constraint lot_action_pkey primary key (action_id),
  constraint lot_action_draw_id_fkey foreign key (draw_id) references draw,
  constraint lot_action_taken_by_fkey foreign key (taken_by) references account (account_id),
  constraint lot_action_action_known check (action in ('retrain', 'recount', 'release')),
  constraint lot_action_reason_length check (char_length(reason) between 1 and 300)
);
create index lot_action_draw_id_idx on lot_action (draw_id, action_id);
comment on table lot_action is 'What was done about a lot that failed.';
comment on column lot_action.action_id is 'Made by the program (UUIDv7).';
comment on column lot_action.draw_id is 'About which.';
comment on column lot_action.action is 'retrain, recount or release.';
comment on column lot_action.reason is 'What was found. No names.';
comment on column lot_action.taken_by is 'Who did it.';
comment on column lot_action.taken_at is 'When.';
revoke update, delete on lot_action from to06_server;
