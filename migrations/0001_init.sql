-- One file for both engines: PostgreSQL's type names, which SQLite takes as they are
-- (a uuid is 16 bytes there, a timestamptz an integer, a jsonb its text).
-- The workspace leads every key, so that the tables can be distributed by it. Users, the look-up of
-- credentials and the server's own facts are the exceptions.

-- What the server remembers of itself: the fingerprint of its secret key.
create table server (name text primary key, value text not null);

create table users (
    id uuid primary key,
    email text not null unique,
    email_verified boolean not null,
    first_name text not null,
    last_name text not null,
    password_hash text,
    timestamp_created timestamptz not null
);

create table workspaces (
    id uuid primary key,
    name text not null,
    org_logo_url text,
    default_campaign_visibility text not null check (default_campaign_visibility in ('private', 'team')),
    default_member_role text not null,
    strict_scopes boolean not null,
    -- Resources that the plan leaves out.
    denied jsonb not null,
    scheduled_for_removal_at timestamptz,
    timestamp_created timestamptz not null,
    timestamp_updated timestamptz not null
);

-- The row is also the invitation. Until it is accepted, user_id is reserved and no user has it.
create table members (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    user_id uuid not null,
    email text not null,
    nickname text,
    role text not null,
    permissions jsonb,
    tag_limit jsonb,
    accepted boolean not null,
    issuer_id uuid,
    invitation_expires_at timestamptz,
    invitation_failures bigint not null default 0,
    search text not null,
    timestamp_created timestamptz not null,
    primary key (workspace_id, id),
    unique (workspace_id, email),
    unique (workspace_id, user_id)
);
create unique index members_one_owner on members (workspace_id) where role = 'owner';
create index members_of_user on members (user_id);

create table api_keys (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    name text not null,
    redacted text not null,
    scopes jsonb not null,
    personal boolean not null,
    member_id uuid,
    created_by uuid,
    tag_limit jsonb,
    allowed_ips jsonb,
    -- What a workspace key may do at most: its maker's role, and the rest of the maker's limits.
    ceiling_role text,
    ceiling jsonb not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    timestamp_created timestamptz not null,
    timestamp_updated timestamptz not null,
    primary key (workspace_id, id)
);
create index api_keys_of_member on api_keys (workspace_id, member_id);

-- From the hash of a secret to what it opens: a key, or the invitation of a member.
create table credentials (
    hash text primary key,
    workspace_id uuid not null,
    kind text not null check (kind in ('key', 'invitation')),
    id uuid not null
);
create index credentials_of on credentials (workspace_id, id);

create table custom_tags (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    label text not null,
    description text,
    search text not null,
    timestamp_created timestamptz not null,
    timestamp_updated timestamptz not null,
    primary key (workspace_id, id),
    unique (workspace_id, label)
);

create table custom_tag_mappings (
    workspace_id uuid not null,
    id uuid not null,
    tag_id uuid not null,
    resource_type bigint not null,
    resource_id uuid not null,
    timestamp_created timestamptz not null,
    primary key (workspace_id, id),
    unique (workspace_id, resource_id, tag_id),
    foreign key (workspace_id, tag_id) references custom_tags (workspace_id, id) on delete cascade
);
create index custom_tag_mappings_of_tag on custom_tag_mappings (workspace_id, tag_id, resource_id);

create table campaigns (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    name text not null,
    search text not null,
    status bigint not null,
    visibility text not null check (visibility in ('private', 'team')),
    owned_by uuid,
    settings jsonb not null,
    timestamp_created timestamptz not null,
    timestamp_updated timestamptz not null,
    primary key (workspace_id, id)
);

create table campaign_collaborators (
    workspace_id uuid not null,
    campaign_id uuid not null,
    member_id uuid not null,
    primary key (workspace_id, campaign_id, member_id),
    foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade,
    foreign key (workspace_id, member_id) references members (workspace_id, id) on delete cascade
);
create index campaign_collaborators_of on campaign_collaborators (workspace_id, member_id);

-- Sending accounts, as far as the activation of a campaign asks for them: at most one member each.
create table accounts (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    email text not null,
    status bigint not null,
    assigned_to uuid,
    primary key (workspace_id, id),
    unique (workspace_id, email)
);

create table audit_log (
    workspace_id uuid not null,
    id uuid not null,
    at timestamptz not null,
    activity_type bigint not null,
    action text not null,
    resource text not null,
    actor text not null,
    user_id uuid,
    member_id uuid,
    api_key_id uuid,
    ip_address text not null,
    user_agent text,
    request_id text not null,
    campaign_id uuid,
    affected_count bigint,
    metadata jsonb not null,
    search text not null,
    -- For refused attempts: what makes two of them the same.
    refusal text,
    primary key (workspace_id, id)
);
create index audit_log_types on audit_log (workspace_id, activity_type, at);
create index audit_log_refusals on audit_log (workspace_id, refusal, at);
