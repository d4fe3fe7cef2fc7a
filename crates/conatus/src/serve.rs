//! Serving pages, checkpoints every hour, and a graceful stop.

use crate::{
    binding::BindApart,
    blanks,
    config::Config,
    error::{Failure, Kind, Outcome},
    installation::{self, Folder, SystemClock},
    rights,
};
use ::catalogue::{Look, Shelf};
use ::rights::Law;
use axum::Router;
use axum_server::{Handle, tls_rustls::RustlsConfig};
use clap::Args;
use service::{Job, Service};
use std::{
    net::{SocketAddr, TcpListener},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use tokio::signal::unix::{SignalKind, signal};
use web::{Calculator, Web, WebSettings};

/// How often a node looks whether a job is due; the jobs say how often they are done.
const LOOK: Duration = Duration::from_mins(5);
/// How often a node looks whether an edition of the catalogue arrived.
const LOOK_AT_CATALOGUE: Duration = Duration::from_secs(30);
/// How long requests under way may take once a stop was asked for.
const GRACE: Duration = Duration::from_secs(20);

/// Serves pages.
#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// Where to serve, instead of the configuration's `listen`
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

/// Structured logs on the error stream. They hold no names, contacts, tokens, addresses or bodies:
/// nothing of the kind is ever given to them.
pub(crate) fn log(json: bool) {
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_from_env("CONATUS_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber, in tests, changes nothing.
    let _ = if json {
        builder.json().try_init()
    } else {
        builder.compact().try_init()
    };
}

/// A bound listener, ready to be told where it is.
pub(crate) fn bind(address: SocketAddr) -> Outcome<TcpListener> {
    let listener = TcpListener::bind(address).map_err(|e| {
        Failure::io(format!("{address} cannot be served"), &e)
            .hint("another program may use this port: give another with --listen")
    })?;
    listener
        .set_nonblocking(true)
        .map_err(|e| Failure::io("the port cannot be used", &e))?;
    Ok(listener)
}

/// The pages over those use cases, and the editions of the catalogue they show.
pub(crate) fn pages(
    service: &Service,
    config: &Config,
    law: &Arc<Law>,
    calculator: Option<Arc<Calculator>>,
) -> (Router, Shelf) {
    let (shelf, look) = Shelf::open(&Folder(config.data.clone()).catalogue());
    tell_of(&look);
    let settings = WebSettings {
        public_url: config.public_url.clone(),
        trusted_hops: config.trusted_hops,
    };
    let web = Web::new(service.clone(), settings)
        .with_catalogue(shelf.clone())
        .with_forms(blanks::shelf(config))
        .with_law(Arc::clone(law))
        .with_calculator(calculator)
        .with_binder(BindApart);
    (web::router(web), shelf)
}

/// Editions that cannot be opened are told, and the others are in use.
fn tell_of(look: &Look) {
    for (path, error) in &look.refused {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        tracing::error!(%file, %error, "an edition of the catalogue cannot be opened");
    }
}

/// Looks now and then whether an edition arrived: it is in use without stopping.
async fn look_at_catalogue(shelf: Shelf) {
    let mut every = tokio::time::interval(LOOK_AT_CATALOGUE);
    loop {
        every.tick().await;
        let looked = shelf.clone();
        let Ok(look) = tokio::task::spawn_blocking(move || looked.look()).await else {
            continue;
        };
        tell_of(&look);
        if look.changed {
            let date = shelf.current().date();
            tracing::info!(%date, "another edition of the catalogue is in use");
        }
    }
}

async fn stopped() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        std::future::pending::<()>().await;
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

async fn jobs(service: Service) {
    let mut every = tokio::time::interval(LOOK);
    loop {
        every.tick().await;
        for job in Job::ALL {
            if let Err(error) = service.run_job(job).await {
                tracing::error!(%error, job = job.word(), "a job failed, and will be tried again");
            }
        }
    }
}

/// Records serve without documents: where their store does not answer, it is told, and served on.
async fn look_at_documents(service: Service) {
    if let Err(error) = service.documents_answer().await {
        tracing::error!(%error, "documents can be neither put in nor taken out");
    }
}

/// Serves until a stop is asked for, then lets requests end, signs a checkpoint and closes.
pub(crate) async fn run(
    service: Service,
    config: &Config,
    law: Arc<Law>,
    listener: TcpListener,
) -> Outcome<()> {
    let calculator = rights::key::calculator(config, &law)?;
    let handle = Handle::new();
    let stopper = handle.clone();
    tokio::spawn(async move {
        stopped().await;
        tracing::info!("stopping: requests under way may end");
        stopper.graceful_shutdown(Some(GRACE));
    });
    let background = tokio::spawn(jobs(service.clone()));
    tokio::spawn(look_at_documents(service.clone()));
    let (app, shelf) = pages(&service, config, &law, calculator.clone());
    let looking = tokio::spawn(look_at_catalogue(shelf));
    if let Some(calculator) = calculator {
        tracing::info!("rights are calculated for API keys at /calculate and /trace");
        tokio::spawn(rights::key::look(calculator, config.calculate_keys()));
    }
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let served = match (&config.tls_certificate, &config.tls_key) {
        (Some(certificate), Some(key)) => {
            // The one provider this program is built with.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let tls = RustlsConfig::from_pem_file(certificate, key)
                .await
                .map_err(|e| {
                    Failure::io("the certificate or its key cannot be read", &e)
                        .hint("tls_certificate and tls_key name PEM files")
                })?;
            axum_server::from_tcp_rustls(listener, tls)
                .map_err(|e| Failure::io("the port cannot be used", &e))?
                .handle(handle)
                .serve(app)
                .await
        }
        (None, None) => {
            axum_server::from_tcp(listener)
                .map_err(|e| Failure::io("the port cannot be used", &e))?
                .handle(handle)
                .serve(app)
                .await
        }
        _ => {
            return Err(Failure::new(
                Kind::Usage,
                "tls_certificate and tls_key must be given together",
            ));
        }
    };
    background.abort();
    looking.abort();
    served.map_err(|e| Failure::io("serving stopped", &e))?;
    // Where another node is at it, that one goes on after this one, and signs what is left.
    service.run_job_now(Job::Checkpoint).await?;
    service.close().await;
    Ok(())
}

pub(crate) async fn serve(mut config: Config, arguments: ServeArguments) -> Outcome<ExitCode> {
    log(true);
    if let Some(listen) = arguments.listen {
        config.listen = listen;
    }
    let local = config.listen.ip().is_loopback();
    if !local && config.tls_certificate.is_none() && config.trusted_hops == 0 {
        return Err(
            Failure::new(Kind::Usage, "pages would leave this machine without TLS").hint(
                "give tls_certificate and tls_key, or serve behind a proxy and set trusted_hops",
            ),
        );
    }
    let law = Arc::new(rights::installed(&config)?);
    let service = installation::open(&config, Arc::new(SystemClock)).await?;
    let listener = bind(config.listen)?;
    tracing::info!(listen = %config.listen, "serving");
    run(service, &config, law, listener).await?;
    Ok(ExitCode::SUCCESS)
}
