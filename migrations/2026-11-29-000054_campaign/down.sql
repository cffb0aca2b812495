drop table team_member;
drop table team;
drop table campaign_target;
drop table campaign;
