//! Records every secret that a test issues or sends, and searches the database for them when the test ends. A
//! secret that is stored unencrypted fails the test.

use aho_corasick::AhoCorasick;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// Fields of bodies and answers that contain a secret.
const FIELDS: [&str; 11] = [
    "password",
    "imap_password",
    "smtp_password",
    "sec",
    "token",
    "api_key",
    "key",
    "invitation_url",
    "secret",
    "recovery_code",
    "current_password",
];
/// Shorter texts could be in the database by chance.
const SHORTEST: usize = 8;

#[derive(Clone)]
pub struct Secrets(Arc<Noted>);

struct Noted {
    url: String,
    file: Option<PathBuf>,
    all: Mutex<BTreeSet<String>>,
}

impl Drop for Noted {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _none = self.file.as_ref().map(|file| fs::remove_file(format!("{}{end}", file.display())));
        }
    }
}

impl Secrets {
    /// The file, if there is one, is removed with the last handle.
    pub fn of(url: &str, file: Option<PathBuf>) -> Secrets {
        Secrets(Arc::new(Noted { url: url.to_owned(), file, all: Mutex::default() }))
    }

    pub fn note(&self, body: &[u8]) {
        if let Ok(body) = serde_json::from_slice::<Value>(body) {
            collect(&body, &mut self.0.all.lock().unwrap());
        }
    }

    /// A secret that is not in any body.
    pub fn add(&self, secret: &str) {
        self.0.all.lock().unwrap().insert(secret.to_owned());
    }

    pub fn all(&self) -> Vec<String> {
        self.0.all.lock().unwrap().iter().cloned().collect()
    }

    pub async fn are_nowhere_in_plain(&self) {
        let stored = match &self.0.file {
            Some(file) => ["", "-wal"]
                .map(|end| fs::read(format!("{}{end}", file.display())).unwrap_or_default())
                .concat(),
            None => rows(&self.0.url).await,
        };
        assert!(stored.len() > 1000, "there is something to look through");
        // A long test issues thousands of secrets and stores many megabytes, so all are looked for in one pass.
        let secrets = self.all();
        let found = AhoCorasick::new(&secrets).unwrap().find(&stored);
        assert!(found.is_none(), "in plain in the database: {}", secrets[found.unwrap().pattern()]);
    }
}

pub fn holds(stored: &[u8], secret: &str) -> bool {
    memchr::memmem::find(stored, secret.as_bytes()).is_some()
}

fn collect(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match value.as_str() {
            Some(text) if FIELDS.contains(&name.as_str()) => {
                let secret = text.rsplit('#').next().unwrap();
                // A list shows keys with dots in the place of the secret.
                if secret.len() >= SHORTEST && !secret.contains("...") && secret != "[redacted]" {
                    into.insert(secret.to_owned());
                }
            }
            _ if name == "recovery_codes" => {
                let codes = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                into.extend(codes.map(str::to_owned));
            }
            _ => collect(value, into),
        }),
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        _ => (),
    }
}

/// Every row of every table, as PostgreSQL writes it.
async fn rows(url: &str) -> Vec<u8> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let tables = "select tablename::text from pg_tables where schemaname = current_schema()";
    let tables = client.query(tables, &[]).await.unwrap();
    let selects = tables.iter().map(|table| format!("select t::text from {} t", table.get::<_, String>(0)));
    let rows = client.query(&selects.collect::<Vec<_>>().join(" union all "), &[]).await.unwrap();
    rows.iter().map(|row| row.get::<_, &str>(0).as_bytes()).collect::<Vec<_>>().concat()
}
