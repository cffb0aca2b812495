-- Diesel's `table!` for every table of `public`, in one deterministic text: tables and columns with
-- their comments, joins that exactly one foreign key explains, and which tables meet in a query.
with
relation as (
    select c.oid, c.relname::text as name
    from pg_class c
    where c.relnamespace = 'public'::regnamespace
        and c.relkind in ('r', 'p')
        and not c.relispartition
        and c.relname <> '__diesel_schema_migrations'
),
typed as (
    select a.attrelid, a.attnum, a.attname::text as name,
        coalesce(
            case
                when t.typtype = 'd' then null
                else
                    case coalesce(e.typname, t.typname)
                        when 'bool' then 'Bool'
                        when 'int2' then 'Int2'
                        when 'int4' then 'Int4'
                        when 'int8' then 'Int8'
                        when 'float4' then 'Float4'
                        when 'float8' then 'Float8'
                        when 'numeric' then 'Numeric'
                        when 'text' then 'Text'
                        when 'varchar' then 'Varchar'
                        when 'bpchar' then 'Bpchar'
                        when 'char' then 'CChar'
                        when 'bytea' then 'Bytea'
                        when 'uuid' then 'Uuid'
                        when 'json' then 'Json'
                        when 'jsonb' then 'Jsonb'
                        when 'date' then 'Date'
                        when 'time' then 'Time'
                        when 'timestamp' then 'Timestamp'
                        when 'timestamptz' then 'Timestamptz'
                        when 'interval' then 'Interval'
                        when 'inet' then 'Inet'
                        when 'cidr' then 'Cidr'
                        when 'oid' then 'Oid'
                        when 'int4range' then 'Int4range'
                        when 'int8range' then 'Int8range'
                        when 'daterange' then 'Daterange'
                        when 'tstzrange' then 'Tstzrange'
                    end
            end,
            'UNKNOWN TYPE ' || t.typname
        ) as diesel_type,
        e.oid is not null as is_array,
        a.attnotnull as is_required
    from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
    where a.attnum > 0 and not a.attisdropped
),
-- Rust's own words get an underscore, and diesel the true name beside it.
"column" as (
    select attrelid, attnum, name,
        case when name in (
            'as', 'async', 'await', 'box', 'break', 'const', 'continue', 'crate', 'dyn', 'else', 'enum',
            'extern', 'false', 'fn', 'for', 'gen', 'if', 'impl', 'in', 'let', 'loop', 'match', 'mod',
            'move', 'mut', 'pub', 'ref', 'return', 'self', 'static', 'struct', 'super', 'trait', 'true',
            'try', 'type', 'unsafe', 'use', 'where', 'while', 'yield'
        ) then name || '_' else name end as rust_name,
        case when is_required then '%s' else 'Nullable<%s>' end as wrap,
        case when is_array then 'Array<Nullable<' || diesel_type || '>>' else diesel_type end as inner_type
    from typed
),
column_text as (
    select c.attrelid,
        string_agg(
            coalesce(
                (select string_agg('        /// ' || line, E'\n' order by no) || E'\n'
                 from regexp_split_to_table(col_description(c.attrelid, c.attnum), E'\n')
                    with ordinality as part (line, no)),
                ''
            )
            || case when c.rust_name <> c.name then '        #[sql_name = "' || c.name || E'"]\n' else '' end
            || '        ' || c.rust_name || ' -> ' || format(c.wrap, c.inner_type) || ',',
            E'\n' order by c.attnum
        ) as text
    from "column" c
    group by c.attrelid
),
key_text as (
    select i.indrelid,
        string_agg(c.rust_name, ', ' order by k.no) as text
    from pg_index i
    cross join lateral unnest(i.indkey::int2[]) with ordinality as k (attnum, no)
    join "column" c on c.attrelid = i.indrelid and c.attnum = k.attnum
    -- Columns that are only carried along are no part of the key.
    where i.indisprimary and k.no <= i.indnkeyatts
    group by i.indrelid
),
table_text as (
    select r.name,
        E'diesel::table! {\n'
        || coalesce(
            (select string_agg('    /// ' || line, E'\n' order by no) || E'\n'
             from regexp_split_to_table(obj_description(r.oid, 'pg_class'), E'\n')
                with ordinality as part (line, no)),
            ''
        )
        || '    ' || r.name || ' (' || k.text || E') {\n' || c.text || E'\n    }\n}\n' as text
    from relation r
    join column_text c on c.attrelid = r.oid
    join key_text k on k.indrelid = r.oid
),
-- Two keys between the same tables leave no single meaning of "join", so neither is declared.
join_text as (
    select min(child.name) as child, min(parent.name) as parent,
        'diesel::joinable!(' || min(child.name) || ' -> ' || min(parent.name)
        || ' (' || min(c.rust_name) || '));' as text
    from pg_constraint f
    join relation child on child.oid = f.conrelid
    join relation parent on parent.oid = f.confrelid
    join "column" c on c.attrelid = f.conrelid and c.attnum = f.conkey[1]
    where f.contype = 'f' and f.conrelid <> f.confrelid
    group by f.conrelid, f.confrelid
    having count(*) = 1 and min(cardinality(f.conkey)) = 1
        and not exists (
            select from pg_constraint b
            where b.contype = 'f' and b.conrelid = f.confrelid and b.confrelid = f.conrelid
        )
        and bool_and(
            -- A vector counts from 0 and an array from 1: equal only element by element.
            f.confkey = (select (i.indkey::int2[])[0:i.indnkeyatts - 1] from pg_index i where i.indrelid = f.confrelid and i.indisprimary)
        )
)
select E'// @generated by `api schema` from the migrations. Do not edit.\n\n'
    || (select string_agg(text, E'\n' order by name collate "C") from table_text)
    || coalesce(E'\n' || (select string_agg(text, E'\n' order by child collate "C", parent collate "C") from join_text) || E'\n', '')
    -- Every two of all tables would be 50,000 implementations of one trait, which the compiler compares with each
    -- other for minutes. Which others are asked together is written by hand, in `together.rs`.
    || coalesce(E'\n' || (select string_agg('diesel::allow_tables_to_appear_in_same_query!(' || child || ', ' || parent || ');', E'\n' order by child collate "C", parent collate "C") from join_text), '');
