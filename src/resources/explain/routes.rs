//! The JSON face of explanations.

use super::{Explanation, Me, Question, WhatAnswer, WhatQuestion, WhoAnswer, WhoQuestion};
use crate::access::{Can, access::*};
use crate::error::Result;
use crate::http::{Json, Nothing};
use crate::resources::operations;

operations! {
    /// Get the caller and its permissions
    ///
    /// Shows the workspace, the member or key that calls, its role, its scopes, its tag limit, and the
    /// reach of each permission that it has.
    GET "/api/v2/me" => me as "getMe" + ours;

    /// Explain why something is allowed or refused
    ///
    /// Takes a permission, such as `campaigns:launch`, and optionally a record. Answers with each step of
    /// the decision. It is the same decision that the call itself makes. To ask about another member or
    /// key, the caller needs the permission `workspace_members:explain_others`.
    ///
    /// `would_help` lists single changes that would allow it, such as another role, another scope, or sharing the record.
    /// The server tries each change with the same decision.
    POST "/api/v2/access/explain" => explain as "explainAccess"
        with { "permission": "campaigns:launch", "record": "01890000-0000-7000-8000-000000000001" } + ours;

    /// Find everybody who can do something
    ///
    /// Takes a permission, such as `campaigns:launch`, and optionally a record. For every member, invitation and API key of
    /// the workspace, and for its admin workspace, the server makes the same decision as for a real call. The answer lists
    /// those who can, with the reasons, and counts the others by the step that refuses them. Revoked keys are left out. The
    /// caller also needs the permissions `workspace_members:read` and `api_keys:read`. The answer is 413 if the workspace
    /// has more than 10,000 members or keys.
    POST "/api/v2/access/who-can" => who_can as "whoCanAccess"
        with { "permission": "campaigns:launch", "record": "01890000-0000-7000-8000-000000000001" } + ours;

    /// Find out what somebody can do
    ///
    /// Lists each permission that the caller, a member or a key has, with its reach, the number of records and the last use.
    /// If the body names a permission, lists the records that this permission reaches. The caller must be able to see
    /// records of that kind. To ask about another member or key, the caller needs the permission
    /// `workspace_members:explain_others`.
    POST "/api/v2/access/what-can" => what_can as "whatCanAccess"
        with { "permission": "campaigns:launch" } + ours;
}

async fn me(can: Can<Read>, _: Nothing) -> Result<Json<Me>> {
    super::me(can).await.map(Json)
}

async fn explain(can: Can<Explain>, Json(question): Json<Question>) -> Result<Json<Explanation>> {
    super::explain(&can, question).await.map(Json)
}

async fn who_can(can: Can<WhoCan>, Json(question): Json<WhoQuestion>) -> Result<Json<WhoAnswer>> {
    super::who_can(&can, question).await.map(Json)
}

async fn what_can(can: Can<Explain>, Json(question): Json<WhatQuestion>) -> Result<Json<WhatAnswer>> {
    super::what_can(&can, question).await.map(Json)
}
