-- Where everything that phones pull stands in one stream, beside their owners' operations.

create table pull_position (
  collection text not null,
  row_key text not null,
  unit_id integer not null,
  gone_at timestamptz,
  epoch integer not null,
  xid bigint not null default pg_current_xact_id()::text::bigint,
  pull_seq bigint not null default nextval('operation_pull_seq'),
  constraint pull_position_pkey primary key (collection, row_key),
  constraint pull_position_unit_id_fkey foreign key (unit_id) references unit,
  constraint pull_position_collection_known check (collection in ('unit', 'target')),
  constraint pull_position_row_key_length check (char_length(row_key) between 1 and 100)
);
create index pull_position_order_idx on pull_position (epoch, xid, pull_seq);
comment on table pull_position is 'Which row of what phones pull changed when. Moved to the end by whoever changes the row, in the same transaction; what is gone leaves its row here for 90 days, as a tombstone. Operations know their own position, in the same order.';
comment on column pull_position.collection is 'unit or target.';
comment on column pull_position.row_key is 'The row''s own key in words: 112, or 112/level2_activated/2026-01-01.';
comment on column pull_position.unit_id is 'Whose it is: who answers for this unit, or works in it, pulls the row.';
comment on column pull_position.gone_at is 'When the row was removed. Null: it is there.';
comment on column pull_position.epoch is 'The life of the database in which the row last changed.';
comment on column pull_position.xid is 'The transaction that last changed the row.';
comment on column pull_position.pull_seq is 'Order within a transaction, in one count with that of operations.';

insert into pull_position (collection, row_key, unit_id, epoch)
select 'unit', unit_id::text, unit_id, (select max(epoch) from sync_epoch) from unit order by unit.unit_id;
insert into pull_position (collection, row_key, unit_id, epoch)
select 'target', concat_ws('/', unit_id, stage, to_char(starts_on, 'YYYY-MM-DD')), unit_id, (select max(epoch) from sync_epoch)
from target order by target.unit_id, stage, starts_on;
