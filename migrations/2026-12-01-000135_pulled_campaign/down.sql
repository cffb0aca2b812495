delete from pull_position where collection = 'campaign';
alter table pull_position drop constraint pull_position_collection_known;
alter table pull_position add constraint pull_position_collection_known check (collection in ('unit', 'target', 'hint'));
comment on column pull_position.collection is 'unit, target or hint.';
