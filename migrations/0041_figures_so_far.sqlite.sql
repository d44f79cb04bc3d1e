-- The figures of what was sent before there were figures.
insert into step_days (workspace_id, campaign_id, step, variant, day, sent, unconfirmed)
select s.workspace_id, s.campaign_id, s.step, s.variant, strftime('%Y-%m-%d', s.at / 1000, 'unixepoch'),
    sum(case when r.kind = 'accepted' then 1 else 0 end), sum(case when r.kind = 'unconfirmed' then 1 else 0 end)
from sends s
join campaigns c on c.workspace_id = s.workspace_id and c.id = s.campaign_id
join results r on r.workspace_id = s.workspace_id and r.send_id = s.id and r.kind in ('accepted', 'unconfirmed')
    and r.number = (select max(l.number) from results l where l.workspace_id = s.workspace_id and l.send_id = s.id)
group by s.workspace_id, s.campaign_id, s.step, s.variant, strftime('%Y-%m-%d', s.at / 1000, 'unixepoch');
insert into contact_days (workspace_id, campaign_id, day, previous_day, leads)
select d.workspace_id, d.campaign_id, d.day, d.previous_day, count(*)
from (
    select m.workspace_id, m.campaign_id, m.day,
        coalesce(lag(m.day) over (partition by m.workspace_id, m.campaign_id, m.lead_id order by m.day), '') as previous_day
    from (
        select distinct s.workspace_id, s.campaign_id, s.lead_id, strftime('%Y-%m-%d', s.at / 1000, 'unixepoch') as day
        from sends s
        join campaigns c on c.workspace_id = s.workspace_id and c.id = s.campaign_id
        join results r on r.workspace_id = s.workspace_id and r.send_id = s.id and r.kind = 'accepted'
            and r.number = (select max(l.number) from results l where l.workspace_id = s.workspace_id and l.send_id = s.id)
    ) m
) d
group by d.workspace_id, d.campaign_id, d.day, d.previous_day;
