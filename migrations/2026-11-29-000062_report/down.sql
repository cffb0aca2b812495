drop table report_issue;
drop table report_text;
drop table finding_ruling;
