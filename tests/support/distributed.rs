//! Turns the tables of a schema into partitioned ones.

use gatepost::db;
use tokio_postgres::Client;

const PARTITIONS: usize = 4;

/// Partitions each table by the hash of its `workspace_id`, except those that stay whole.
pub async fn partition(url: &str, global: &[&str]) {
    db::open(url, "test").await.unwrap();
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let tables = texts(
        &client,
        "select relname::text, '', '' from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace",
    )
    .await;
    let tables: Vec<_> = tables.into_iter().map(|[table, _, _]| table).collect();
    for table in global {
        assert!(tables.iter().any(|one| one == table), "there is no table {table}");
    }
    // A reference names the table for which it was made, so all are made again.
    let references = texts(
        &client,
        "select conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) from pg_constraint \
         where contype = 'f' and connamespace = current_schema()::regnamespace",
    )
    .await;
    for [table, name, _] in &references {
        run(&client, &format!("alter table {table} drop constraint {name}")).await;
    }
    for table in tables.iter().filter(|table| !global.contains(&table.as_str())) {
        distribute(&client, table).await;
    }
    for [table, name, reference] in &references {
        run(&client, &format!("alter table {table} add constraint {name} {reference}")).await;
    }
}

async fn distribute(client: &Client, table: &str) {
    run(client, &format!("alter table {table} rename to {table}_whole")).await;
    let like =
        format!("create table {table} (like {table}_whole including all) partition by hash (workspace_id)");
    run(client, &like).await;
    for n in 0..PARTITIONS {
        let part = format!(
            "create table {table}_{n} partition of {table} for values with (modulus {PARTITIONS}, remainder {n})"
        );
        run(client, &part).await;
    }
    run(client, &format!("insert into {table} select * from {table}_whole")).await;
    run(client, &format!("drop table {table}_whole")).await;
}

async fn run(client: &Client, statement: &str) {
    client.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
}

async fn texts(client: &Client, query: &str) -> Vec<[String; 3]> {
    let rows = client.query(query, &[]).await.unwrap();
    rows.iter().map(|row| [row.get(0), row.get(1), row.get(2)]).collect()
}
