//! Parses the setting `smtp-url`. This is stricter than the library, in which `smtp://` means no TLS at all:
//! a forgotten option must not send a password unencrypted.

use crate::error::{Error, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::TlsParameters;
use percent_encoding::percent_decode_str;
use std::fmt;
use std::net::IpAddr;
use url::{Host, Url};

pub struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub login: Option<Login>,
}

pub enum Security {
    None,
    StartTls(TlsParameters),
    Tls(TlsParameters),
}

pub struct Login {
    pub user: String,
    pub credentials: Credentials,
    /// The password, and its encoded forms on the wire.
    pub secrets: Vec<String>,
}

const FORM: &str = "smtp-url: must be smtp://user:password@host:587 or smtps://user:password@host:465, with what is \
                    neither letter nor digit in user and password written as in %40 for @";

impl Server {
    pub fn of(url: &str) -> Result<Server> {
        let url = Url::parse(url.trim()).map_err(|_| Error::invalid(FORM))?;
        // An unescaped `/` or `#` in the password ends the host early, and a part of the password would be
        // taken for a host and port.
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(Error::invalid(FORM));
        }
        let host = host(&url).ok_or_else(|| Error::invalid(FORM))?;
        let security = security(&url, &host)?;
        let port = match (url.port(), &security) {
            (Some(port), _) => port,
            (None, Security::None) => 25,
            (None, Security::StartTls(_)) => 587,
            (None, Security::Tls(_)) => 465,
        };
        Ok(Server { host, port, security, login: login(&url)? })
    }
}

/// IPv6 without brackets, as resolvers and certificates expect it.
fn host(url: &Url) -> Option<String> {
    let host = match url.host()? {
        Host::Domain(name) => name.to_ascii_lowercase(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    let plain = host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'));
    (plain && !host.is_empty()).then_some(host)
}

fn security(url: &Url, host: &str) -> Result<Security> {
    let query: Vec<_> = url.query_pairs().collect();
    let words: Vec<_> = query.iter().map(|(name, value)| (&**name, &**value)).collect();
    let tls = || {
        let certificates = TlsParameters::new(host.to_owned());
        certificates.map_err(|error| Error::invalid(format!("smtp-url: TLS cannot be used: {error}")))
    };
    match (url.scheme(), words.as_slice()) {
        ("smtps", [] | [("tls", "required")]) => Ok(Security::Tls(tls()?)),
        ("smtp", [("tls", "none")]) => Ok(Security::None),
        ("smtp", []) if loopback(host) => Ok(Security::None),
        ("smtp", [] | [("tls", "required")]) => Ok(Security::StartTls(tls()?)),
        ("smtps", _) => Err(Error::invalid("smtp-url: nothing may stand behind the port of smtps://")),
        ("smtp", _) => {
            Err(Error::invalid("smtp-url: behind the port may stand only ?tls=required or ?tls=none"))
        }
        _ => Err(Error::invalid(FORM)),
    }
}

fn loopback(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn login(url: &Url) -> Result<Option<Login>> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().map(String::from);
    let user = decoded(url.username()).map_err(|_| Error::invalid(FORM))?;
    let password = decoded(url.password().unwrap_or_default()).map_err(|_| Error::invalid(FORM))?;
    match (user.is_empty(), password.is_empty()) {
        (true, true) => return Ok(None),
        (true, false) => return Err(Error::invalid("smtp-url: has a password but no user")),
        (false, true) => return Err(Error::invalid("smtp-url: has a user but no password")),
        (false, false) => {}
    }
    let encoded = [password.clone(), user.clone(), format!("\0{user}\0{password}")];
    let secrets = encoded.iter().map(|text| BASE64_STANDARD.encode(text)).chain([password.clone()]).collect();
    Ok(Some(Login { user: user.clone(), credentials: Credentials::new(user, password), secrets }))
}

impl fmt::Debug for Server {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let security = match self.security {
            Security::None => "none",
            Security::StartTls(_) => "starttls",
            Security::Tls(_) => "tls",
        };
        let mut fields = out.debug_struct("Server");
        fields.field("host", &self.host).field("port", &self.port).field("security", &security);
        fields.field("signs_in", &self.login.is_some()).finish()
    }
}
