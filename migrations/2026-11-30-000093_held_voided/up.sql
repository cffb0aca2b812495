-- What is held can be taken back like anything else, and then nobody need decide about it.

alter table operation add column voided_by uuid;
comment on column operation.voided_by is 'The operation that took it back while it was held. What was recorded says so in its own table.';

update operation o
set voided_by = v.op_id
from void v
where v.target_op_id = o.op_id and v.author_id = o.author_id and o.result = 'held'
    and (o.effective_at is null or v.effective_at <= o.effective_at + interval '24 hours');
delete from held_record h
using operation o
where o.op_id = h.op_id and o.voided_by is not null;
