delete from pull_position where collection = 'hint';
alter table pull_position drop constraint pull_position_collection_known;
alter table pull_position add constraint pull_position_collection_known check (collection in ('unit', 'target'));
comment on column pull_position.collection is 'unit or target.';
drop table hint;
alter table person drop column hint;
