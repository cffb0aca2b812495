-- Who settles what somebody asked for has seen who they are, and whoever asked finds the answer as long as it is kept.

alter table rights_request add column identity_shown text;
alter table rights_request add column own_hash bytea;
alter table rights_request add constraint rights_request_identity_shown_known check (identity_shown in ('card', 'vouched'));
create index rights_request_own_hash_idx on rights_request (own_hash) where own_hash is not null;
comment on column rights_request.identity_shown is 'How whoever settled it saw who asks: card, or vouched: they have none, and somebody of their village stood up for them.';
comment on column rights_request.own_hash is 'Keyed hash of the code and secret with which it was asked for: they find the answer with these when the appointment is emptied.';
