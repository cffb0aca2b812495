comment on column office.slot_min is 'Length of a slot, in minutes.';
drop table office_slot_length;
