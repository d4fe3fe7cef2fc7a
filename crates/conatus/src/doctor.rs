//! Verifying, and saying what an installation is and lacks.

use crate::{
    config::Config,
    error::{Failure, Kind, Outcome},
    installation::{SystemClock, documents, pinned},
    memory,
    out::say,
    progress,
    stores::Stores,
};
use clap::Args;
use service::{Clock, JobLine, ServiceError, VerifyReport};
use std::process::ExitCode;

/// Verifies.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Looks over.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Checks everything that can be checked without a key.
pub(crate) async fn check(config: &Config) -> Outcome<VerifyReport> {
    let storage = Stores::of(config)?.main().await?;
    let files = documents(config)?;
    // A store that does not answer is not one where every file is missing.
    files::probe(&*files).await.map_err(ServiceError::from)?;
    let bar = progress::bar("Records", 0);
    let report = service::verify(&*storage, &*files, &pinned(config)?, &|done, all| {
        bar.set_length(all);
        bar.set_position(done);
    })
    .await?;
    bar.finish_and_clear();
    storage.close().await;
    Ok(report)
}

fn say_report(r: &VerifyReport, json: bool) -> Outcome<()> {
    if json {
        let faults: Vec<_> = r
            .faults
            .iter()
            .map(|f| serde_json::json!({ "where": f.place, "what": f.what }))
            .collect();
        say!(
            "{}",
            serde_json::json!({
                "statements": r.statements, "people": r.people, "entries": r.entries,
                "readings": r.readings, "grants": r.grants, "wraps": r.wraps, "files": r.files,
                "checkpoints": r.checkpoints, "last_checkpoint": r.last, "wrong": r.wrong, "faults": faults,
            })
        )?;
    } else {
        say!(
            "{} statements, {} people, {} entries, {} readings, {} grants, {} wraps, {} files, {} checkpoints",
            r.statements,
            r.people,
            r.entries,
            r.readings,
            r.grants,
            r.wraps,
            r.files,
            r.checkpoints
        )?;
        if let Some((sequence, hash)) = &r.last {
            say!(
                "checkpoint {sequence}: {hash} (keep it elsewhere: it proves where every record stood)"
            )?;
        }
        for fault in &r.faults {
            say!("{}: {}", fault.place, fault.what)?;
        }
    }
    Ok(())
}

pub(crate) async fn verify(config: Config, arguments: VerifyArguments) -> Outcome<ExitCode> {
    let r = check(&config).await?;
    let said = say_report(&r, arguments.json);
    // Told whoever reads: a script may cut the list and still ask for the code.
    if r.wrong > 0 {
        return Err(Failure::new(
            Kind::Found,
            format!("{} things are wrong", r.wrong),
        ));
    }
    said?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn doctor(config: Config, arguments: DoctorArguments) -> Outcome<ExitCode> {
    let stores = Stores::of(&config)?;
    let (storage, shares) = stores.open().await?;
    let size = storage.size().await?;
    let engine = storage.engine().await?;
    let faults = storage.check().await?;
    let mut tx = storage.read().await?;
    let people = tx.count_people().await?;
    let checkpoint = tx.last_checkpoint().await?.map(|c| c.sequence);
    drop(tx);
    let mut tx = storage.read().await?;
    let some: Vec<_> = tx
        .people_after(None, 1000)
        .await?
        .into_iter()
        .map(|p| p.person)
        .collect();
    drop(tx);
    let with_share = service::shares_of(&*shares, &some).await?;
    let open = |path: std::path::PathBuf| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o077 != 0)
    };
    let mut lacks: Vec<String> = faults;
    if pinned(&config).is_err() {
        lacks.push("no root fingerprint is pinned".into());
    }
    if open(config.data.join("pepper")) || open(config.data.join("server.key")) {
        lacks.push("others can read the pepper or the server's key: chmod 600 them".into());
    }
    if !memory::can_lock() {
        lacks.push("memory cannot be locked here: secrets may reach swap (LimitMEMLOCK)".into());
    }
    let place = config.place()?;
    match documents(&config) {
        Err(failure) => lacks.push(format!("documents: {}", failure.what())),
        Ok(store) => {
            if let Err(error) = files::probe(&*store).await {
                lacks.push(format!("documents in {place}: {}", files::explain(&error)));
            }
        }
    }
    if with_share < some.len() {
        lacks.push(format!(
            "{} of {} records have no erasure share",
            some.len() - with_share,
            some.len()
        ));
    }
    let alone = service::held_by_one_device(&*storage).await?;
    if alone > 0 {
        lacks.push(format!(
            "{alone} organisations are held by one member on one device, and nothing gives back what \
             it holds: enrol a second device, or make a second administrator"
        ));
    }
    let jobs = JobLine::all(&*storage, SystemClock.now()).await?;
    storage.close().await;
    shares.close().await;
    if arguments.json {
        let jobs: Vec<_> = jobs
            .iter()
            .map(|j| serde_json::json!({ "job": j.job, "last_done": j.last_done.map(|t| t.to_string()), "running": j.running }))
            .collect();
        say!(
            "{}",
            serde_json::json!({
                "engine": engine, "people": people, "last_checkpoint": checkpoint,
                "store": stores.main.to_string(), "shares": stores.shares.to_string(),
                "main_bytes": size, "files": place.to_string(), "jobs": jobs, "lacks": lacks,
            })
        )?;
    } else {
        say!("engine: {engine}\npeople: {people}")?;
        say!("main store: {} ({size} bytes)", stores.main)?;
        say!("erasure shares: {}", stores.shares)?;
        say!("documents: {place}")?;
        say!(
            "last checkpoint: {}",
            checkpoint.map_or("none".into(), |c| c.to_string())
        )?;
        for job in &jobs {
            let last = job.last_done.map_or("never".into(), |t| t.to_string());
            let now = if job.running { ", running now" } else { "" };
            say!("job {}: last done {last}{now}", job.job)?;
        }
        for lack in &lacks {
            say!("lacks: {lack}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
