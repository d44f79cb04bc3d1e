//! The buttons that the pages about people and rights can have.

use super::World;

/// What somebody can do. Pages about others offer it to those who can ask about others.
pub const WHAT: &str = "GET /w/{workspace}/access/what";

/// The ways that a page can offer. If the member is the owner, no page offers to change or remove them.
pub fn ways(page: &str) -> &'static [&'static str] {
    match page {
        "members" => &[
            "POST /w/{workspace}/members",
            "POST /w/{workspace}/members/{id}/resend",
            "GET /w/{workspace}/members/{id}/remove",
            "GET /w/{workspace}/members/{id}",
        ],
        "member" => &[
            WHAT,
            "GET /w/{workspace}/members",
            "POST /w/{workspace}/members/{id}",
            "GET /w/{workspace}/members/{id}/remove",
        ],
        "the owner" => &["GET /w/{workspace}/members", WHAT],
        "removal" => &[
            "POST /w/{workspace}/members/{id}/off-board",
            "POST /w/{workspace}/members/{id}/remove",
            "GET /w/{workspace}/members/{id}",
        ],
        "workspaces" => &["POST /workspaces"],
        "me" => &["POST /me"],
        "keys" => &[
            "GET /w/{workspace}/api-keys/new",
            "GET /w/{workspace}/api-keys/{id}/rotate",
            "GET /w/{workspace}/api-keys/{id}/revoke",
        ],
        "revocation" => &["POST /w/{workspace}/api-keys/{id}/revoke", "GET /w/{workspace}/api-keys"],
        "matrix" => &["GET /w/{workspace}/access/why", "GET /w/{workspace}/access/who", WHAT],
        "why" | "who" => &["GET /w/{workspace}/access"],
        "what" => &["GET /w/{workspace}/access", "GET /w/{workspace}/access/who"],
        "audit" => &["POST /w/{workspace}/audit/export"],
        "policy" => {
            &["POST /w/{workspace}/settings/sign-in", "GET /w/{workspace}/settings/sign-in/everybody"]
        }
        "everybody" => {
            &["POST /w/{workspace}/settings/sign-in/everybody", "GET /w/{workspace}/settings/sign-in"]
        }
        "security" => {
            &["POST /me/security/app", "GET /me/security/passkeys/new", "POST /me/sessions/every/end"]
        }
        _ => &[],
    }
}

/// The pages that are compared, and their addresses.
pub fn frames(world: &World) -> Vec<(&'static str, String)> {
    let sdr = world.who("sdr").member.unwrap();
    let owner = world.who("owner").member.unwrap();
    vec![
        ("members", world.at("/members")),
        ("member", world.at(&format!("/members/{sdr}"))),
        ("the owner", world.at(&format!("/members/{owner}"))),
        ("removal", world.at(&format!("/members/{sdr}/remove"))),
        ("workspaces", "/workspaces".to_owned()),
        ("me", "/me".to_owned()),
        ("keys", world.at("/api-keys")),
        ("revocation", world.at(&format!("/api-keys/{}/revoke", world.who("reader").key_id))),
        ("matrix", world.at("/access")),
        ("why", world.at("/access/why")),
        ("who", world.at("/access/who")),
        ("what", world.at("/access/what")),
        ("audit", world.at("/audit")),
        ("policy", world.at("/settings/sign-in")),
        ("everybody", world.at("/settings/sign-in/everybody")),
        ("security", "/me/security".to_owned()),
        ("home", world.at("")),
    ]
}
