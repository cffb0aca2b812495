-- Each person's own rows are looked up by index: a village is a handful among all that there are, and a join
-- would read every credit there is to find them.
select here.person_id, here.village_id, here.name, here.phone, here.id_tail,
    here.consent_method = 'list' as is_only_listed,
    coalesce(here.birth_year, listed.birth_year) as birth_year,
    coalesce(here.sex, listed.sex) as sex,
    coalesce(reached.installed, false) as installed,
    coalesce(reached.level1, false) as level1,
    coalesce(reached.activated, false) as activated,
    reached.collected_on, reached.approved_on,
    visited.outcome, visited.on_day as visited_on, visited.promised_on,
    listed.roster_id, listed.line, listed.name as listed_name, listed.phone as listed_phone, listed.smartphone,
    coalesce(listed.groups, '{}') as groups
from person here
cross join lateral (
    select array(select m.person_id from person m where m.canonical_id = here.person_id) || here.person_id as ids
    offset 0
) member
left join lateral (
    select bool_or(c.stage = 'installed') as installed,
        bool_or(c.stage = 'level1_activated') as level1,
        bool_or(c.stage = 'level2_activated') as activated,
        max(f.on_day) filter (where c.stage = 'level2_collected') as collected_on,
        max(f.on_day) filter (where c.stage = 'level2_approved') as approved_on
    from credit c
    left join lateral (
        select on_day from fact
        where op_id = c.op_id and c.stage in ('level2_collected', 'level2_approved')
        offset 0
    ) f on true
    where c.person_id = here.person_id
) reached on true
left join lateral (
    select outcome, on_day, promised_on
    from visit
    where person_id = any(member.ids) and voided_by is null
    order by effective_at desc, op_id desc
    limit 1
) visited on true
left join lateral (
    select e.roster_id, e.line, e.name, e.phone, e.birth_year, e.sex, e.smartphone, e.groups
    from roster_entry e
    join roster r on r.roster_id = e.roster_id
    where e.person_id = any(member.ids)
    order by r.imported_at desc, r.roster_id desc, e.line
    limit 1
) listed on true
where here.village_id = any($1) and here.canonical_id is null
