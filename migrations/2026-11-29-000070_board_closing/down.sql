drop table board_target;
drop table board_sum;
drop table board_closing;
