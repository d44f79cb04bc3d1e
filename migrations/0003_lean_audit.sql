-- Few rows of the audit log are refusals: the others need no place in the index that finds identical ones.
drop index audit_log_refusals;
create index audit_log_refusals on audit_log (workspace_id, refusal, at) where refusal is not null;
