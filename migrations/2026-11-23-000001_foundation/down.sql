-- The role stays: other databases of the cluster may use it.
drop table notice;
drop table audit_event;
drop table idempotency;
drop function app_now();
drop table app_clock;
drop extension if exists btree_gist;
alter default privileges in schema public revoke all on tables from to06_server;
alter default privileges in schema public revoke all on sequences from to06_server;
revoke select on __diesel_schema_migrations from to06_server;
revoke usage on schema public from to06_server;
