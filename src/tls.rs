//! The one way to TLS for all that goes out: ring does the cryptography, and whom the system trusts is trusted
//! (`SSL_CERT_FILE` names another file).

use crate::error::{Error, Result};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::sync::Arc;

/// A system without roots is no error: it trusts nobody.
pub fn client() -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
