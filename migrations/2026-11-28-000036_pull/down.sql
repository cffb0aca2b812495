drop table pull_position;
