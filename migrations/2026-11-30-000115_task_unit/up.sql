-- A task may name the unit that has to do it: it stands in that unit's register and evening brief too.

alter table register_entry
  add column assigned_unit_id integer,
  add constraint register_entry_assigned_unit_id_fkey foreign key (assigned_unit_id) references unit (unit_id),
  add constraint register_entry_assigned_tasks check (assigned_unit_id is null or kind = 'task');
create index register_entry_assigned_unit_id_idx on register_entry (assigned_unit_id, entry_id) where assigned_unit_id is not null;
comment on column register_entry.assigned_unit_id is 'Which unit has to do a task; null: whoever body names.';
