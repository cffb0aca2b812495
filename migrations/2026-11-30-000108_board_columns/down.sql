drop table board_grade;
drop table board_reached;
alter table board_sum drop column late, drop column last_on;
