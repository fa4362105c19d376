//! TLS 1.2 and 1.3 with a certificate chain and a private key from PEM files.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// Certificate or key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file holds no such thing.
    #[error("expected PEM in {path}")]
    Pem {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: pem::Error,
    },
    /// The key's file cannot be looked at.
    #[error("expected a private key at {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Others may read the key.
    #[error("expected mode 0600 on {path}, found {mode:04o}")]
    Mode {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// They do not belong together, or are of an unknown kind.
    #[error("expected a certificate and its private key")]
    Pair(#[source] rustls::Error),
}

/// What makes TLS of a connection.
///
/// # Errors
/// [`TlsError`].
pub fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let mode = key.metadata().map_err(|source| TlsError::Io { path: key.to_path_buf(), source })?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(TlsError::Mode { path: key.to_path_buf(), mode });
    }
    let broken = |path: &Path| {
        let path = path.to_path_buf();
        move |source| TlsError::Pem { path, source }
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate).map_err(broken(certificate))?.collect();
    let chain = chain.map_err(broken(certificate))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(broken(key))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Pair)?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(TlsError::Pair)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
