-- What is loaded was done by everybody to the end. Of one half of the people, {half}, a fifth has nothing here, each
-- other fifth got one step further, and nobody is through: worklists read credit, so nothing else is taken back. Every
-- second one of them was visited last month.
set statement_timeout = 0;
delete from credit c
using (select person_id, hashtextextended(person_id::text, 6) & 1023 as place from person) p
where c.person_id = p.person_id and hashtextextended(p.person_id::text, 8) {half} 0
  and array_position(array['installed', 'level1_activated', 'level2_collected', 'level2_approved',
      'level2_activated'], c.stage) > p.place * 5 / 1024;

set session_replication_role = replica;
insert into visit (op_id, person_id, village_id, mass_union, author_id, outcome, effective_at, on_day)
select gen_random_uuid(), p.person_id, p.village_id, 'none', (select min(account_id::text)::uuid from account), 'away',
    now() - interval '30 days', current_date - 30
from person p
where hashtextextended(person_id::text, 7) > 0 and hashtextextended(person_id::text, 8) {half} 0;
set session_replication_role = origin;
