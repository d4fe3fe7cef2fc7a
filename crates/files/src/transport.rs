//! HTTP to one bucket, and nowhere else: no proxy of the environment, no redirect followed, no
//! authority but those of one file, and never a wait without an end.

use crate::{Patience, PlaceError};
use async_trait::async_trait;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, Error as LegacyError, connect::HttpConnector as Tcp},
    rt::{TokioExecutor, TokioTimer},
};
use object_store::{
    ClientOptions,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody,
        HttpResponse, HttpResponseBody, HttpService,
    },
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{
    error::Error,
    fmt, io,
    path::Path,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Sleep, sleep, timeout};

const CONNECT: Duration = Duration::from_secs(5);
/// Servers close idle connections after some seconds: ours go first.
const IDLE: Duration = Duration::from_secs(15);

type Plain = Client<Tcp, HttpRequestBody>;
type Tls = Client<HttpsConnector<Tcp>, HttpRequestBody>;

#[derive(Clone)]
enum Connections {
    Plain(Plain),
    Tls(Tls),
}

/// Requests to a bucket.
#[derive(Clone)]
pub(crate) struct Transport {
    connections: Connections,
    answer: Duration,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

fn tcp() -> Tcp {
    let mut tcp = Tcp::new();
    tcp.set_connect_timeout(Some(CONNECT));
    tcp.set_nodelay(true);
    tcp
}

/// The authorities of a PEM file.
fn authorities(path: &Path) -> Result<RootCertStore, PlaceError> {
    let refused = |why| PlaceError::Certificates {
        path: path.display().to_string(),
        why,
    };
    let mut roots = RootCertStore::empty();
    let found = CertificateDer::pem_file_iter(path).map_err(|_| refused("it cannot be read"))?;
    let found: Result<Vec<_>, _> = found.collect();
    let found = found.map_err(|_| refused("it is no PEM file"))?;
    let (taken, _) = roots.add_parsable_certificates(found);
    if taken == 0 {
        return Err(refused("it holds none"));
    }
    Ok(roots)
}

impl Transport {
    pub(crate) fn plain(patience: Patience) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(tcp());
        Self {
            connections: Connections::Plain(client),
            answer: patience.answer,
        }
    }

    pub(crate) fn tls(certificates: &Path, patience: Patience) -> Result<Self, PlaceError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| PlaceError::Endpoint("no TLS version can be spoken"))?
            .with_root_certificates(authorities(certificates)?)
            .with_no_client_auth();
        let mut tcp = tcp();
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_only()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(Self {
            connections: Connections::Tls(client),
            answer: patience.answer,
        })
    }
}

impl HttpConnector for Transport {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Transport {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let asked = match &self.connections {
            Connections::Plain(client) => client.request(request),
            Connections::Tls(client) => client.request(request),
        };
        let answer = timeout(self.answer, asked).await.map_err(|_| too_long())?;
        let (parts, body) = answer.map_err(asking_failed)?.into_parts();
        let body = Awaited {
            body,
            patience: self.answer,
            waiting: None,
        };
        Ok(HttpResponse::from_parts(parts, HttpResponseBody::new(body)))
    }
}

fn too_long() -> HttpError {
    HttpError::new(
        HttpErrorKind::Timeout,
        io::Error::from(io::ErrorKind::TimedOut),
    )
}

fn asking_failed(error: LegacyError) -> HttpError {
    let kind = if error.is_connect() {
        HttpErrorKind::Connect
    } else {
        kind_of(&error)
    };
    HttpError::new(kind, error)
}

/// Whether what failed may be asked again.
fn kind_of(error: &(dyn Error + 'static)) -> HttpErrorKind {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper::Error>() {
            if error.is_timeout() {
                return HttpErrorKind::Timeout;
            }
            if error.is_closed()
                || error.is_canceled()
                || error.is_incomplete_message()
                || error.is_body_write_aborted()
            {
                return HttpErrorKind::Interrupted;
            }
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return match error.kind() {
                io::ErrorKind::TimedOut => HttpErrorKind::Timeout,
                io::ErrorKind::ConnectionAborted
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::NotConnected
                | io::ErrorKind::UnexpectedEof => HttpErrorKind::Interrupted,
                _ => HttpErrorKind::Unknown,
            };
        }
        cause = error.source();
    }
    HttpErrorKind::Unknown
}

/// An answer's body whose next piece is waited for so long and no longer. While whoever reads it is
/// slow, nobody waits and no time passes.
struct Awaited {
    body: Incoming,
    patience: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Body for Awaited {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            self.waiting = None;
            let frame = frame.map(|f| f.map_err(|e| HttpError::new(kind_of(&e), e)));
            return Poll::Ready(frame);
        }
        let patience = self.patience;
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Some(Err(too_long())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
