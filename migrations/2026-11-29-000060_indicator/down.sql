drop table indicator_value;
drop table reporting_period;
drop table indicator_owner;
drop table indicator;
