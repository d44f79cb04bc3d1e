//! Tables that can be distributed: on PostgreSQL each is partitioned by the hash of its `workspace_id`, and
//! every operation still works. An engine that shards PostgreSQL has the same requirements for keys, unique
//! constraints and references.

use crate::support::{World, distributed};

/// Tables that every shard needs completely, and why.
const GLOBAL: &[(&str, &str)] = &[
    ("migrations", "facts about the whole server"),
    ("server", "facts about the whole server"),
    ("workspaces", "the other tables refer to it; it is looked up by domain"),
    ("users", "a user can be a member of several workspaces"),
    ("sessions", "belong to a user, and are looked up by the hash of a cookie"),
    ("factors", "belong to a user"),
    ("recovery_codes", "belong to a user"),
    ("user_links", "belong to a user, and are looked up by the hash of a link"),
    ("challenges", "are answered before the user is known"),
    ("tries", "are counted before the workspace is known"),
    ("credentials", "tell the workspace of a key or an invitation"),
    ("canaries", "tell the workspace of a key that gives no access"),
    ("group_links", "belong to two workspaces, and are looked up from both"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_works_on_distributed_tables() {
    let Some(url) = World::postgres_schema_or_skip().await else { return };
    let global: Vec<_> = GLOBAL.iter().map(|(table, _)| *table).collect();
    distributed::partition(&url, &global).await;
    crate::coverage::every_change_leaves_one_row(World::on_postgres(&url).await).await;
}
