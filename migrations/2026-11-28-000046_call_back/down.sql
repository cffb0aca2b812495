drop table lot_action;
drop table call_back;
drop table draw;
