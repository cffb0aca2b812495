-- Phones of any age call. Nobody takes away what is in use: who still calls what will go is counted, by the name of the app.

create table deprecated_call (
  operation_id text not null,
  client text not null,
  called_on date not null,
  calls bigint not null,
  constraint deprecated_call_pkey primary key (operation_id, client, called_on),
  constraint deprecated_call_client_short check (length(client) between 1 and 40),
  constraint deprecated_call_calls check (calls > 0)
);
create index deprecated_call_called_on_idx on deprecated_call (called_on);
comment on table deprecated_call is 'How often which app called an operation that will go one day. Each process adds what it has counted every minute; one that is killed forgets the last one.';
comment on column deprecated_call.operation_id is 'The operation, as the document names it.';
comment on column deprecated_call.client is 'The app and its version, as it says in X-Client; unnamed where it says nothing plain, other beyond the first fifty of a day. Nobody''s name.';
comment on column deprecated_call.called_on is 'On which day in Vietnam.';
comment on column deprecated_call.calls is 'How often on that day.';
revoke update on deprecated_call from to06_server;
grant update (calls) on deprecated_call to to06_server;

-- A hint says at which stages, for phones that know that: a doubt that is raised for everybody at their second stage is
-- a doubt that nobody reads.
alter table hint
  add column stages smallint[],
  add constraint hint_stages_of_tags check (stages is null or cardinality(stages) = cardinality(tags));
comment on column hint.stages is 'Of each tag, in their order, at which stages somebody with it was recorded: 1 installed, 2 level1_activated, 4 level2_collected, 8 level2_approved, 16 level2_activated, added up. Null: not gathered since stages are told.';
