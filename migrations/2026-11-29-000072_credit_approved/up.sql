-- Whose seven days end is asked every evening of a whole province: without this, of every credit there is.
create index credit_approved_idx on credit (on_day) where stage = 'level2_approved';
