-- Phones pull campaigns too, those that are there already among them.
alter table pull_position drop constraint pull_position_collection_known;
alter table pull_position add constraint pull_position_collection_known
  check (collection in ('unit', 'target', 'hint', 'campaign'));
comment on column pull_position.collection is 'unit, target, hint or campaign.';
insert into pull_position (collection, row_key, unit_id, epoch)
select 'campaign', campaign_id::text, unit_id, (select max(epoch) from sync_epoch)
from campaign
order by campaign_id;
