-- Whoever received requests follows what became of theirs, the newest first.
create index rights_request_received_by_idx on rights_request (received_by, rights_request_id desc)
  where received_by is not null;
