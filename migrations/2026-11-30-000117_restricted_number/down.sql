drop table restricted_number;
