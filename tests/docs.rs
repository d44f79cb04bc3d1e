//! The documentation under `/docs`: it shows everything in the OpenAPI document, and loads nothing from other
//! servers.

use crate::support::{Answer, World, exchange, on_both};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

on_both! {
    every_operation_is_on_the_page_of_its_resource the_documentation_loads_nothing a_form_answers_with_a_command
    a_search_finds_operations the_documentation_is_compressed_for_those_who_take_it
}

async fn page(world: &World, path: &str) -> Answer {
    exchange(&world.router, None, &format!("GET {path}"), &[("accept", "text/html")], vec![]).await.0
}

/// Tag, path and summary of each operation.
fn operations(world: &World) -> Vec<(String, String, String)> {
    let paths = world.api["paths"].as_object().unwrap();
    let all =
        paths.iter().flat_map(|(path, item)| item.as_object().unwrap().values().map(move |one| (path, one)));
    all.map(|(path, one)| {
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        (text(&one["tags"][0]), path.clone(), text(&one["summary"]))
    })
    .collect()
}

async fn every_operation_is_on_the_page_of_its_resource(world: World) {
    let start = page(&world, "/docs").await.is(200).text();
    for (tag, path, summary) in operations(&world) {
        assert!(start.contains(&format!("href=\"/docs/{tag}\"")), "/docs does not list {tag}");
        let html = page(&world, &format!("/docs/{tag}")).await.is(200).text();
        let summary = summary.replace('\'', "&#39;");
        assert!(
            html.contains(&format!("<code>{path}</code>")) && html.contains(&summary),
            "{tag}: {path}, {summary}"
        );
    }
    page(&world, "/docs/nothing").await.is(404);
}

async fn the_documentation_loads_nothing(world: World) {
    let tags: BTreeSet<_> =
        operations(&world).into_iter().map(|(tag, _, _)| format!("/docs/{tag}")).collect();
    for path in tags.into_iter().chain(["/docs".to_owned(), "/docs?q=launch".to_owned()]) {
        let answer = page(&world, &path).await.is(200);
        let (policy, html) = (answer.headers["content-security-policy"].to_str().unwrap(), answer.text());
        assert!(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        for part in ["style", "script"] {
            for text in html.split(&format!("<{part}>")).skip(1) {
                let text = text.split_once(&format!("</{part}>")).unwrap().0;
                let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
                assert!(policy.contains(&hash), "{path}: the {part} is not the one of the policy");
            }
            assert_eq!(
                html.matches(&format!("<{part}")).count(),
                html.matches(&format!("<{part}>")).count(),
                "{path}"
            );
        }
        for loads in [" src=", "@import", "url(", " style=", " onclick=", "innerHTML", "<iframe", "<img"] {
            assert!(!html.contains(loads), "{path} has {loads}");
        }
        assert!(answer.bytes.len() < 1_000_000, "{path} has {} bytes", answer.bytes.len());
    }
}

async fn a_form_answers_with_a_command(world: World) {
    let html = page(&world, "/docs/campaigns").await.is(200).text();
    assert!(
        html.contains("/api/v2/campaigns/{id}&#39; \\") || html.contains("/api/v2/campaigns/{id}' \\"),
        "{html}"
    );
    let id = html.split("name=\"operation\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let mut filled = false;
    for id in id.collect::<Vec<_>>() {
        let tried = format!("/docs/campaigns?operation={id}&id=%3Cscript%3E%27&limit=7");
        let html = page(&world, &tried).await.is(200).text();
        assert!(!html.contains("<script>'") && !html.contains("<script>&"), "{id} repeats markup");
        filled |= html.contains("?limit=7");
    }
    assert!(filled, "no command has the value of its form");
}

async fn a_search_finds_operations(world: World) {
    let found = page(&world, "/docs?q=activate+campaigns").await.is(200).text();
    assert!(found.contains("/api/v2/campaigns/{id}/activate"), "{found}");
    let nothing = page(&world, "/docs?q=%3Cb%3Exyzzy").await.is(200).text();
    assert!(nothing.contains("No operation contains") && !nothing.contains("<b>xyzzy"), "{nothing}");
}

async fn the_documentation_is_compressed_for_those_who_take_it(world: World) {
    let plain = page(&world, "/docs/campaigns").await.is(200);
    let packed = exchange(
        &world.router,
        None,
        "GET /docs/campaigns",
        &[("accept-encoding", "br, gzip;q=0.8")],
        vec![],
    );
    let packed = packed.await.0.is(200);
    assert_eq!(
        (&packed.bytes[..2], packed.headers["content-encoding"].to_str().unwrap()),
        (&[0x1f, 0x8b][..], "gzip")
    );
    assert!(packed.bytes.len() * 4 < plain.bytes.len(), "{} of {}", packed.bytes.len(), plain.bytes.len());
    let refused =
        exchange(&world.router, None, "GET /docs", &[("accept-encoding", "gzip;q=0")], vec![]).await.0;
    assert!(refused.headers.get("content-encoding").is_none());
}
