-- White label: the host and the name under which a workspace shows itself to its clients.

-- The host that it asks for. Anybody may ask for any; that holds nothing.
alter table workspaces add column org_client_domain text check (org_client_domain = lower(org_client_domain));
-- What stands in the domain's DNS once its owner agrees.
alter table workspaces add column domain_token text;
-- The records were there: the workspace holds the domain, and no other of the server does.
alter table workspaces add column domain_verified_at timestamptz;
create unique index workspaces_by_domain on workspaces (org_client_domain) where domain_verified_at is not null;
alter table workspaces add column brand_name text;
-- As `#rrggbb`.
alter table workspaces add column brand_color text;
