drop table reconciliation_step;
drop table reconciliation_task;
drop table police_report;
