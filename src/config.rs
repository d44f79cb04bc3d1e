//! Every setting, once: a flag overrides the environment, which overrides the file, which overrides the default.

mod bound;
pub use bound::{Bound, Size, Storage};

use crate::error::{Error, Result};
use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;

/// As written by a person, each part optional.
#[derive(Clone, Debug, Default, Serialize, clap::Args)]
pub struct Settings {
    /// A TOML file with any of these settings, named as the flags with `_` for `-` [env: GATEPOST_CONFIG]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    #[serde(skip)]
    pub config: Option<PathBuf>,

    /// Where to answer; port 0 takes a free one [default: 127.0.0.1:8080] [env: GATEPOST_LISTEN]
    #[arg(long, global = true, value_name = "ADDRESS:PORT", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,

    /// The data folder, with the SQLite database in it [default: gatepost-data] [env: GATEPOST_DATA]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,

    /// A PostgreSQL database in SQLite's place: postgres://user:password@host/name[?sslmode=require]
    /// [env: GATEPOST_DATABASE]
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,

    /// What links to this server begin with [default: http:// and the address] [env: GATEPOST_PUBLIC_URL]
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,

    /// Requests per second and, times 60, per minute that a workspace may make to this process, or `off`
    /// [default: 100] [env: GATEPOST_RATE_LIMIT]
    #[arg(long, global = true, value_name = "off|N", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<String>,

    /// Rows that a workspace may store, its audit log included, or `off` [default: 10000000]
    /// [env: GATEPOST_STORAGE_ROWS]
    #[arg(long, global = true, value_name = "off|N", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_rows: Option<String>,

    /// Bytes that a workspace may store, such as 500MB, or `off` [default: 20GB] [env: GATEPOST_STORAGE_BYTES]
    #[arg(long, global = true, value_name = "off|SIZE", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_bytes: Option<String>,

    /// Proxies whose X-Forwarded-For is believed: addresses or networks with commas between
    /// [default: none] [env: GATEPOST_TRUSTED_PROXIES]
    #[arg(long, global = true, value_name = "NETS", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted_proxies: Option<String>,

    /// Protects secrets at rest; 32 characters or more, better set in the environment or the file than here.
    /// With SQLite it is made on first use and kept in the data folder; PostgreSQL demands it
    /// [env: GATEPOST_SECRET_KEY]
    #[arg(long, global = true, value_name = "KEY", help_heading = "Settings", hide_default_value = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<String>,

    /// Where mail leaves: smtp://user:password@host:587 (with STARTTLS) or smtps://user:password@host:465, better
    /// set in the environment or the file than here. Without it links are shown instead of mailed
    /// [env: GATEPOST_SMTP_URL]
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_url: Option<String>,

    /// Whom mail is from: `Name <address>`, or an address [default: gatepost@ and the host of the public URL]
    /// [env: GATEPOST_MAIL_FROM]
    #[arg(long, global = true, value_name = "SENDER", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<String>,

    /// A DNS server to ask in the place of the system's [env: GATEPOST_DNS]
    #[arg(long, global = true, value_name = "ADDRESS:PORT", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<String>,

    /// Networks beside the public internet in which mail servers of sending accounts may lie, with commas between
    /// [default: none] [env: GATEPOST_INTERNAL_NETWORKS]
    #[arg(long, global = true, value_name = "NETS", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_networks: Option<String>,

    /// Where Prometheus may ask for /metrics, which needs no key: an address that the world does not reach
    /// [default: nowhere] [env: GATEPOST_METRICS_LISTEN]
    #[arg(long, global = true, value_name = "ADDRESS:PORT", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_listen: Option<String>,

    /// How the log is written: text, or json with a line for each event [default: text] [env: GATEPOST_LOG_FORMAT]
    #[arg(long, global = true, value_name = "text|json", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<String>,

    /// What is logged to stderr: error, warn, info, debug or trace, or a filter such as
    /// info,gatepost::request=debug, which has a line for each request [default: info] [env: GATEPOST_LOG]
    #[arg(long, global = true, value_name = "LEVEL", help_heading = "Settings")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
}

/// As the program takes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub listen: SocketAddr,
    pub data: Option<PathBuf>,
    pub database: Option<String>,
    pub public_url: Option<String>,
    pub rate_limit: RateLimit,
    pub storage_rows: Bound,
    pub storage_bytes: Bound,
    #[serde(deserialize_with = "nets")]
    pub trusted_proxies: Vec<IpNet>,
    pub secret_key: Option<String>,
    pub smtp_url: Option<String>,
    pub mail_from: Option<String>,
    pub dns: Option<SocketAddr>,
    #[serde(deserialize_with = "nets")]
    pub internal_networks: Vec<IpNet>,
    pub metrics_listen: Option<SocketAddr>,
    pub log_format: LogFormat,
    pub log: String,
}

/// The names of the settings in the environment, behind `GATEPOST_`.
const NAMES: [&str; 16] = [
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
    "metrics_listen",
    "log_format",
    "log",
];

/// The data folder, unless another is named.
pub const DATA: &str = "gatepost-data";

impl Config {
    pub fn of(settings: &Settings) -> Result<Config> {
        let defaults = serde_json::json!({
            "listen": "127.0.0.1:8080", "rate_limit": "100", "trusted_proxies": "", "internal_networks": "",
            "storage_rows": "10000000", "storage_bytes": "20GB", "log_format": "text", "log": "info",
        });
        let mut layers = Figment::from(Serialized::defaults(defaults));
        let file = settings.config.clone().or_else(|| std::env::var_os("GATEPOST_CONFIG").map(PathBuf::from));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(Error::invalid(format!(
                    "the configuration file {} is not there",
                    file.display()
                )));
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

/// What is wrong, and with which setting if it is one's.
fn wrong(error: &figment::Error) -> String {
    match error.path.is_empty() {
        true => error.kind.to_string(),
        false => format!("{}: {}", error.path.join("."), error.kind),
    }
}

/// As texts: a key of digits is no number.
fn environment() -> BTreeMap<&'static str, String> {
    let set = |name: &&str| std::env::var(format!("GATEPOST_{}", name.to_uppercase())).ok();
    NAMES.iter().filter_map(|name| Some((*name, set(name)?))).collect()
}

/// Variables that look like settings and are none: a typing error, most likely.
pub fn unknown_variables() -> Vec<String> {
    let known = |name: &str| NAMES.contains(&name.to_lowercase().as_str()) || name == "CONFIG";
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    names.filter(|name| name.strip_prefix("GATEPOST_").is_some_and(|rest| !known(rest))).collect()
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// Requests per second, or no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit(pub Option<NonZeroU32>);

/// Texts and numbers alike: the environment's `100` is a number by the time it comes here.
#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Number(u64),
    Text(String),
    List(Vec<String>),
}

impl Loose {
    fn text(self) -> String {
        match self {
            Loose::Number(number) => number.to_string(),
            Loose::Text(text) => text,
            Loose::List(list) => list.join(","),
        }
    }
}

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

fn nets<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpNet>, D::Error> {
    let text = Loose::deserialize(from)?.text();
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| net(part).ok_or_else(|| serde::de::Error::custom(format!("`{part}` is no network"))))
        .collect()
}

/// A network, or an address for a network of one. What is IPv4 in the form of IPv6 is taken as IPv4, as the
/// addresses of callers are.
pub fn net(text: &str) -> Option<IpNet> {
    let address = || text.parse().ok().map(|address: IpAddr| IpNet::from(address));
    let net = text.parse().ok().or_else(address)?;
    match net {
        IpNet::V6(v6) if v6.prefix_len() >= 96 => match v6.addr().to_ipv4_mapped() {
            Some(v4) => IpNet::new(IpAddr::V4(v4), v6.prefix_len() - 96).ok(),
            None => Some(net),
        },
        IpNet::V4(_) | IpNet::V6(_) => Some(net),
    }
}
