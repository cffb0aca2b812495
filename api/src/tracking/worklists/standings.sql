with here as materialized (
    select person_id, village_id, name, phone, birth_year, sex, id_tail, consent_method = 'list' as is_only_listed
    from person
    where village_id = any($1) and canonical_id is null
),
member as materialized (
    select person_id as head_id, person_id from here
    union all
    select p.canonical_id, p.person_id from here join person p on p.canonical_id = here.person_id
),
reached as (
    select c.person_id,
        bool_or(c.stage = 'installed') as installed,
        bool_or(c.stage = 'level1_activated') as level1,
        bool_or(c.stage = 'level2_activated') as activated,
        max(f.on_day) filter (where c.stage = 'level2_collected') as collected_on,
        max(f.on_day) filter (where c.stage = 'level2_approved') as approved_on
    from here
    join credit c using (person_id)
    left join fact f on f.op_id = case when c.stage in ('level2_collected', 'level2_approved') then c.op_id end
    group by c.person_id
),
visited as (
    select distinct on (member.head_id) member.head_id, v.outcome, v.on_day, v.promised_on
    from member
    join visit v on v.person_id = member.person_id and v.voided_by is null
    order by member.head_id, v.effective_at desc, v.op_id desc
),
listed as (
    select distinct on (member.head_id) member.head_id, e.roster_id, e.line, e.name, e.phone, e.birth_year, e.sex,
        e.smartphone, e.groups
    from member
    join roster_entry e on e.person_id = member.person_id
    join roster r on r.roster_id = e.roster_id
    order by member.head_id, r.imported_at desc, r.roster_id desc
)
select here.person_id, here.village_id, here.name, here.phone, here.id_tail, here.is_only_listed,
    coalesce(here.birth_year, listed.birth_year) as birth_year,
    coalesce(here.sex, listed.sex) as sex,
    coalesce(reached.installed, false) as installed,
    coalesce(reached.level1, false) as level1,
    coalesce(reached.activated, false) as activated,
    reached.collected_on, reached.approved_on,
    visited.outcome, visited.on_day as visited_on, visited.promised_on,
    listed.roster_id, listed.line, listed.name as listed_name, listed.phone as listed_phone, listed.smartphone,
    coalesce(listed.groups, '{}') as groups
from here
left join reached on reached.person_id = here.person_id
left join visited on visited.head_id = here.person_id
left join listed on listed.head_id = here.person_id
