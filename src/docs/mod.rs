//! The API documentation under `/docs`: pages made from our own OpenAPI document, one for each resource. They load nothing
//! from other servers, work without a script, and are made when they are first asked for.

mod command;
mod fields;
mod operation;
mod pages;
mod text;

pub use pages::router;

use operation::Operation;
use pages::Page;
use serde_json::Value;
use std::sync::OnceLock;

/// The operations of one resource, in the order of their paths.
struct Resource {
    /// The tag in the document, such as `lead_lists`.
    name: String,
    /// The tag as people read it: `Lead lists`.
    title: String,
    operations: Vec<Operation>,
    page: OnceLock<Page>,
}

/// What the pages show.
struct Site {
    resources: Vec<Resource>,
    start: OnceLock<Page>,
}

impl Site {
    fn of(document: &Value) -> Self {
        let mut resources: Vec<Resource> = Vec::new();
        let paths = document.get("paths").and_then(Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            for (method, described) in item.as_object().into_iter().flatten() {
                let Some(operation) = Operation::of(document, method, path, described) else { continue };
                let tag = described.pointer("/tags/0").and_then(Value::as_str).unwrap_or("other");
                match resources.iter_mut().find(|resource| resource.name == tag) {
                    Some(resource) => resource.operations.push(operation),
                    None => resources.push(Resource {
                        name: tag.to_owned(),
                        title: text::title(tag),
                        operations: vec![operation],
                        page: OnceLock::new(),
                    }),
                }
            }
        }
        resources.sort_by(|one, other| one.name.cmp(&other.name));
        Site { resources, start: OnceLock::new() }
    }

    fn resource(&self, name: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.name == name)
    }

    /// Operations that contain every word, with the resource that each belongs to.
    fn search(&self, words: &str) -> Vec<(&Resource, &Operation)> {
        let words = words.to_lowercase();
        let words: Vec<_> = words.split_whitespace().take(10).collect();
        let all = self
            .resources
            .iter()
            .flat_map(|resource| resource.operations.iter().map(move |operation| (resource, operation)));
        all.filter(|(_, operation)| words.iter().all(|word| operation.search.contains(word))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn site() -> Site {
        Site::of(&json!({
            "components": { "schemas": {
                "Pet": { "type": "object", "required": ["name"], "properties": {
                    "name": { "type": "string", "maxLength": 50, "description": "What it is `called`." },
                    "mother": { "$ref": "#/components/schemas/Pet" },
                    "toys": { "type": "array", "items": { "type": "object", "properties": {
                        "size": { "type": ["integer", "null"], "minimum": 1, "maximum": 9 } } } } } },
            } },
            "paths": {
                "/pets/{id}": { "get": { "tags": ["small_pets"], "summary": "Get a pet", "operationId": "getPet",
                    "parameters": [{ "in": "path", "name": "id", "required": true, "schema": { "type": "string" } }] } },
                "/pets": { "post": { "tags": ["small_pets"], "summary": "Create a pet", "operationId": "createPet",
                    "requestBody": { "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/Pet" } } } } } },
            },
        }))
    }

    #[test]
    fn operations_stand_under_their_resource() {
        let site = site();
        let resource = site.resource("small_pets").unwrap();
        assert_eq!((resource.title.as_str(), resource.operations.len()), ("Small pets", 2));
    }

    #[test]
    fn fields_are_listed_with_their_place_and_rules_and_a_cycle_ends() {
        let site = site();
        let (_, create) = site.search("create PET")[0];
        let rows: Vec<_> =
            create.body.iter().map(|field| (field.name.as_str(), field.kind.as_str())).collect();
        for row in
            [("mother", "object"), ("mother.name", "text"), ("name", "text"), ("toys", "list of objects")]
        {
            assert!(rows.contains(&row), "{row:?} in {rows:?}");
        }
        assert!(rows.contains(&("toys[].size", "integer or null")), "{rows:?}");
        let name = create.body.iter().find(|field| field.name == "name").unwrap();
        assert!(
            name.required && name.notes.contains("<code>called</code>") && name.notes.contains("50"),
            "{}",
            name.notes
        );
    }

    #[test]
    fn every_word_of_a_search_must_be_there() {
        assert_eq!(site().search("pet get").len(), 1);
        assert_eq!(site().search("toys").len(), 1);
        assert!(site().search("pet zebra").is_empty());
    }
}
