//! TLS for all outgoing connections. ring does the cryptography. The roots are those that the system trusts, or the
//! file that `SSL_CERT_FILE` names.

use crate::error::{Error, Result};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::sync::{Arc, LazyLock};

/// The roots of the system. Reading them takes several milliseconds, so a process reads them once.
static ROOTS: LazyLock<Arc<RootCertStore>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Arc::new(roots)
});

/// If the system has no roots, every outgoing connection fails, but the server starts.
pub fn client() -> Result<ClientConfig> {
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_root_certificates(ROOTS.clone())
        .with_no_client_auth())
}
