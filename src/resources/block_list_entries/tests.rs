//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::leads::list;
use crate::support::{MISSING, World, on_both};
use gatepost::db::{Tx, sql};
use serde_json::{Value, json};

on_both! {
    values_are_kept_in_one_form blocking_again_changes_nothing many_at_once roles_and_tag_limits purging_is_apart
    any_number_is_purged
    leads_that_are_blocked_stay_out the_file_is_recorded_and_has_no_formulas an_erased_value_still_blocks
    the_list_narrows_and_pages
}

const ENTRIES: &str = "/api/v2/block-lists-entries";

async fn block(world: &World, who: &str, value: &str) -> Value {
    world.call(who, &format!("POST {ENTRIES}"), json!({ "bl_value": value })).await.is(200).json()
}

async fn values(world: &World, query: &str) -> Vec<String> {
    let items = world.get("owner", &format!("{ENTRIES}?limit=100{query}")).await.is(200).items();
    items.iter().map(|item| item["bl_value"].as_str().unwrap().to_owned()).collect()
}

async fn values_are_kept_in_one_form(world: World) {
    for (given, kept, is_domain) in [
        (" Ada@Müller.EXAMPLE ", "ada@xn--mller-kva.example", false),
        ("Müller.example", "xn--mller-kva.example", true),
        ("@Other.example", "other.example", true),
    ] {
        let entry = block(&world, "sdr", given).await;
        assert_eq!((&entry["bl_value"], &entry["is_domain"]), (&json!(kept), &json!(is_domain)));
        assert_eq!(entry["organization_id"], json!(world.home));
        assert_eq!(entry.as_object().unwrap().len(), 5, "no MAC and no source: {entry}");
    }
    let at =
        format!("PATCH {ENTRIES}/{}", block(&world, "owner", "old.example").await["id"].as_str().unwrap());
    for wrong in ["", "com", "1.2.3.4", "https://x.example", "a b"] {
        for line in [&format!("POST {ENTRIES}"), &at] {
            let refused = world.call("owner", line, json!({ "bl_value": wrong })).await.is(400).message();
            assert!(refused.starts_with("body/bl_value must be"), "{refused}");
        }
    }
    let changed = world.call("owner", &at, json!({ "bl_value": "Jo@new.example" })).await.is(200).json();
    assert_eq!((&changed["bl_value"], &changed["is_domain"]), (&json!("jo@new.example"), &json!(false)));
    world.call("owner", &at, json!({ "bl_value": "@OTHER.example" })).await.is(409);
    world.call("owner", &at, json!({ "bl_value": "JO@new.example" })).await.is(200);
}

async fn blocking_again_changes_nothing(world: World) {
    let first = block(&world, "owner", "x.example").await;
    assert_eq!(block(&world, "member", "@X.Example").await, first);
    let many = json!({ "bl_values": ["X.example", "x.example"] });
    let again = world.call("member", &format!("POST {ENTRIES}/bulk-create"), many).await.is(200).json();
    assert_eq!((&again["items"], &again["valid_count"]), (&json!([first]), &json!(2)));
    assert_eq!(values(&world, "").await, ["x.example"]);
    block(&world, "stranger", "x.example").await;
    let mac = "select count(distinct mac) from suppressions";
    assert_eq!(sql(mac).optional::<i64>(&world.reader).await.unwrap(), Some(2), "a key for each workspace");
}

async fn many_at_once(world: World) {
    let (bulk, gone) = (format!("POST {ENTRIES}/bulk-create"), format!("POST {ENTRIES}/bulk-delete"));
    let all: Vec<String> = (0..1000).map(|n| format!("p{n}@bulk.example")).collect();
    let made = world.call("owner", &bulk, json!({ "bl_values": all })).await.is(200).json();
    assert_eq!((&made["valid_count"], made["items"].as_array().unwrap().len()), (&json!(1000), 1000));
    let mixed = json!({ "bl_values": ["no address", "", "x.example", "p1@bulk.example"] });
    let made = world.call("owner", &bulk, mixed).await.is(200).json();
    assert_eq!((&made["valid_count"], &made["invalid_count"]), (&json!(2), &json!(2)));
    assert_eq!(made["items"][1]["bl_value"], "p1@bulk.example");
    let ids: Vec<&Value> = made["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
    let foreign = block(&world, "stranger", "x.example").await;
    let wanted = json!({ "ids": [ids[0], ids[1], ids[0], foreign["id"], MISSING] });
    let deleted = world.call("owner", &gone, wanted.clone()).await.is(200).json();
    assert_eq!(deleted.as_array().unwrap().len(), 2);
    assert_eq!(world.call("owner", &gone, wanted).await.is(200).json(), json!([]));
    assert_eq!(world.get("stranger", ENTRIES).await.items(), [foreign]);
    let too_many: Vec<String> = (0..1001).map(|n| format!("p{n}@bulk.example")).collect();
    for (line, body) in [
        (&bulk, json!({ "bl_values": too_many })),
        (&bulk, json!({ "bl_values": [] })),
        (&gone, json!({ "ids": vec![MISSING; 1001] })),
        (&gone, json!({ "ids": ["x"] })),
        (&gone, json!({ "ids": [MISSING], "all": true })),
    ] {
        world.call("owner", line, body).await.is(400);
    }
}

async fn roles_and_tag_limits(world: World) {
    let id = block(&world, "owner", "x.example").await["id"].as_str().unwrap().to_owned();
    for who in ["view", "client"] {
        world.get(who, ENTRIES).await.is(403);
        world.call(who, &format!("POST {ENTRIES}"), json!({ "bl_value": "y.example" })).await.is(403);
    }
    for who in ["manager", "editor", "member", "sdr"] {
        world.get(who, &format!("{ENTRIES}/{id}")).await.is(200);
        block(&world, who, "x.example").await;
        let at = format!("{ENTRIES}/{id}");
        world.call(who, &format!("PATCH {at}"), json!({ "bl_value": "y.example" })).await.is(403);
        world.call(who, &format!("DELETE {at}"), Value::Null).await.is(403);
        world.call(who, &format!("DELETE {ENTRIES}"), Value::Null).await.is(403);
        world.call(who, &format!("POST {ENTRIES}/bulk-delete"), json!({ "ids": [id] })).await.is(403);
    }
    // A key with a tag limit neither sees nor changes the list.
    let body = json!({ "name": "k", "scopes": ["block_list_entries:all"], "tag_limit": [world.tag] });
    let key = world.call("owner", "POST /api/v2/api-keys", body).await.is(200).json()["key"].clone();
    let key = key.as_str().unwrap();
    assert!(world.get(key, ENTRIES).await.is(200).items().is_empty());
    world.get(key, &format!("{ENTRIES}/{id}")).await.is(404);
    world.get(key, &format!("{ENTRIES}/download")).await.is(403);
    world.call(key, &format!("POST {ENTRIES}"), json!({ "bl_value": "y.example" })).await.is(403);
    world.call("stranger", &format!("DELETE {ENTRIES}/{id}"), Value::Null).await.is(404);
    world.call("admin", &format!("DELETE {ENTRIES}/{id}"), Value::Null).await.is(200);
    world.get("owner", &format!("{ENTRIES}/{id}")).await.is(404);
}

async fn purging_is_apart(world: World) {
    let many: Vec<String> = (0..900).map(|n| format!("p{n}@bulk.example")).collect();
    world.call("owner", &format!("POST {ENTRIES}/bulk-create"), json!({ "bl_values": many })).await.is(200);
    for value in ["a.example", "b.example", "b@a.example"] {
        block(&world, "owner", value).await;
    }
    block(&world, "stranger", "a.example").await;
    world.wait(11 * 60 * 1000);
    world.call("owner's session", &format!("DELETE {ENTRIES}"), Value::Null).await.is(401);
    let gone =
        world.call("owner", &format!("DELETE {ENTRIES}?domains_only=true&search=B."), Value::Null).await;
    assert_eq!(gone.is(200).json()[0]["bl_value"], "b.example");
    let gone = world.call("owner", &format!("DELETE {ENTRIES}"), Value::Null).await.is(200).json();
    assert_eq!(gone.as_array().unwrap().len(), 902);
    assert_eq!(
        world.call("owner", &format!("DELETE {ENTRIES}"), Value::Null).await.is(200).json(),
        json!([])
    );
    assert_eq!(world.get("stranger", ENTRIES).await.items().len(), 1);
    let row = world.log().await.into_iter().find(|row| row["affected_count"] == 902).unwrap();
    assert_eq!((&row["activity_type"], &row["action"]), (&json!(1173), &json!("block_list_entries:purge")));
}

/// More than the answer lists, in six steps.
async fn any_number_is_purged(world: World) {
    let insert = sql(
        "insert into suppressions (workspace_id, id, mac, kind, value, is_domain, source, timestamp_created) \
         values ($1, $2, $3, 'blocked', $4, false, 'api', $5)",
    );
    let rows = (0..10_500).map(|n| {
        let (value, id) = (format!("p{n}@bulk.example"), world.app.new_id());
        insert.clone().bind(world.home).bind(id).bind(format!("mac {n}")).bind(value).bind(world.app.now())
    });
    let rows: Vec<_> = rows.collect();
    let fill = async move |tx: &mut Tx| {
        for row in &rows {
            row.clone().run(tx).await?;
        }
        Ok(())
    };
    world.writer.write(fill).await.unwrap();
    let gone = world.call("owner", &format!("DELETE {ENTRIES}"), Value::Null).await.is(200);
    assert_eq!(gone.headers["x-gatepost-affected"], "10500");
    let listed = gone.json().as_array().unwrap().clone();
    assert_eq!((listed.len(), &listed[0]["bl_value"]), (10_000, &json!("p10499@bulk.example")));
    assert!(world.get("owner", ENTRIES).await.items().is_empty());
    let rows: Vec<i64> = world
        .log()
        .await
        .into_iter()
        .filter(|row| row["activity_type"] == 1173)
        .map(|row| row["affected_count"].as_i64().unwrap())
        .collect();
    assert_eq!(rows, [500, 2000, 2000, 2000, 2000, 2000]);
}

async fn leads_that_are_blocked_stay_out(world: World) {
    for value in ["blocked.example", "eve@lead.example", "müller.example"] {
        block(&world, "owner", value).await;
    }
    let (list, campaign) = (list(&world, "owner").await, world.create("owner", "c", "team").await);
    for email in
        ["Jo@Blocked.example", "jo@mail.blocked.example", "EVE@lead.example", "a@xn--mller-kva.example"]
    {
        let body = json!({ "campaign": campaign, "email": email });
        let refused = world.call("member", "POST /api/v2/leads", body.clone()).await;
        assert!([403, 409].contains(&refused.status.as_u16()), "{}", refused.text());
        let refused = world.call("owner", "POST /api/v2/leads", body).await.is(409).message();
        assert_eq!(refused, "This address or its domain is on the block list.");
    }
    let leads = json!([
        { "email": "jo@blocked.example" }, { "email": "a@deep.er.blocked.example" }, { "email": "eve@lead.example" },
        { "email": "b@MÜLLER.example" }, { "email": "ok@notblocked.example" }, { "email": "ok@lead.example" },
        { "email": "OK@lead.example" }, { "email": "no address" }, { "first_name": "Without" },
    ]);
    for (at, uploaded) in [(0, 3), (1, 0)] {
        let body = json!({ "list_id": list, "leads": leads, "blocklist_id": world.home });
        let body =
            if at == 0 { body } else { json!({ "list_id": list, "leads": leads.as_array().unwrap()[..6] }) };
        let answer = world.call("owner", "POST /api/v2/leads/add", body).await.is(200).json();
        assert_eq!((&answer["in_blocklist"], &answer["leads_uploaded"]), (&json!(4), &json!(uploaded)));
        assert_eq!(answer["blocklist_used"], json!(world.home));
        assert_eq!(answer["duplicated_leads"], json!(if at == 0 { 0 } else { 2 }));
        assert_eq!(answer["duplicate_email_count"], json!(if at == 0 { 1 } else { 0 }));
    }
    // What another workspace blocks does not count here, and its list cannot be named.
    let body = json!({ "list_id": list, "email": "x@other.example", "blocklist_id": world.away });
    block(&world, "stranger", "other.example").await;
    let refused = world.call("owner", "POST /api/v2/leads", body).await.is(400).message();
    assert_eq!(refused, "body/blocklist_id must be a block list in this workspace");
    let body = json!({ "list_id": list, "email": "x@other.example" });
    world.call("owner", "POST /api/v2/leads", body).await.is(200);
}

async fn the_file_is_recorded_and_has_no_formulas(world: World) {
    for value in ["=cmd@x.example", "+jo@x.example", "x.example"] {
        block(&world, "owner", value).await;
    }
    let file = world.get("sdr", &format!("{ENTRIES}/download")).await.is(200);
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    let at = "2023-11-14T22:13:20.000Z";
    assert_eq!(
        file.text(),
        format!("Blocked Email,Date\r\nx.example,{at}\r\n'+jo@x.example,{at}\r\n'=cmd@x.example,{at}\r\n")
    );
    let domains = world.get("owner", &format!("{ENTRIES}/download?domains_only=true")).await.is(200).text();
    assert_eq!(domains, format!("Blocked Email,Date\r\nx.example,{at}\r\n"));
    let rows = world.log().await;
    let row = rows.iter().find(|row| row["activity_type"] == 1174 && row["affected_count"] == 3).unwrap();
    assert_eq!(row["action"], "block_list_entries:download");
    world.wait(11 * 60 * 1000);
    world.get("owner's session", &format!("{ENTRIES}/download")).await.is(401);
}

async fn an_erased_value_still_blocks(world: World) {
    block(&world, "owner", "jo@x.example").await;
    world.run(sql("update suppressions set value = null where is_domain = $1").bind(false)).await;
    assert!(values(&world, "").await.is_empty());
    let list = list(&world, "owner").await;
    let lead = json!({ "list_id": list, "email": "jo@x.example" });
    world.call("owner", "POST /api/v2/leads", lead.clone()).await.is(409);
    world.call("owner", &format!("DELETE {ENTRIES}"), Value::Null).await.is(200);
    world.call("owner", "POST /api/v2/leads", lead.clone()).await.is(409);
    let again = block(&world, "owner", "jo@x.example").await;
    assert_eq!(values(&world, "").await, ["jo@x.example"]);
    world
        .call("owner", &format!("DELETE {ENTRIES}/{}", again["id"].as_str().unwrap()), Value::Null)
        .await
        .is(200);
    world.call("owner", "POST /api/v2/leads", lead).await.is(200);
}

async fn the_list_narrows_and_pages(world: World) {
    for value in ["a.example", "jo@a.example", "b_c@a.example", "müller.example"] {
        block(&world, "owner", value).await;
    }
    assert_eq!(values(&world, "&domains_only=true").await, ["xn--mller-kva.example", "a.example"]);
    assert_eq!(values(&world, "&search=JO").await, ["jo@a.example"]);
    assert_eq!(values(&world, "&search=_").await, ["b_c@a.example"]);
    assert_eq!(values(&world, "&search=m%C3%BCller.example").await, ["xn--mller-kva.example"]);
    let page = world.get("owner", &format!("{ENTRIES}?limit=3")).await.is(200).json();
    let next = page["next_starting_after"].as_str().unwrap();
    let rest = world.get("owner", &format!("{ENTRIES}?limit=3&starting_after={next}")).await.is(200).items();
    assert_eq!(rest[0]["bl_value"], "a.example");
}
