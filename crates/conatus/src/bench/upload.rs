//! Putting a document in, with sealing in memory and writing to disk beside it.

use super::{
    crew::Bench,
    machine::{memory, percentile, rounded, say_results},
};
use crate::error::{Failure, Kind, Outcome};
use crate::stores::StoreArguments;
use clap::Args;
use domain::{Compartment, document::DocumentFacts, words::DocumentKind};
use serde_json::json;
use service::{NewDocument, Who};
use std::{
    fs,
    io::Write,
    time::{Duration, Instant},
};

/// Putting a document in.
#[derive(Debug, Args)]
pub(crate) struct Upload {
    /// The document's size
    #[arg(long, default_value = "50MB", value_parser = size)]
    size: usize,
    /// How many times
    #[arg(long, default_value_t = 5)]
    times: usize,
    #[command(flatten)]
    stores: StoreArguments,
    /// Print one object of JSON
    #[arg(long)]
    json: bool,
}

fn size(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches("MB");
    let number: usize = digits
        .parse()
        .map_err(|_| "a size such as 50MB".to_owned())?;
    Ok(if text.ends_with("MB") {
        number * 1_000_000
    } else {
        number
    })
}

/// Sealing in memory, then writing and syncing: the least that putting a document in can cost.
fn upload_floor(bench: &Bench, content: &[u8]) -> Outcome<Duration> {
    let begun = Instant::now();
    let sealed = service::seal_whole(content)?;
    let path = bench.config.data.join("floor");
    let written = fs::File::create(&path).and_then(|mut file| {
        file.write_all(&sealed)?;
        file.sync_all()
    });
    written.map_err(|e| Failure::io("the disk refuses", &e))?;
    let took = begun.elapsed();
    fs::remove_file(path).map_err(|e| Failure::io("the disk refuses", &e))?;
    Ok(took)
}

pub(super) async fn upload(arguments: Upload) -> Outcome<()> {
    let (bench, session) = Bench::prepare(&arguments.stores).await?;
    let people = bench.people(&session, 1, 4).await?;
    let person = people
        .first()
        .copied()
        .ok_or_else(|| Failure::new(Kind::Store, "no person"))?;
    let who = Who::Worker(&session, person);
    let mut piece = vec![0x20u8; 64 * 1024];
    piece[..9].copy_from_slice(b"%PDF-1.7\n");
    let (mut times, mut least) = (Vec::new(), Vec::new());
    // What signing in took (64 MiB) was given back: what matters is how far this goes above.
    let before = memory();
    let mut highest = before;
    for _ in 0..arguments.times {
        let begun = Instant::now();
        let mut upload = bench
            .service
            .begin_upload(&who, Compartment::Social)
            .await?;
        let mut left = arguments.size;
        while left > 0 {
            let now = left.min(piece.len());
            upload.push(&piece[..now]).await?;
            left -= now;
            highest = highest.max(memory());
        }
        let facts = DocumentFacts {
            kind: DocumentKind::Other,
            title: String::new(),
            issued: None,
            valid_until: None,
        };
        let new = NewDocument {
            name: "mesure.pdf".into(),
            facts,
        };
        bench.service.finish_upload(&who, upload, new).await?;
        times.push(begun.elapsed());
    }
    let growth = highest.saturating_sub(before);
    let content = vec![0x20u8; arguments.size];
    for _ in 0..arguments.times {
        least.push(upload_floor(&bench, &content)?);
    }
    times.sort_unstable();
    least.sort_unstable();
    let (p50, floor_p50) = (percentile(&times, 50), percentile(&least, 50));
    #[expect(clippy::cast_precision_loss, reason = "megabytes, for people")]
    let megabytes = arguments.size as f64 / 1e6;
    let results = [json!({
        "bytes": arguments.size,
        "p50_ms": rounded(p50),
        "floor_p50_ms": rounded(floor_p50),
        "mb_per_s": rounded(megabytes / (p50 / 1000.0)),
        "ratio_of_floor_speed": rounded(floor_p50 / p50),
        "memory_growth_bytes": growth,
    })];
    let engine = bench.service.engine().await?;
    say_results("upload", &engine, &results, arguments.json)?;
    bench.service.close().await;
    Ok(())
}
