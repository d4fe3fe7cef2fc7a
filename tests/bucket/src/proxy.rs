//! The proxy: every request as it came, unless it is to fail. The host that was signed is kept.

use crate::fault::{Fault, Faults};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::{
    Request, Response, StatusCode,
    body::{Body as _, Frame, Incoming},
    client, server,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::{TcpListener, TcpStream};

type Body = BoxBody<Bytes, io::Error>;

pub(crate) async fn serve(listener: TcpListener, server: SocketAddr, faults: Arc<Faults>) {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            return;
        };
        let faults = Arc::clone(&faults);
        tokio::spawn(async move {
            let service = service_fn(|request| one(request, server, Arc::clone(&faults)));
            // An error here is how a connection is cut.
            let _ = server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(socket), service)
                .await;
        });
    }
}

fn cut() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

async fn one(
    request: Request<Incoming>,
    server: SocketAddr,
    faults: Arc<Faults>,
) -> io::Result<Response<Body>> {
    match faults.next(request.method().as_str()) {
        None => {
            let (parts, body) = request.into_parts();
            let body = body.map_err(io::Error::other).boxed();
            Ok(ask(server, Request::from_parts(parts, body))
                .await?
                .map(through))
        }
        Some(Fault::Unavailable) => {
            let words = "<Error><Code>SlowDown</Code><Message>later</Message></Error>";
            let mut response = Response::new(whole(words.into()));
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            Ok(response)
        }
        Some(Fault::HalfRequest) => {
            half_read(request.into_body()).await;
            Err(cut())
        }
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::LostAnswer) => {
            let response = ask(server, collected(request, |_| ()).await?).await?;
            let _ = response.into_body().collect().await;
            Err(cut())
        }
        Some(Fault::HalfAnswer) => {
            let response = ask(server, collected(request, |_| ()).await?).await?;
            half(response).await
        }
        Some(Fault::ChangedByte) => {
            let change = |body: &mut Vec<u8>| {
                let middle = body.len() / 2;
                if let Some(byte) = body.get_mut(middle) {
                    *byte ^= 1;
                }
            };
            let response = ask(server, collected(request, change).await?).await?;
            Ok(response.map(through))
        }
    }
}

fn through(body: Incoming) -> Body {
    body.map_err(io::Error::other).boxed()
}

async fn ask(server: SocketAddr, request: Request<Body>) -> io::Result<Response<Incoming>> {
    let socket = TcpStream::connect(server).await?;
    let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(socket))
        .await
        .map_err(io::Error::other)?;
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(io::Error::other)
}

async fn collected(
    request: Request<Incoming>,
    change: impl FnOnce(&mut Vec<u8>),
) -> io::Result<Request<Body>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?;
    let mut bytes = body.to_bytes().to_vec();
    change(&mut bytes);
    Ok(Request::from_parts(parts, whole(bytes.into())))
}

async fn half_read(mut body: Incoming) {
    let half = body.size_hint().lower() / 2;
    let mut read = 0;
    while read < half {
        match body.frame().await {
            Some(Ok(frame)) => read += frame.data_ref().map_or(0, Bytes::len) as u64,
            _ => return,
        }
    }
}

/// Says the whole length, gives half, then breaks off.
async fn half(response: Response<Incoming>) -> io::Result<Response<Body>> {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let first = bytes.slice(..bytes.len() / 2);
    let given = stream::once(async move { Ok(Frame::data(first)) });
    let broken = stream::once(async {
        // What was given is on its way before the connection is cut.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(cut())
    });
    let pieces = given.chain(broken);
    let body = BodyExt::boxed(StreamBody::new(pieces));
    Ok(Response::from_parts(parts, body))
}
