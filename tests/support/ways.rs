//! What the pages of a workspace can offer.

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
            "GET /w/{workspace}/members",
            "POST /w/{workspace}/members/{id}",
            "GET /w/{workspace}/members/{id}/remove",
        ],
        "the owner" => &["GET /w/{workspace}/members"],
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
        "matrix" => &["GET /w/{workspace}/access/why"],
        "why" => &["GET /w/{workspace}/access"],
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
