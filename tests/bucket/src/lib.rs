//! A bucket for tests: a server that speaks S3, checks signatures and hashes and keeps its objects
//! in a temporary folder, on a free port of the loopback; and a proxy before it that fails as
//! networks and servers do. What never lives here: anything a running Conatus needs.
#![expect(clippy::unwrap_used, reason = "what a test prepares must work")]
#![expect(clippy::missing_panics_doc, reason = "what a test prepares must work")]

mod fault;
mod proxy;
mod tls;

pub use fault::Fault;

use fault::Faults;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use std::{
    fs,
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::oneshot,
};

/// The one bucket there is.
pub const NAME: &str = "papiers";
const ACCESS: &str = "conatus-tests";
const SECRET: &str = "a secret that only tests know";

/// A running server and the proxy before it. Both stop when it is dropped.
#[derive(Debug)]
pub struct Server {
    root: TempDir,
    /// Beside the objects' folder, not in it.
    keys: TempDir,
    address: SocketAddr,
    proxy: SocketAddr,
    secure: SocketAddr,
    faults: Arc<Faults>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts one with its bucket, empty, on a thread of its own.
    #[must_use]
    pub fn start() -> Self {
        Self::start_in(&std::env::temp_dir())
    }

    /// The same, with its objects on the disk of that folder.
    #[must_use]
    pub fn start_in(folder: &Path) -> Self {
        let root = tempfile::tempdir_in(folder).unwrap();
        fs::create_dir(root.path().join(NAME)).unwrap();
        let faults = Arc::new(Faults::default());
        let (stop, stopped) = oneshot::channel();
        let (ready, addresses) = std::sync::mpsc::channel();
        let (path, shared) = (root.path().to_owned(), Arc::clone(&faults));
        let keys = tempfile::tempdir().unwrap();
        let (acceptor, authority) = tls::acceptor();
        fs::write(keys.path().join("authority.pem"), authority).unwrap();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(path).unwrap());
                builder.set_auth(SimpleAuth::from_single(ACCESS, SECRET));
                let service = builder.build();
                let [(plain, server), (before, proxy), (safe, secure)] =
                    [bound().await, bound().await, bound().await];
                ready.send([server, proxy, secure]).unwrap();
                tokio::spawn(serve(plain, service.clone()));
                tokio::spawn(proxy::serve(before, server, shared));
                tokio::spawn(tls::serve(safe, acceptor, service));
                let _ = stopped.await;
            });
            runtime.shutdown_background();
        });
        let [address, proxy, secure] = addresses.recv().unwrap();
        write_keys(&keys.path().join("right"), SECRET);
        write_keys(&keys.path().join("wrong"), "another secret");
        Self {
            root,
            keys,
            address,
            proxy,
            secure,
            faults,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Its address.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of the proxy before it.
    #[must_use]
    pub fn proxied(&self) -> String {
        format!("http://{}", self.proxy)
    }

    /// Its address over TLS.
    #[must_use]
    pub fn secure(&self) -> String {
        format!("https://{}", self.secure)
    }

    /// The file of the authority behind its certificate.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.keys.path().join("authority.pem")
    }

    /// The file of its keys, which only its owner reads.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.keys.path().join("right")
    }

    /// A file of keys that it refuses.
    #[must_use]
    pub fn wrong_keys(&self) -> PathBuf {
        self.keys.path().join("wrong")
    }

    /// The folder where the bucket's objects lie, for whoever changes them past the server.
    #[must_use]
    pub fn objects(&self) -> PathBuf {
        self.root.path().join(NAME)
    }

    /// Parts of uploads that were neither finished nor taken back.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        let names = fs::read_dir(self.root.path()).unwrap();
        names
            .filter(|entry| {
                let name = entry.as_ref().unwrap().file_name();
                let name = name.to_string_lossy();
                name.starts_with(".upload")
            })
            .count()
    }

    /// The proxy fails so from now on, the next `times` that a request of that method comes.
    pub fn fails(&self, method: &str, fault: Fault, times: usize) {
        self.faults.add(method, fault, times);
    }

    /// The proxy fails no more.
    pub fn mends(&self) {
        self.faults.clear();
    }

    /// How many requests the proxy was asked.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.faults.asked()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_keys(path: &Path, secret: &str) {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .unwrap();
    file.write_all(format!("{ACCESS}\n{secret}\n").as_bytes())
        .unwrap();
}

async fn bound() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

async fn serve(listener: TcpListener, service: S3Service) {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            return;
        };
        tokio::spawn(one(socket, service.clone()));
    }
}

async fn one<S>(socket: S, service: S3Service)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    // A client that goes away is no fault of the server.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(socket), service)
        .await;
}
