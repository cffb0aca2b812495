-- A closed window says with which days its ranks are compared, and who of them was confirmed.

alter table board_closing
  add column previous_from date,
  add column previous_to date,
  add constraint board_closing_previous check (
    (previous_from is null) = (previous_to is null) and previous_from <= previous_to and previous_to < starts_on
  );
comment on column board_closing.previous_from is 'First day of the window before. Null where this was not kept: as many days, just before.';
comment on column board_closing.previous_to is 'Last day of the window before.';

alter table board_sum
  add column previous_confirmed bigint,
  add constraint board_sum_previous_confirmed check (previous_confirmed >= 0);
comment on column board_sum.previous_confirmed is 'How many of previous_n somebody else confirmed. Null where this was not kept.';
