-- One row per id that an alias event gave another name: the name at the end of its chain.
-- The latest alias of an id is followed, eight steps far. A chain that goes round ends at the name that the latest of
-- its aliases gave, the same for every id of it; one that is longer ends there, and is marked.
with said as (
    select
        previous_id,
        user_id,
        unix_micros(event_at) as said_micros,
        row_number() over (partition by previous_id order by event_at desc, event_id desc) as place
    from gold.fct_aliases
),
aliases as (
    select previous_id, user_id, said_micros from said where place = 1
),
chains as (
    select
        a1.previous_id,
        array(
            named_struct('step', 0, 'name', a1.previous_id, 'said', cast(null as bigint)),
            named_struct('step', 1, 'name', a1.user_id, 'said', a1.said_micros),
            named_struct('step', 2, 'name', a2.user_id, 'said', a2.said_micros),
            named_struct('step', 3, 'name', a3.user_id, 'said', a3.said_micros),
            named_struct('step', 4, 'name', a4.user_id, 'said', a4.said_micros),
            named_struct('step', 5, 'name', a5.user_id, 'said', a5.said_micros),
            named_struct('step', 6, 'name', a6.user_id, 'said', a6.said_micros),
            named_struct('step', 7, 'name', a7.user_id, 'said', a7.said_micros),
            named_struct('step', 8, 'name', a8.user_id, 'said', a8.said_micros)
        ) as chain,
        a8.user_id as last_name,
        a9.previous_id is not null as goes_on
    from aliases as a1
    left join aliases as a2 on a2.previous_id = a1.user_id
    left join aliases as a3 on a3.previous_id = a2.user_id
    left join aliases as a4 on a4.previous_id = a3.user_id
    left join aliases as a5 on a5.previous_id = a4.user_id
    left join aliases as a6 on a6.previous_id = a5.user_id
    left join aliases as a7 on a7.previous_id = a6.user_id
    left join aliases as a8 on a8.previous_id = a7.user_id
    left join aliases as a9 on a9.previous_id = a8.user_id
),
steps as (
    select c.previous_id, c.last_name, c.goes_on, link.step, link.name, link.said
    from chains as c
    lateral view explode(c.chain) chained as link
    where link.name is not null
),
-- Where the name of the last step was met before, the chain goes round from there.
ends as (
    select
        previous_id,
        bool_or(goes_on) as goes_on,
        max(step) as last_step,
        max(case when name = last_name and step < 8 then step end) as round_step
    from steps
    group by previous_id
),
ranked as (
    select
        e.previous_id,
        e.goes_on,
        e.last_step,
        e.round_step,
        s.name,
        row_number() over (
            partition by e.previous_id
            order by case when e.round_step is null then s.step else s.said end desc, s.name
        ) as place
    from ends as e
    join steps as s on s.previous_id = e.previous_id and s.step > coalesce(e.round_step, -1)
)
select
    previous_id as user_id,
    name as customer_id,
    cast(last_step as int) as step_count,
    round_step is not null as is_round,
    goes_on and round_step is null as is_cut
from ranked
where place = 1 and name <> previous_id
