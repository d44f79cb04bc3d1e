-- What people sign in with. Users belong to no workspace, and so do their sessions, factors and links; a session
-- names the workspace in which it acts.

-- Whether the password is long enough to stand without a second factor, and where the person was last.
alter table users add column password_is_long boolean not null default false;
alter table users add column password_chosen_at timestamptz;
alter table users add column last_workspace_id uuid;

-- Null: nothing is asked beyond the defaults.
alter table workspaces add column login_policy jsonb;
-- Sessions that were begun before do not act here: everybody was signed out.
alter table workspaces add column sessions_from timestamptz;

create table sessions (
    -- Of the token in the cookie.
    hash text primary key,
    user_id uuid not null references users (id),
    id uuid not null,
    workspace_id uuid not null references workspaces (id),
    -- `factor` waits for a second factor, `enrol` for the enrolment of one that the workspace requires.
    stage text not null check (stage in ('whole', 'factor', 'enrol')),
    method text not null check (method in ('password', 'passkey')),
    second_factor boolean not null,
    device text,
    ip_address text not null,
    authenticated_at timestamptz not null,
    last_seen_at timestamptz not null,
    timestamp_created timestamptz not null
);
create unique index sessions_of_user on sessions (user_id, id);
create index sessions_in_workspace on sessions (workspace_id);
create index sessions_seen on sessions (last_seen_at);

-- Authenticator apps and passkeys; what they share with the server is sealed.
create table factors (
    user_id uuid not null references users (id),
    id uuid not null,
    kind text not null check (kind in ('totp', 'passkey')),
    name text not null,
    sealed text not null,
    confirmed boolean not null,
    -- The last step whose code was taken: none counts twice.
    last_step bigint not null default 0,
    timestamp_created timestamptz not null,
    last_used_at timestamptz,
    primary key (user_id, id)
);

create table recovery_codes (
    user_id uuid not null references users (id),
    hash text not null,
    primary key (user_id, hash)
);

-- Links that were mailed to a person: to choose a new password, to confirm a new address.
create table user_links (
    hash text primary key,
    user_id uuid not null references users (id),
    kind text not null check (kind in ('password', 'email')),
    email text not null,
    expires_at timestamptz not null
);
create index user_links_of on user_links (user_id, kind);

-- Challenges that a passkey has answered: each counts once. What was asked is sealed in the challenge itself, so that
-- who only asks leaves nothing behind.
create table challenges (
    id uuid primary key,
    expires_at timestamptz not null
);
create index challenges_expired on challenges (expires_at);

-- Tries at secrets that people choose, by account and address.
create table tries (
    name text primary key,
    count bigint not null,
    since timestamptz not null
);
create index tries_since on tries (since);
