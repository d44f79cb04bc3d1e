-- Whether the mail servers of a sending account have let the server in; nobody has tried those that are there already.
alter table accounts add column connection_state text not null default 'not_tried'
    check (connection_state in ('not_tried', 'ok', 'failed'));
