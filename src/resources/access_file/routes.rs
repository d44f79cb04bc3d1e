use super::report::{Applied, Plan, Tests, Validation};
use super::{AccessText, Allowing, Application, Applying, LARGEST};
use crate::access::{
    Can,
    access::{Apply, Plan as MayPlan},
};
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Paging, Query, Roll, Text};
use crate::resources::operations;
use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as Doc, SchemaObject};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use schemars::{JsonSchema, json_schema};
use serde::Deserialize;

operations! {
    /// Validate an access file
    ///
    /// The body is the file, as YAML or JSON. Answers 400 for a file that cannot be read, with the line and what is expected.
    /// Otherwise the report lists what does not fit the workspace, and what the named built-in roles hold. Changes nothing.
    POST "/api/v2/access/validate" => validate as "validateAccessFile" + ours + takes(LARGEST);

    /// Plan an access file
    ///
    /// Compares the file with the workspace, and answers what would change, who would gain or lose what, which rails
    /// refuse it, and which tests in the file fail. Changes nothing. Members, roles and tags that the file does not name
    /// stay as they are, unless their section is `exact`.
    POST "/api/v2/access/plan" => plan as "planAccessFile" + ours + takes(LARGEST);

    /// Apply an access file
    ///
    /// Makes the changes of the plan in one transaction. Each change needs its own permission, and has its own audit row
    /// with the reason. `because` says why, unless the file says it. Answers 409 if a rail or a test refuses the file, or
    /// if the state is not the expected one. Applying a file again changes nothing.
    POST "/api/v2/access/apply" => apply as "applyAccessFile" + ours + takes(LARGEST);

    /// Test an access file
    ///
    /// Runs the tests in the file on the access that it wants. With `mutate=true` it also changes that access a little at
    /// a time, and lists the changes that no test notices. Changes nothing.
    POST "/api/v2/access/test" => test as "testAccessFile" + ours + takes(LARGEST);

    /// Get the access as a file
    ///
    /// A file whose plan is empty, as JSON, or as YAML if `Accept` is `application/yaml`. The `ETag` is the state.
    GET "/api/v2/access/file" => file as "getAccessFile" + ours;

    /// List applied access files
    ///
    /// Newest first: who applied a file, when, why, and what it changed.
    GET "/api/v2/access/applications" => applications as "listAccessApplication" + ours;
}

#[derive(Deserialize, JsonSchema)]
struct Testing {
    /// Also tries changes that no test might notice.
    #[serde(default)]
    mutate: bool,
}

async fn validate(can: Can<MayPlan>, Text(text): Text) -> Result<Json<Validation>> {
    super::validate(&can, &AccessText::read(text)?).await.map(Json)
}

async fn plan(can: Can<MayPlan>, Query(allowing): Query<Allowing>, Text(text): Text) -> Result<Json<Plan>> {
    super::plan(&can, &AccessText::read(text)?, &allowing).await.map(Json)
}

async fn apply(can: Can<Apply>, Query(applying): Query<Applying>, Text(text): Text) -> Result<Json<Applied>> {
    super::apply(can, AccessText::read(text)?, applying).await.map(Json)
}

async fn test(can: Can<MayPlan>, Query(testing): Query<Testing>, Text(text): Text) -> Result<Json<Tests>> {
    super::test(&can, &AccessText::read(text)?, testing.mutate).await.map(Json)
}

async fn file(can: Can<MayPlan>, headers: HeaderMap, _: Nothing) -> Result<AccessFile> {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(AccessFile { dumped: super::dump(&can).await?, as_yaml: accepted.contains("yaml") })
}

async fn applications(can: Can<MayPlan>, Query(roll): Query<Roll>) -> Result<Json<Page<Application>>> {
    let paging = Paging::from(roll);
    let all = super::list(&can, &paging).await?;
    Ok(Json(Page::new(all, paging.limit(), |one: &Application| one.id)))
}

/// The present access, in the form that the caller accepts.
struct AccessFile {
    dumped: super::Dumped,
    as_yaml: bool,
}

impl IntoResponse for AccessFile {
    fn into_response(self) -> Response {
        let tag = [(header::ETAG, format!("\"{}\"", self.dumped.state))];
        match self.as_yaml {
            true => (tag, [(header::CONTENT_TYPE, "application/yaml")], self.dumped.yaml()).into_response(),
            false => (tag, Json(self.dumped.document)).into_response(),
        }
    }
}

impl OperationOutput for AccessFile {
    type Inner = serde_json::Value;
    fn operation_response(_: &mut GenContext, _: &mut Operation) -> Option<Doc> {
        let media = |schema| MediaType {
            schema: Some(SchemaObject { json_schema: schema, external_docs: None, example: None }),
            ..MediaType::default()
        };
        let mut doc = Doc { description: "The access of the workspace".to_owned(), ..Doc::default() };
        doc.content.insert("application/json".to_owned(), media(json_schema!({ "type": "object" })));
        doc.content.insert("application/yaml".to_owned(), media(json_schema!({ "type": "string" })));
        Some(doc)
    }
    fn inferred_responses(context: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Doc)> {
        Self::operation_response(context, operation).into_iter().map(|doc| (Some(200), doc)).collect()
    }
}
