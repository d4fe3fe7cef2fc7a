//! The time of a record's page through HTTP, with the floor beside it.

use super::{
    crew::Bench,
    machine::{cpu, percentile, rounded, say_results},
};
use crate::{
    error::{Failure, Kind, Outcome},
    serve,
    stores::StoreArguments,
};
use axum::body::Body;
use clap::Args;
use domain::id::PersonId;
use http_body_util::BodyExt;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::json;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Opening a record.
#[derive(Debug, Args)]
pub(crate) struct OpenRecord {
    /// Entries of each record
    #[arg(long, default_value_t = 200)]
    entries: usize,
    /// Records opened, each by each session
    #[arg(long, default_value_t = 60)]
    people: usize,
    /// Requests at once
    #[arg(long, value_delimiter = ',', default_value = "1,8")]
    concurrency: Vec<usize>,
    #[command(flatten)]
    stores: StoreArguments,
    /// Print one object of JSON
    #[arg(long)]
    json: bool,
}

type Http = Client<hyper_util::client::legacy::connect::HttpConnector, Body>;

async fn get(client: &Http, url: &str, cookie: &str) -> Outcome<usize> {
    let request = axum::http::Request::builder()
        .uri(url)
        .header("cookie", cookie)
        .body(Body::empty())
        .map_err(|e| Failure::io("the address is not one", &e))?;
    let answer = client
        .request(request)
        .await
        .map_err(|e| Failure::io("no answer", &e))?;
    let status = answer.status();
    let body = answer
        .into_body()
        .collect()
        .await
        .map_err(|e| Failure::io("no body", &e))?;
    if !status.is_success() {
        return Err(Failure::new(
            Kind::Store,
            format!("a page answered {status}"),
        ));
    }
    Ok(body.to_bytes().len())
}

/// Opens every record by as many sessions at once, through HTTP; gives each time.
async fn through_http(
    bench: &Bench,
    url: &str,
    people: &[PersonId],
    at_once: usize,
) -> Outcome<(Vec<Duration>, Duration, Duration)> {
    let mut tasks = Vec::new();
    for _ in 0..at_once {
        let (token, _) = bench.sign_in().await?;
        tasks.push(format!("__Host-s={}", token.to_cookie()));
    }
    let (before, started) = (cpu(), Instant::now());
    let mut running = Vec::new();
    for (shift, cookie) in tasks.into_iter().enumerate() {
        let url = url.to_owned();
        let mut people = people.to_vec();
        let by = shift * people.len() / at_once.max(1);
        people.rotate_left(by);
        running.push(tokio::spawn(async move {
            let client: Http = Client::builder(TokioExecutor::new()).build_http();
            let mut times = Vec::with_capacity(people.len());
            for person in people {
                let begun = Instant::now();
                get(&client, &format!("{url}/dossiers/{person}"), &cookie).await?;
                times.push(begun.elapsed());
            }
            Ok::<_, Failure>(times)
        }));
    }
    let mut times = Vec::new();
    for task in running {
        times.extend(
            task.await
                .map_err(|e| Failure::io("a reader stopped", &e))??,
        );
    }
    Ok((times, started.elapsed(), cpu().saturating_sub(before)))
}

async fn floor(bench: &Bench, people: &[PersonId], at_once: usize) -> Outcome<Vec<Duration>> {
    let mut running = Vec::new();
    for shift in 0..at_once {
        let (_, session) = bench.sign_in().await?;
        let service = bench.service.clone();
        let mut people = people.to_vec();
        let by = shift * people.len() / at_once.max(1);
        people.rotate_left(by);
        running.push(async move {
            let mut times = Vec::with_capacity(people.len());
            for person in people {
                let begun = Instant::now();
                service.floor(&session, person).await?;
                times.push(begun.elapsed());
            }
            Ok::<_, service::ServiceError>(times)
        });
    }
    let mut tasks = Vec::new();
    for future in running {
        tasks.push(tokio::spawn(future));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(
            task.await
                .map_err(|e| Failure::io("a reader stopped", &e))??,
        );
    }
    Ok(times)
}

pub(super) async fn open_record(arguments: OpenRecord) -> Outcome<()> {
    let (bench, session) = Bench::prepare(&arguments.stores).await?;
    let people = bench
        .people(&session, arguments.people, arguments.entries)
        .await?;
    let listener = serve::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let address = listener
        .local_addr()
        .map_err(|e| Failure::io("the port is unknown", &e))?;
    let (app, _) = serve::pages(
        &bench.service,
        &bench.config,
        &std::sync::Arc::default(),
        None,
    );
    let server = tokio::spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        axum::serve(listener, app).await
    });
    let url = format!("http://{address}");
    // Once over everything first: statements prepared, chains followed, pages of the file cached.
    through_http(&bench, &url, &people, 1).await?;
    let mut results = Vec::new();
    for at_once in arguments.concurrency {
        let mut least = floor(&bench, &people, at_once).await?;
        let (mut times, whole, used) = through_http(&bench, &url, &people, at_once).await?;
        least.sort_unstable();
        times.sort_unstable();
        let (p50, floor_p50) = (percentile(&times, 50), percentile(&least, 50));
        let requests = u32::try_from(times.len()).unwrap_or(u32::MAX);
        results.push(json!({
            "concurrency": at_once,
            "entries": arguments.entries,
            "requests": requests,
            "p50_ms": rounded(p50),
            "p99_ms": rounded(percentile(&times, 99)),
            "rps": rounded(f64::from(requests) / whole.as_secs_f64()),
            "cpu_ms": rounded(used.as_secs_f64() * 1000.0 / f64::from(requests)),
            "floor_p50_ms": rounded(floor_p50),
            "floor_p99_ms": rounded(percentile(&least, 99)),
            "ratio": rounded(p50 / floor_p50),
        }));
    }
    server.abort();
    let engine = bench.service.engine().await?;
    say_results("open-record", &engine, &results, arguments.json)?;
    bench.service.close().await;
    Ok(())
}
