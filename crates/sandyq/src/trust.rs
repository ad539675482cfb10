//! Whom the program believes when it speaks TLS to somebody: the roots of this machine, or an authority of the operator's own.

use std::sync::Arc;

use hyper_rustls::ConfigBuilderExt;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::failure::{Exit, Failure};

/// TLS to whoever these authorities vouch for, as PEM; those of this machine when none is named. `table` of the settings says so.
///
/// # Errors
/// Exit 3 when there is no authority that could be believed.
pub fn client_config(table: &str, authority: Option<&[u8]>) -> Result<ClientConfig, Failure> {
    let wrong = |why: String| Failure::new(Exit::Configuration, format!("{table}: {why}"));
    let crypto = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(crypto)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(error.to_string()))?;
    let builder = match authority {
        Some(pem) => builder
            .with_root_certificates(roots(pem).ok_or_else(|| {
                wrong("authority_file holds no certificate of an authority, in PEM".into())
            })?),
        None => builder
            .with_native_roots()
            .map_err(|error| wrong(error.to_string()))?,
    };
    Ok(builder.with_no_client_auth())
}

fn roots(pem: &[u8]) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.ok()?).ok()?;
    }
    (!roots.is_empty()).then_some(roots)
}
