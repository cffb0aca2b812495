alter table sync_epoch
  drop column timeline,
  drop column database_oid,
  drop column table_oid;
