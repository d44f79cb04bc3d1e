//! Warnings about the settings. `doctor` prints them and `serve` logs them, so both give the same warnings.

use super::open::public_url;
use crate::app::host;
use crate::config::Config;

pub enum Advice {
    Warning(String),
    Problem(String),
}
use Advice::{Problem, Warning};

/// Warnings about settings, and warnings about mail.
pub struct Advices {
    pub settings: Vec<Advice>,
    pub mail: Vec<Advice>,
}

pub fn of(config: &Config) -> Advices {
    let mut settings = Vec::new();
    let public = public_url(config);
    let local = |host: &str| matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    if config.public_url.is_none() && !config.listen.ip().is_loopback() {
        let text = "public-url is not set, so links in letters do not work on other machines".to_owned();
        settings.push(Problem(text));
    }
    if config.public_url.is_some() && public.starts_with("http://") && !local(&host(&public)) {
        let text = "public-url begins with http://, so keys and passwords cross the network unencrypted";
        settings.push(Warning(text.to_owned()));
    }
    if !config.listen.ip().is_loopback() && config.trusted_proxies.is_empty() {
        settings.push(Warning(format!(
            "{} is open to the network, without TLS: put a proxy in front of it",
            config.listen
        )));
    }
    if config.metrics_listen.is_some_and(|address| address.ip().is_unspecified()) {
        settings.push(Warning("metrics-listen is open to every network and needs no key".to_owned()));
    }
    let is_name = |host: &str| url::Host::parse(host).is_ok_and(|host| matches!(host, url::Host::Domain(_)));
    let mut mail = Vec::new();
    if config.smtp_url.is_some() && config.mail_from.is_none() && !is_name(&host(&public)) {
        mail.push(Warning(format!(
            "mail-from is not set, so mail comes from gatepost@{}, which few mail servers accept: set mail-from, or \
             public-url to an address with a name",
            host(&public)
        )));
    }
    Advices { settings, mail }
}

/// Logs the warnings when a server starts.
pub fn log(config: &Config) {
    let Advices { settings, mail } = of(config);
    for advice in settings.into_iter().chain(mail) {
        match advice {
            Warning(text) => tracing::warn!("{text}"),
            Problem(text) => tracing::error!("{text}"),
        }
    }
}
