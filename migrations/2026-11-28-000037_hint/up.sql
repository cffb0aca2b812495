-- Who has been recorded in a village, told to phones so that they can doubt and not know.

alter table person add column hint bytea;
comment on column person.hint is 'A keyed tag of 16 bits of the ID number, for phones of this village, encrypted for this row: beside the last four digits and the year of birth it would betray the number to whoever has a phone''s key. Null: the number was not at hand in this village.';

create table hint (
  village_id integer not null,
  tags integer[],
  looked_at timestamptz not null default app_now(),
  constraint hint_pkey primary key (village_id),
  constraint hint_village_id_fkey foreign key (village_id) references unit
);
comment on table hint is 'The tags of a village as they were told to phones. Gathered anew when somebody pulls, and not too often.';
comment on column hint.village_id is 'The village.';
comment on column hint.tags is 'Tags of 16 bits of those who were recorded there, sorted, without saying which is whose. Null: not gathered yet.';
comment on column hint.looked_at is 'When somebody began to gather them last.';

alter table pull_position drop constraint pull_position_collection_known;
alter table pull_position add constraint pull_position_collection_known check (collection in ('unit', 'target', 'hint'));
comment on column pull_position.collection is 'unit, target or hint.';
