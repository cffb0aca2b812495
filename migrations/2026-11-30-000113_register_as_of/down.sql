alter table register_change
  drop column state_before,
  drop column due_before,
  drop column settled_before;
