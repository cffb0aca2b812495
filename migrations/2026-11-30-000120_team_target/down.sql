drop table team_target;
