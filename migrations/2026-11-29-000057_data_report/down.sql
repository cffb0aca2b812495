drop table data_report_step;
drop table data_report;
