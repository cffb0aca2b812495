update audit_event e set detail = e.detail || jsonb_build_object('reason', r.reason)
from export_reason r
where r.export_id = (e.detail ->> 'export_id')::uuid
  and e.action in ('tracking.export_table', 'tracking.export_data_reports');
drop table export_reason;
