-- A row of the audit log keeps the name that its person had then.
alter table audit_log add column user_name text;
update audit_log set user_name = (select trim(u.first_name || ' ' || u.last_name) from users u where u.id = audit_log.user_id)
    where user_id is not null;
