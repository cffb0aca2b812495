drop table signal_threshold;
drop table signal_answer;
drop table signal;
