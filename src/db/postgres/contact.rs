//! The first contact with PostgreSQL. When it fails, the operator reads which server was asked and why it refused. The
//! text never repeats the connection URL, because the URL contains a password.

use crate::error::{Error, Result};
use std::error::Error as Cause;
use std::io::ErrorKind;
use std::time::Duration;
use tokio::time::timeout;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, error::SqlState};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The time limit for the whole handshake.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn parse(url: &str) -> Result<Config> {
    let config = url.parse::<Config>().map_err(|error| Error::invalid(malformed(url, &error)))?;
    match config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        true => Err(Error::invalid(format!("the database URL names no host. {FORM}"))),
        false => Ok(config),
    }
}

const FORM: &str = "The form is postgres://user:password@host:5432/name, with special characters in the password \
                    written as in %40 for @";

/// Explains what is wrong with a URL.
fn malformed(url: &str, error: &tokio_postgres::Error) -> String {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    // An unescaped `?` or `/` in the password ends the host early, and the rest would be taken for a database
    // or an option.
    if !url::Url::parse(url).is_ok_and(|url| url.has_host()) {
        return format!("the database URL is not valid. {FORM}");
    }
    let sslmode = url.split(['?', '&']).find_map(|option| option.strip_prefix("sslmode="));
    match sslmode {
        Some(mode) if cause.contains("sslmode") => format!(
            "sslmode `{mode}` is not supported in the database URL; use disable, prefer or require. `require` always checks \
             the server's certificate and its name, like verify-full elsewhere"
        ),
        Some(_) | None => format!("the database URL is not accepted: {cause}"),
    }
}

/// A connection, or the reason why there is none.
pub(super) async fn connect(config: &Config, tls: &MakeRustlsConnect) -> Result<Client> {
    let contact = timeout(PATIENCE, config.connect(tls.clone())).await;
    let (client, connection) = match contact {
        Ok(Ok(made)) => made,
        Ok(Err(error)) => return Err(explained(config, &error)),
        Err(_) => {
            let seconds = PATIENCE.as_secs();
            return Err(Error::invalid(format!("{}: no answer within {seconds} seconds", name(config))));
        }
    };
    // The task ends when the client is dropped or the server stops.
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}

/// The same for errors later in a start. Errors that are already clear are not changed.
pub(super) fn explain(config: &Config, error: Error) -> Error {
    let (Error::Internal(cause) | Error::Unavailable(cause)) = &error else { return error };
    match cause.downcast_ref::<tokio_postgres::Error>() {
        Some(cause) => explained(config, cause),
        None => Error::invalid(format!("{}: {}", name(config), Chain(&**cause))),
    }
}

fn explained(config: &Config, error: &tokio_postgres::Error) -> Error {
    Error::invalid(format!("{}: {}", name(config), why(config, error)))
}

/// `PostgreSQL at db.internal:5432`.
fn name(config: &Config) -> String {
    let port = |at: usize| config.get_ports().get(at).or(config.get_ports().first()).copied().unwrap_or(5432);
    let host = |(at, host): (usize, &Host)| match host {
        Host::Tcp(name) if name.contains(':') => format!("[{name}]:{}", port(at)),
        Host::Tcp(name) => format!("{name}:{}", port(at)),
        Host::Unix(folder) => format!("{}/.s.PGSQL.{}", folder.display(), port(at)),
    };
    let mut all: Vec<_> = config.get_hosts().iter().enumerate().map(host).collect();
    if all.is_empty() {
        let addresses = config.get_hostaddrs().iter().enumerate();
        all.extend(addresses.map(|(at, address)| format!("{address}, port {}", port(at))));
    }
    format!("PostgreSQL at {}", all.join(" or "))
}

fn why(config: &Config, error: &tokio_postgres::Error) -> String {
    let user = config.get_user().unwrap_or("(the name of the system user)");
    let Some(refusal) = error.as_db_error() else { return without_answer(error) };
    let text = refusal.message();
    match *refusal.code() {
        SqlState::INVALID_PASSWORD => {
            format!("the password of user `{user}` was refused. Check user and password in the database URL")
        }
        SqlState::INVALID_CATALOG_NAME => {
            let database = config.get_dbname().unwrap_or(user);
            format!("there is no database `{database}`. Create it: `createdb --owner {user} {database}`")
        }
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION if text.contains("no encryption") => {
            format!("{text}. The server may demand TLS: add ?sslmode=require to the database URL")
        }
        SqlState::INSUFFICIENT_PRIVILEGE => {
            format!("{text}. Make `{user}` the owner of the database, or grant it CREATE on the schema")
        }
        SqlState::READ_ONLY_SQL_TRANSACTION => {
            format!("{text}. This server is a read-only standby; use the primary server")
        }
        _ => text.to_owned(),
    }
}

/// The library shows the kind of an error only in its text.
fn without_answer(error: &tokio_postgres::Error) -> String {
    let (text, cause) = (error.to_string(), error.source());
    let detail = cause.map(|cause| Chain(cause).to_string()).unwrap_or_default();
    match (text.as_str(), cause.and_then(|cause| cause.downcast_ref::<std::io::Error>())) {
        ("error connecting to server", Some(io)) => {
            let known = [
                (ErrorKind::ConnectionRefused, "connection refused: no server listens there"),
                (ErrorKind::TimedOut, "no answer: the connection timed out"),
                (ErrorKind::NotFound, "there is no such socket"),
            ];
            let known = known.into_iter().find(|(kind, _)| *kind == io.kind()).map(|(_, why)| why.to_owned());
            let unknown_name =
                || detail.contains("lookup address").then(|| "the host name was not found".to_owned());
            known.or_else(unknown_name).unwrap_or(detail)
        }
        ("error performing TLS handshake", _) if detail.contains("does not support TLS") => {
            "the server does not offer TLS, which sslmode=require demands. Turn on TLS there, or use \
             sslmode=disable on a network that you trust"
                .to_owned()
        }
        ("error performing TLS handshake", _) => format!(
            "TLS failed: {detail}. The certificate must be valid for this host name and signed by a CA that the \
             system trusts, or that is in the file SSL_CERT_FILE"
        ),
        ("invalid configuration", _) if detail.contains("password missing") => {
            "the server asks for a password, and the database URL has none".to_owned()
        }
        ("authentication error" | "invalid configuration", _) => detail,
        (_, _) => format!("what answers there does not behave like PostgreSQL ({text})"),
    }
}

/// An error with its causes.
struct Chain<'a>(&'a dyn Cause);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.0)?;
        let (mut said, mut source) = (self.0.to_string(), self.0.source());
        while let Some(cause) = source {
            let text = cause.to_string();
            if !said.contains(&text) {
                write!(out, ": {text}")?;
            }
            (said, source) = (text, cause.source());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_are_not_understood_are_explained_without_their_password() {
        let told = |url: &str| parse(url).unwrap_err().to_string();
        for mode in ["verify-full", "verify-ca", "allow", ""] {
            let text = told(&format!("postgres://u:hunter2@h/d?sslmode={mode}"));
            assert!(
                text.contains(&format!("`{mode}`")) && text.contains("disable, prefer or require"),
                "{text}"
            );
            assert!(!text.contains("hunter2"), "{text}");
        }
        assert!(told("postgres://u:p@h/d?sslrootcert=x").contains("sslrootcert"));
        for url in ["postgres://u:hun/ter2@h:x/d", "postgres://u:hun#ter2@h:x/d", "postgres://"] {
            let text = told(url);
            assert!(text.contains("%40 for @") && !text.contains("ter2"), "{text}");
        }
    }

    #[test]
    fn a_server_is_named_by_host_and_port() {
        let named = |url: &str| name(&parse(url).unwrap());
        assert_eq!(named("postgres://u@db.internal/d"), "PostgreSQL at db.internal:5432");
        assert_eq!(named("postgres://u@a:1,b:2/d"), "PostgreSQL at a:1 or b:2");
        assert_eq!(named("postgres://u@[::1]:6/d"), "PostgreSQL at [::1]:6");
        assert_eq!(named("postgres://u@/d?host=/run/pg"), "PostgreSQL at /run/pg/.s.PGSQL.5432");
    }
}
