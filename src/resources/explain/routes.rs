//! The JSON face of explanations.

use super::{Explanation, Me, Question};
use crate::access::{Can, access::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing, ours};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/me", get_with(me, ours))
        .api_route("/api/v2/access/explain", post_with(explain, ours))
}

async fn me(can: Can<Read>, _: Nothing) -> Result<Json<Me>> {
    super::me(can).await.map(Json)
}

async fn explain(can: Can<Explain>, Json(question): Json<Question>) -> Result<Json<Explanation>> {
    super::explain(can, question).await.map(Json)
}
