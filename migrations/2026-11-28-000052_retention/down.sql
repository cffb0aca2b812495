drop index session_family_over_idx;
drop index ticket_named_idx;
drop index place_hold_until_idx;
drop index waitlist_entry_over_idx;
drop index notice_settled_at_idx;
drop table retention_run;
