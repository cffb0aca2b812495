drop table account_department;
