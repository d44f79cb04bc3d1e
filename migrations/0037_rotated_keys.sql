-- The key that takes over from another one. Both work until the old one expires.
alter table api_keys add column replaces uuid;
alter table api_keys add column replaced_by uuid;
-- The address of the call that was stamped last.
alter table api_keys add column last_used_from text;
