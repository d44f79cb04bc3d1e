//! The JSON face of explanations.

use super::{Explanation, Me, Question};
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
    POST "/api/v2/access/explain" => explain as "explainAccess"
        with { "permission": "campaigns:launch", "record": "01890000-0000-7000-8000-000000000001" } + ours;
}

async fn me(can: Can<Read>, _: Nothing) -> Result<Json<Me>> {
    super::me(can).await.map(Json)
}

async fn explain(can: Can<Explain>, Json(question): Json<Question>) -> Result<Json<Explanation>> {
    super::explain(&can, question).await.map(Json)
}
