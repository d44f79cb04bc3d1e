-- Keys that a workspace key made from its admin workspace were stored without their maker, so that nobody could find or
-- revoke them when that person left. The audit log knows which key made them.
with recursive births (id, maker) as (
    select k.id, l.api_key_id from api_keys k
    join audit_log l on l.workspace_id = k.workspace_id and l.action = 'api_keys:create'
    and l.resource = 'api_key/' || uuid_text(k.id)
    where k.created_by is null and k.link_id is not null and l.api_key_id is not null
), made (id, person) as (
    select b.id, k.created_by from births b join api_keys k on k.id = b.maker where k.created_by is not null
    union
    select b.id, m.person from births b join made m on b.maker = m.id
)
update api_keys set created_by = (select m.person from made m where m.id = api_keys.id)
where created_by is null and id in (select m.id from made m);
