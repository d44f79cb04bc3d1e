//! All settings: a flag overrides the environment, which overrides the file, which overrides the default.

mod bound;
mod value;
pub use bound::{Bound, Sending, Size, Storage};
pub use value::{allowed_ips, listed, net};

use crate::error::{Error, Result};
use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use value::Loose;

/// The settings as a person writes them. Each is optional.
#[derive(Clone, Debug, Default, Serialize, clap::Args)]
pub struct Settings {
    /// Read settings from this TOML file
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    #[serde(skip)]
    pub config: Option<PathBuf>,

    /// Answer requests here: ADDRESS:PORT, HOST:PORT or PORT [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,

    /// Folder with the SQLite database and the secret key [default: gatepost-data]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,

    /// Use PostgreSQL: postgres://user:password@host/name[?sslmode=require]
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,

    /// Address at which people reach the server; links begin with it [default: http:// and --listen]
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,

    /// Requests per second for each workspace [default: 100]
    #[arg(long, global = true, value_name = "off|N", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<String>,

    /// Rows that a workspace may store, its audit log included, or `off` [default: 10000000]
    #[arg(long, global = true, value_name = "off|N", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_rows: Option<String>,

    /// Bytes that a workspace may store, such as 500MB, or `off` [default: 20GB]
    #[arg(long, global = true, value_name = "off|SIZE", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_bytes: Option<String>,

    /// Proxies whose X-Forwarded-For header is trusted: addresses or networks, separated by commas
    #[arg(long, global = true, value_name = "NETS", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted_proxies: Option<String>,

    /// Protects stored secrets: at least 32 characters [default: secret.key in the data folder]
    #[arg(long, global = true, value_name = "KEY", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<String>,

    /// Mail server: smtps://user:password@host:465 or smtp://user:password@host:587
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_url: Option<String>,

    /// Sender of the server's mail: `Name <address>` [default: gatepost@ and the host of --public-url]
    #[arg(long, global = true, value_name = "SENDER", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<String>,

    /// DNS server to use instead of the system's: ADDRESS or ADDRESS:PORT
    #[arg(long, global = true, value_name = "ADDRESS", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<String>,

    /// Private networks in which mail servers of sending accounts are allowed, separated by commas
    #[arg(long, global = true, value_name = "NETS", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_networks: Option<String>,

    /// Private networks allowed as targets of webhooks, also by http://
    #[arg(long, global = true, value_name = "NETS", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_networks: Option<String>,

    /// Accounts that send at a time, or `off` to send nothing [default: 64]
    #[arg(long, global = true, value_name = "off|N", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sending: Option<String>,

    /// Serve /metrics for Prometheus, without a key [default: none]
    #[arg(long, global = true, value_name = "ADDRESS", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_listen: Option<String>,

    /// Format of the log [default: text]
    #[arg(long, global = true, value_name = "text|json", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<String>,

    /// What is logged to stderr: error, warn, info, debug, trace, or a filter [default: info]
    #[arg(long, global = true, value_name = "LEVEL", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
}

/// The settings in the form that the program uses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(deserialize_with = "value::listen")]
    pub listen: SocketAddr,
    pub data: Option<PathBuf>,
    pub database: Option<String>,
    #[serde(default, deserialize_with = "value::public_url")]
    pub public_url: Option<String>,
    pub rate_limit: RateLimit,
    pub storage_rows: Bound,
    pub storage_bytes: Bound,
    #[serde(deserialize_with = "value::nets")]
    pub trusted_proxies: Vec<IpNet>,
    pub secret_key: Option<String>,
    pub smtp_url: Option<String>,
    pub mail_from: Option<String>,
    #[serde(default, deserialize_with = "value::dns")]
    pub dns: Option<SocketAddr>,
    #[serde(deserialize_with = "value::nets")]
    pub internal_networks: Vec<IpNet>,
    #[serde(deserialize_with = "value::nets")]
    pub webhook_networks: Vec<IpNet>,
    pub sending: Sending,
    #[serde(default, deserialize_with = "value::metrics_listen")]
    pub metrics_listen: Option<SocketAddr>,
    pub log_format: LogFormat,
    pub log: String,
}

/// The names of the settings in the environment, after `GATEPOST_`.
const NAMES: [&str; 18] = [
    "listen",
    "data",
    "database",
    "public_url",
    "rate_limit",
    "storage_rows",
    "storage_bytes",
    "trusted_proxies",
    "secret_key",
    "smtp_url",
    "mail_from",
    "dns",
    "internal_networks",
    "webhook_networks",
    "sending",
    "metrics_listen",
    "log_format",
    "log",
];

/// The default data folder.
pub const DATA: &str = "gatepost-data";

impl Config {
    pub fn of(settings: &Settings) -> Result<Config> {
        let defaults = serde_json::json!({
            "listen": "127.0.0.1:8080", "rate_limit": "100", "trusted_proxies": "", "internal_networks": "",
            "webhook_networks": "", "storage_rows": "10000000", "storage_bytes": "20GB", "sending": "64", "log_format": "text", "log": "info",
        });
        let mut layers = Figment::from(Serialized::defaults(defaults));
        let file = settings.config.clone().or_else(|| std::env::var_os("GATEPOST_CONFIG").map(PathBuf::from));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(Error::invalid(format!("there is no configuration file {}", file.display())));
            }
            layers = layers.merge(Toml::file(file));
        }
        let layers = layers.merge(Serialized::defaults(environment())).merge(Serialized::defaults(settings));
        layers.extract().map_err(|error| Error::invalid(format!("configuration: {}", wrong(&error))))
    }
}

impl Config {
    pub fn storage(&self) -> Storage {
        Storage { rows: self.storage_rows, bytes: self.storage_bytes }
    }
}

/// Formats the error, with the name of the setting if it concerns one.
fn wrong(error: &figment::Error) -> String {
    match error.path.is_empty() {
        true => error.kind.to_string(),
        false => format!("{}: {}", error.path.join("."), error.kind),
    }
}

/// Reads settings as texts, because a secret key of digits is not a number.
fn environment() -> BTreeMap<&'static str, String> {
    let set = |name: &&str| std::env::var(format!("GATEPOST_{}", name.to_uppercase())).ok();
    NAMES.iter().filter_map(|name| Some((*name, set(name)?))).collect()
}

/// Variables that look like settings but are not, probably because of a typing error. `gatepost access` reads two of its own.
pub fn unknown_variables() -> Vec<String> {
    let known = |name: &str| {
        NAMES.contains(&name.to_lowercase().as_str()) || ["CONFIG", "HOST", "TOKEN"].contains(&name)
    };
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    names.filter(|name| name.strip_prefix("GATEPOST_").is_some_and(|rest| !known(rest))).collect()
}

/// The format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// Requests per second, or no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit(pub Option<NonZeroU32>);

impl<'de> Deserialize<'de> for RateLimit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Loose::deserialize(from)?.text();
        if text == "off" {
            return Ok(RateLimit(None));
        }
        let limit = text.parse().map_err(|_| format!("must be `off` or a number from 1, not `{text}`"));
        limit.map(|limit| RateLimit(Some(limit))).map_err(serde::de::Error::custom)
    }
}
