//! What a caller says about a file and about its rows.

use crate::http::{Carrier, absent_not_null, optional_not_null};
use crate::resources::lead_import_mappings::Targets;
use crate::resources::leads::Skip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How a file is read. What is absent is detected.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(inline, transform = optional_not_null)]
#[serde(default)]
pub struct Reading {
    /// The name of an encoding, such as `utf-8`, `utf-16le` or `windows-1252`.
    #[schemars(length(min = 1, max = 40))]
    pub encoding: Option<String>,
    #[schemars(extend("enum" = ["comma", "semicolon", "tab", "pipe"]))]
    pub separator: Option<String>,
    /// Whether the first row names the columns.
    pub header: Option<bool>,
    /// A saved mapping: `GET /api/v2/lead-import-mappings`.
    pub mapping_id: Option<Uuid>,
}

/// A file to look at.
#[derive(Deserialize, JsonSchema)]
pub struct Inspected {
    #[serde(flatten)]
    pub reading: Reading,
    /// What columns become, by their name. A column that is absent becomes what is proposed.
    #[schemars(transform = absent_not_null, extend("maxProperties" = 500), inner(length(max = 220)))]
    pub mapping: Option<Targets>,
    /// The file as text.
    #[schemars(length(min = 1))]
    pub csv: String,
}

impl Carrier for Inspected {
    type Query = Reading;
    fn of_query(reading: Reading) -> Self {
        Inspected { reading, mapping: None, csv: String::new() }
    }
    fn file(&mut self) -> String {
        std::mem::take(&mut self.csv)
    }
}

/// Where the leads go, and which are skipped.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(inline)]
#[serde(default)]
pub struct Wanted {
    /// This or `list_id`.
    #[schemars(transform = absent_not_null)]
    pub campaign_id: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    pub list_id: Option<Uuid>,
    /// Adds nothing, and reports what an import would do.
    pub dry_run: bool,
    /// A member, by user id, member id or e-mail address. The default is as for `POST /api/v2/leads/add`.
    #[schemars(transform = absent_not_null, length(max = 254))]
    pub assigned_to: Option<String>,
    /// The name of the file, for the list of imports.
    #[schemars(transform = absent_not_null, length(max = 200))]
    pub file_name: Option<String>,
    /// Verifies the addresses in a further background job. The leads have the `verification_status` 12 until then.
    pub verify_leads_on_import: bool,
    #[serde(flatten)]
    pub skip: Skip,
}

#[derive(Deserialize, JsonSchema)]
pub struct Options {
    #[serde(flatten)]
    pub wanted: Wanted,
    #[serde(flatten)]
    pub reading: Reading,
}

/// A file to import.
#[derive(Deserialize, JsonSchema)]
pub struct NewImport {
    #[serde(flatten)]
    pub options: Options,
    /// What columns become, by their name. A column that is absent becomes what is proposed.
    #[schemars(transform = absent_not_null, extend("maxProperties" = 500), inner(length(max = 220)))]
    pub mapping: Option<Targets>,
    /// The file as text.
    #[schemars(length(min = 1))]
    pub csv: String,
}

impl Carrier for NewImport {
    type Query = Options;
    fn of_query(options: Options) -> Self {
        NewImport { options, mapping: None, csv: String::new() }
    }
    fn file(&mut self) -> String {
        std::mem::take(&mut self.csv)
    }
}
