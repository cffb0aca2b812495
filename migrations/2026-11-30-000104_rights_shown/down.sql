drop index rights_request_own_hash_idx;
alter table rights_request drop column own_hash;
alter table rights_request drop column identity_shown;
