-- A cluster alone does not tell that a database was restored: a dump may be loaded into the cluster it came from, and
-- a cluster that was wound back to a moment keeps its name. Each leaves another mark.

alter table sync_epoch
  add column timeline integer,
  add column database_oid bigint,
  add column table_oid bigint;
comment on column sync_epoch.timeline is 'The timeline of the cluster when it was begun; another one after a recovery to a moment, or when a standby took over. Empty: begun before it was written down.';
comment on column sync_epoch.database_oid is 'The database that it was begun in; another one where a dump was loaded into a new database.';
comment on column sync_epoch.table_oid is 'This table as it was begun; another one where a dump was loaded over what was there.';

-- What lives now has not been restored by this.
update sync_epoch
set timeline = ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer,
    database_oid = (select oid from pg_database where datname = current_database())::bigint,
    table_oid = 'sync_epoch'::regclass::oid::bigint
where epoch = (select max(epoch) from sync_epoch);
