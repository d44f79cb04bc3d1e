//! What a server does with a database whose migrations differ from its own.

use crate::support::{World, on_both};
use gatepost::db::{self, sql};

on_both! {
    a_migration_that_was_changed_after_it_was_applied_is_refused
    a_database_without_checksums_adopts_them_once
    the_constraints_of_leads_are_named_after_them
}

async fn checksums(world: &World) -> Vec<String> {
    let all = sql("select checksum from migrations where checksum is not null order by version");
    all.all(&world.reader).await.unwrap()
}

async fn a_migration_that_was_changed_after_it_was_applied_is_refused(world: World) {
    db::open(&world.url, "test").await.unwrap();
    world.run(sql("update migrations set checksum = 'another' where version = 7")).await;
    let error = db::open(&world.url, "test").await.err().unwrap().to_string();
    assert!(error.contains("0007_white_label.sql"), "{error}");
    assert!(error.contains("put your change into a new migration"), "{error}");
}

async fn a_database_without_checksums_adopts_them_once(world: World) {
    let all = checksums(&world).await;
    assert!(all.len() > 13 && all.iter().all(|checksum| checksum.len() == 64), "{all:?}");
    world.run(sql("update migrations set checksum = null where version < 10")).await;
    db::open(&world.url, "test").await.unwrap();
    assert_eq!(checksums(&world).await, all);
}

/// On SQLite a migration creates the table again under another name; on PostgreSQL the constraints would keep that name.
async fn the_constraints_of_leads_are_named_after_them(world: World) {
    if world.url.starts_with("sqlite:") {
        return;
    }
    let strange = sql("select cast(conname as text) from pg_constraint \
         where conrelid = 'leads'::regclass and conname not like 'leads_%'");
    let strange: Vec<String> = strange.all(&world.reader).await.unwrap();
    assert!(strange.is_empty(), "{strange:?}");
}
