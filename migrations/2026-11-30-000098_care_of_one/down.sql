-- Whoever cares for somebody cares for whoever they are one with: there is nothing to take back.
select 1;
