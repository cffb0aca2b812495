-- A village is a handful among all that there are, so whatever is asked of a person is looked up by index, person by
-- person (`offset 0` keeps it so): a join would read every credit there is to find theirs. Only those who were merged
-- into somebody are so few that they are looked for at once.
with here as materialized (
    select person.person_id, person.village_id, person.name, person.phone, person.birth_year, person.sex,
        person.id_tail, person.consent_method, reached.*
    from person
    cross join lateral (
        select coalesce(bool_or(stage = 'installed'), false) as installed,
            coalesce(bool_or(stage = 'level1_activated'), false) as level1,
            max(on_day) filter (where stage = 'level2_collected') as collected_on,
            max(on_day) filter (where stage = 'level2_approved') as approved_on,
            coalesce(bool_or(stage = 'level2_activated'), false) as activated
        from credit where credit.person_id = person.person_id
    ) reached
    where {whom} and person.canonical_id is null
        and person.restricted_at is null and person.erased_at is null
        -- Nobody is sent to somebody of whom it was reported that they died or moved away.
        and ($2 = 'anybody' or not exists (
            select from data_report r
            where r.person_id = person.person_id and r.what in ('deceased', 'moved_away') and r.state <> 'refused'
        ))
        and ($2 = 'anybody' or not activated and case $2
            when 'nothing' then not installed and not level1 and collected_on is null and approved_on is null
            when 'installed' then installed and not level1
            when 'level1' then level1 and collected_on is null and approved_on is null
            when 'collected' then collected_on is not null and approved_on is null
            when 'approved' then approved_on is not null
            else true
        end)
),
member as materialized (
    select person_id as head_id, person_id from here
    union all
    select canonical_id, person_id from person where canonical_id = any(array(select person_id from here))
),
visits as materialized (
    select head_id, v.*
    from member
    cross join lateral (
        select outcome, on_day, promised_on, effective_at, op_id from visit
        where person_id = member.person_id and voided_by is null
        offset 0
    ) v
),
visited as (
    select distinct on (head_id) head_id, outcome, on_day, promised_on
    from visits
    order by head_id, effective_at desc, op_id desc
),
-- Most outcomes tell nothing of a phone: somebody who was away has none still.
phone as (
    select distinct on (head_id) head_id, outcome <> 'no_smartphone' as smartphone
    from visits
    where outcome in ('no_smartphone', 'sim_not_own', 'otp_not_received')
    order by head_id, effective_at desc, op_id desc
),
entry as materialized (
    select head_id, e.*
    from member
    cross join lateral (
        select roster_id, line, name, phone, birth_year, sex, smartphone, groups from roster_entry
        where person_id = member.person_id
        offset 0
    ) e
),
listed as (
    select distinct on (head_id) entry.*
    from entry join roster using (roster_id)
    order by head_id, roster.imported_at desc, roster_id desc, line
)
select here.person_id, here.village_id, here.name, here.phone, here.id_tail,
    here.consent_method = 'list' as is_only_listed,
    coalesce(here.birth_year, listed.birth_year) as birth_year,
    coalesce(here.sex, listed.sex) as sex,
    here.installed, here.level1, here.activated, here.collected_on, here.approved_on,
    visited.outcome, visited.on_day as visited_on, visited.promised_on,
    listed.roster_id, listed.line, listed.name as listed_name, listed.phone as listed_phone,
    coalesce(phone.smartphone, listed.smartphone) as smartphone,
    coalesce(listed.groups, '{}') as groups
from here
left join visited on visited.head_id = here.person_id
left join phone on phone.head_id = here.person_id
left join listed on listed.head_id = here.person_id
