-- Addresses and domains that must not be written to.
create table suppressions (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    kind text not null check (kind in ('blocked', 'unsubscribed', 'bounced', 'complained')),
    -- A keyed MAC of the value. It stays when the value is erased, so that the suppression stays too.
    mac text not null,
    -- An address, or a domain in ASCII. Null after the person was erased.
    value text,
    is_domain boolean not null,
    -- What added it.
    source text not null,
    timestamp_created timestamptz not null,
    primary key (workspace_id, id),
    unique (workspace_id, mac, kind)
);
