//! The same server over TLS, with a certificate made for the run.

use rcgen::{CertifiedKey, generate_simple_self_signed};
use s3s::service::S3Service;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer},
};

/// What answers over TLS for the loopback, and the authority to believe, in PEM.
pub(crate) fn acceptor() -> (TlsAcceptor, String) {
    let names = vec!["127.0.0.1".to_owned()];
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), cert.pem())
}

pub(crate) async fn serve(listener: TcpListener, acceptor: TlsAcceptor, service: S3Service) {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            return;
        };
        let (acceptor, service) = (acceptor.clone(), service.clone());
        tokio::spawn(async move {
            if let Ok(socket) = acceptor.accept(socket).await {
                crate::one(socket, service).await;
            }
        });
    }
}
