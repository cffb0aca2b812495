alter table board_sum drop column previous_confirmed;
alter table board_closing drop column previous_from, drop column previous_to;
