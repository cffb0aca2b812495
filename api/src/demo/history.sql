-- The demo's history: about nine thousand invented people in every village, from January 2023 to $1.
-- Everything comes of hashes of village and number, so that the same day gives the same province.
-- Nobody is named. Facts only: credit and rollups are then counted from them.

create function pg_temp.draw(seed text) returns double precision
  language sql immutable
  as $$ select ((hashtextextended(seed, 6) & 16777215) + 0.5) / 16777216.0 $$;

-- A key that sorts by time, as the phones' do.
create function pg_temp.key_at(at timestamptz, seed text) returns uuid
  language sql immutable
  as $$ select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
    || '7' || substr(md5(seed), 1, 3) || '8' || substr(md5(seed), 4, 15))::uuid $$;

create temporary table demo_person on commit drop as
with village as (
    select unit_id, 14 + floor(24 * pg_temp.draw('size/' || unit_id))::integer as people,
        0.3 + 0.4 * pg_temp.draw('union/' || unit_id) as youth_share,
        -40 + 120 * pg_temp.draw('pace/' || unit_id) as lag
    from unit
    where level = 'village'
),
drawn as (
    select v.*, i, v.unit_id || '/' || i as seed,
        pg_temp.draw('wave/' || v.unit_id || '/' || i) as wave,
        pg_temp.draw('when/' || v.unit_id || '/' || i) as u
    from village v
    cross join lateral generate_series(1, v.people) i
)
select md5('demo person ' || seed)::uuid as person_id, unit_id as village_id, seed,
    pg_temp.draw('consent/' || seed) > 0.02 as has_consent,
    case when pg_temp.draw('by/' || seed) < youth_share then 'youth' else 'women' end as mass_union,
    -- A first drive in 2023, a second in 2024, and steady work ever since: an S with a tail.
    case
        when wave < 0.5 then 160 + lag + 45 * ln(u / (1 - u))
        when wave < 0.75 then 560 + lag + 80 * ln(u / (1 - u))
        else u * ($1::date - date '2023-01-09')
    end as start
from drawn;

create temporary table demo_act on commit drop as
with step as (
    select p.*, s.stage, s.place,
        p.start + case s.stage
            when 'installed' then 0
            when 'level1_activated' then 2 * pg_temp.draw('l1/' || p.seed)
            when 'level2_collected' then 9 + 50 * pg_temp.draw('l2c/' || p.seed)
            when 'level2_approved' then 75 + 20 * pg_temp.draw('l2p/' || p.seed)
            else 96 + 6 * pg_temp.draw('l2a/' || p.seed)
        end as day
    from demo_person p
    cross join (values ('installed', 1), ('level1_activated', 2), ('level2_collected', 3),
        ('level2_approved', 4), ('level2_activated', 5)) s (stage, place)
    where pg_temp.draw('reach/' || p.seed) < (array[1, 0.86, 0.66, 0.58, 0.47])[s.place]
),
timed as (
    select *, stage || '/' || seed as act,
        -- Between seven in the morning and six in the evening, in Vietnam.
        ((date '2023-01-09' + floor(day)::integer)::timestamp
            + interval '1 second' * floor(25200 + 39600 * pg_temp.draw('hour/' || stage || '/' || seed)))
            at time zone 'Asia/Ho_Chi_Minh' as at
    from step
    where day >= 0
),
both_unions as (
    select *, false as is_second from timed
    union all
    select person_id, village_id, seed, has_consent,
        case mass_union when 'youth' then 'women' else 'youth' end, start, stage, place, day,
        'second/' || act, at + interval '1 hour' * (2 + floor(40 * pg_temp.draw('later/' || act))), true
    from timed
    where has_consent and pg_temp.draw('assist/' || act) < 0.07
)
select *, pg_temp.key_at(at, act) as op_id,
    least(at + interval '1 hour' * floor(30 * pg_temp.draw('sent/' || act)), $2::timestamptz) as received_at,
    pg_temp.draw('holder/' || act) as holder,
    pg_temp.draw('void/' || act) < 0.01 as is_voided,
    case when place in (3, 4) then 0.4 else 0.12 end > pg_temp.draw('confirm/' || act) as is_confirmed,
    -- The last weeks in the demo volunteers' communes are their own.
    coalesce(
        case when at > $2::timestamptz - interval '45 days' then
            (select a.account_id
             from account a
             join unit_parent t on t.parent_id = a.unit_id and t.unit_id = village_id and t.valid_to is null
             where a.is_demo and a.role = 'volunteer' and a.mass_union = both_unions.mass_union
             order by a.account_id
             limit 1)
        end,
        case mass_union when 'youth' then $3::uuid else $4::uuid end
    ) as author_id
from both_unions
where at < $2::timestamptz;

insert into person (person_id, subject_blind, id_tail, birth_year, sex, village_id, consent_method, consent_at)
select p.person_id, sha256(('demo subject ' || seed)::bytea),
    lpad(floor(10000 * pg_temp.draw('tail/' || seed))::text, 4, '0'),
    1945 + floor(64 * pg_temp.draw('born/' || seed))::integer,
    case when pg_temp.draw('sex/' || seed) < 0.5 then 'male' else 'female' end,
    village_id,
    (array['spoken', 'signed', 'sms'])[1 + floor(3 * pg_temp.draw('how/' || seed))::integer],
    first_at
from demo_person p
join (select person_id, min(at) as first_at from demo_act group by person_id) a using (person_id)
where has_consent;

insert into operation (op_id, author_id, kind, payload_hash, result, code, village_id, received_at,
    effective_at, said_at, recorded_on, epoch)
select op_id, author_id, 'record', sha256(act::bytea),
    case when is_second then 'merged' else 'applied' end,
    case
        when not has_consent then 'CONSENT_MISSING'
        when is_second then 'DUP_SUBJECT_STEP'
        when place in (1, 2, 5) and holder < 0.03 then 'HELPER_DEVICE'
    end,
    village_id, received_at, at, at, (at at time zone 'Asia/Ho_Chi_Minh')::date,
    (select max(epoch) from sync_epoch)
from demo_act
union all
select pg_temp.key_at(received_at, 'void of ' || act), author_id, 'void',
    sha256(('void of ' || act)::bytea), 'applied', null, village_id, received_at, received_at, received_at, null,
    (select max(epoch) from sync_epoch)
from demo_act
where is_voided;

insert into fact (op_id, person_id, stage, village_id, mass_union, author_id, device_holder,
    effective_at, on_day, received_on, confirmed_by, voided_by)
select op_id, case when has_consent then person_id end, stage, village_id, mass_union, author_id,
    case
        when place not in (1, 2, 5) then null
        when holder < 0.03 then 'helper'
        when holder < 0.18 then 'family'
        else 'own'
    end,
    at, (at at time zone 'Asia/Ho_Chi_Minh')::date,
    (received_at at time zone 'Asia/Ho_Chi_Minh')::date,
    case
        when not is_confirmed then null
        when place in (3, 4) then 'office'
        when holder < 0.7 then 'police_list'
        else 'call_back'
    end,
    case when is_voided then pg_temp.key_at(received_at, 'void of ' || act) end
from demo_act;

insert into void (op_id, target_op_id, author_id, reason, effective_at, said_at)
select pg_temp.key_at(received_at, 'void of ' || act), op_id, author_id, 'nhầm người', received_at, received_at
from demo_act
where is_voided;
