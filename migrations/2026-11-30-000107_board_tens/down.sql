drop table board_tens;
alter table board_closing drop column tens_kept;
