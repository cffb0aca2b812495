-- A report tells how an entry stood on the last day of its period, whenever it is read: every change keeps how it
-- stood until then.

alter table register_change
  add column state_before text,
  add column due_before date,
  add column settled_before date;
comment on column register_change.state_before is 'Its state until then.';
comment on column register_change.due_before is 'Its day until then.';
comment on column register_change.settled_before is 'The local day on which it was settled, as it stood until then.';

-- Of a first change nobody knows the day before it: that after it is the likeliest.
update register_change c
set state_before = coalesce(p.state, case e.kind when 'directive' then 'done' else 'open' end),
  due_before = case when p.change_id is null then c.due_on else p.due_on end,
  settled_before = case
    when p.state <> 'open' then greatest((p.changed_at at time zone 'Asia/Ho_Chi_Minh')::date, e.noted_on)
    when p.change_id is null and e.kind = 'directive' then e.noted_on
  end
from register_entry e, (
  select change_id as of_change, lag(change_id) over w as change_id, lag(state) over w as state,
    lag(due_on) over w as due_on, lag(changed_at) over w as changed_at
  from register_change
  window w as (partition by entry_id order by changed_at, change_id)
) p
where e.entry_id = c.entry_id and p.of_change = c.change_id;
alter table register_change
  alter column state_before set not null,
  add constraint register_change_settled_before check ((state_before = 'open') = (settled_before is null));
