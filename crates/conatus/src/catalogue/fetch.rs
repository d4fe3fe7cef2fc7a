//! Fetching an edition from the one address of the configuration: asked whether it changed, taken up
//! where it was cut, never redirected elsewhere, never larger than what is imported.

use super::{import_file, told};
use crate::{
    config::Config,
    error::{Failure, Kind, Outcome},
    out::tell,
    progress,
};
use axum::{
    body::Body,
    http::{HeaderMap, Request, Response, StatusCode, header},
};
use http_body_util::BodyExt;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use tokio::time::timeout;
use url::{Host, Url};

/// The most that is taken: what is imported at most.
const LARGEST: u64 = 256 << 20;
/// How long a server may say nothing.
const PATIENCE: Duration = Duration::from_mins(1);

/// What was fetched last, or is being.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Fetched {
    url: String,
    etag: Option<String>,
    last_modified: Option<String>,
    /// The hash of the archive, once it is whole.
    blake3: Option<String>,
    /// The file of the edition it gave.
    edition: Option<String>,
}

struct Places {
    part: PathBuf,
    part_facts: PathBuf,
    last: PathBuf,
}

type Http = Client<HttpsConnector<HttpConnector>, Body>;

pub(super) async fn fetch(config: &Config, folder: &Path, again: bool) -> Outcome<ExitCode> {
    let url = address(config)?;
    fs::create_dir_all(folder)
        .map_err(|e| Failure::io(format!("{} cannot be made", folder.display()), &e))?;
    let places = Places {
        part: folder.join(".fetch.part"),
        part_facts: folder.join(".fetch.part.json"),
        last: folder.join("fetched.json"),
    };
    let last: Fetched = read(&places.last)
        .filter(|l: &Fetched| {
            l.url == url.as_str() && l.edition.as_ref().is_some_and(|e| folder.join(e).exists())
        })
        .unwrap_or_default();
    let Some(mut fetched) = take(&url, &places, if again { None } else { Some(&last) }).await?
    else {
        tell!("Nothing new since the last time.");
        return Ok(ExitCode::SUCCESS);
    };
    let hash = hash(&places.part)?;
    let known = !again && last.blake3.as_deref() == Some(&hash);
    fetched.blake3 = Some(hash);
    if known {
        fetched.edition = last.edition;
        keep(&places.last, &fetched)?;
        forget(&places);
        tell!("The same edition as the last time.");
        return Ok(ExitCode::SUCCESS);
    }
    let imported = import_file(&places.part, folder, day(fetched.last_modified.as_deref()));
    // An archive that cannot be imported is not taken up again: the next time asks for it anew.
    forget(&places);
    let (edition, report) = imported?;
    fetched.edition = edition
        .path()
        .and_then(Path::file_name)
        .map(|n| n.to_string_lossy().into_owned());
    keep(&places.last, &fetched)?;
    tell!("Edition of {}.", edition.date());
    Ok(told(&report))
}

/// The address of the configuration: https, or http to this machine.
fn address(config: &Config) -> Outcome<Url> {
    let wrong = |what: &str| {
        Failure::new(Kind::Usage, format!("catalogue_url {what}"))
            .hint("catalogue_url = \"https://lecomarquage.service-public.fr/vdd/3.3/part/zip/vosdroits-latest.zip\"")
    };
    let text = config
        .catalogue_url
        .as_deref()
        .ok_or_else(|| wrong("is not in the configuration"))?;
    let url = Url::parse(text).map_err(|_| wrong("is not an address"))?;
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return Err(wrong("names no host")),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a name or a password"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        _ => Err(wrong("is not https")),
    }
}

fn client() -> Outcome<Http> {
    let builder = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
        .map_err(|e| Failure::io("the machine's certificate authorities cannot be read", &e))?;
    let connector = builder.https_or_http().enable_http1().build();
    Ok(Client::builder(TokioExecutor::new()).build(connector))
}

/// Takes the archive whole into its place, or nothing where it did not change.
async fn take(url: &Url, places: &Places, last: Option<&Fetched>) -> Outcome<Option<Fetched>> {
    let begun: Option<Fetched> =
        read(&places.part_facts).filter(|b: &Fetched| b.url == url.as_str());
    let have = match &begun {
        Some(_) => fs::metadata(&places.part).map_or(0, |m| m.len()),
        None => 0,
    };
    let mut request = Request::get(url.as_str()).header(header::USER_AGENT, "conatus");
    match (&begun, last) {
        (Some(begun), _) if have > 0 && validator(begun).is_some() => {
            request = request
                .header(header::RANGE, format!("bytes={have}-"))
                .header(header::IF_RANGE, validator(begun).unwrap_or_default());
        }
        (_, Some(last)) => {
            if let Some(etag) = &last.etag {
                request = request.header(header::IF_NONE_MATCH, etag);
            } else if let Some(day) = &last.last_modified {
                request = request.header(header::IF_MODIFIED_SINCE, day);
            }
        }
        _ => {}
    }
    let request = request
        .body(Body::empty())
        .map_err(|e| Failure::io("the address is not one", &e))?;
    let answer = timeout(PATIENCE, client()?.request(request))
        .await
        .map_err(|e| Failure::io("the catalogue's server does not answer", &e))?
        .map_err(|e| {
            let cause =
                std::error::Error::source(&e).map_or_else(|| e.to_string(), ToString::to_string);
            Failure::io(
                "the catalogue's server cannot be reached",
                &std::io::Error::other(cause),
            )
        })?;
    match answer.status() {
        StatusCode::NOT_MODIFIED => Ok(None),
        StatusCode::OK => {
            let fetched = facts(url, answer.headers());
            keep(&places.part_facts, &fetched)?;
            pour(answer, &places.part, 0).await?;
            Ok(Some(fetched))
        }
        StatusCode::PARTIAL_CONTENT if have > 0 && begins_at(answer.headers(), have) => {
            tell!("Taken up where it was cut, after {have} bytes.");
            let fetched = begun.unwrap_or_else(|| facts(url, answer.headers()));
            pour(answer, &places.part, have).await?;
            Ok(Some(fetched))
        }
        StatusCode::RANGE_NOT_SATISFIABLE | StatusCode::PARTIAL_CONTENT => {
            forget(places);
            Err(Failure::new(
                Kind::Io,
                "the catalogue's server could not go on where it was cut",
            )
            .hint("run the command again: it begins anew"))
        }
        status if status.is_redirection() => Err(Failure::new(
            Kind::Usage,
            format!("the catalogue's server answers from elsewhere ({status})"),
        )
        .hint("only the configured host is asked: put the new address in catalogue_url")),
        status => Err(Failure::new(
            Kind::Io,
            format!("the catalogue's server answered {status}"),
        )),
    }
}

/// What tells one version of the archive from another; a weak one cannot tell parts of it.
fn validator(fetched: &Fetched) -> Option<&str> {
    fetched
        .etag
        .as_deref()
        .filter(|e| !e.starts_with("W/"))
        .or(fetched.last_modified.as_deref())
}

fn facts(url: &Url, headers: &HeaderMap) -> Fetched {
    let text = |name| {
        headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .map(ToOwned::to_owned)
    };
    Fetched {
        url: url.to_string(),
        etag: text(header::ETAG),
        last_modified: text(header::LAST_MODIFIED),
        ..Fetched::default()
    }
}

/// The day in `Fri, 30 Oct 2020 04:10:00 GMT`.
fn day(last_modified: Option<&str>) -> Option<Date> {
    let at = jiff::fmt::rfc2822::parse(last_modified?).ok()?;
    Some(at.date())
}

fn begins_at(headers: &HeaderMap, at: u64) -> bool {
    headers
        .get(header::CONTENT_RANGE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.starts_with(&format!("bytes {at}-")))
}

/// Writes what comes, as it comes: what was cut is taken up the next time.
async fn pour(answer: Response<hyper::body::Incoming>, part: &Path, have: u64) -> Outcome<()> {
    let unwritten =
        |e: &std::io::Error| Failure::io(format!("{} cannot be written", part.display()), e);
    let expected = answer
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse::<u64>().ok());
    let too_large = || Failure::new(Kind::Found, "the archive is larger than 256 MB");
    if have.saturating_add(expected.unwrap_or(0)) > LARGEST {
        return Err(too_large());
    }
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .append(have > 0)
        .truncate(have == 0)
        .open(part)
        .map_err(|e| unwritten(&e))?;
    let bar = progress::bar("Bytes", have + expected.unwrap_or(0));
    let mut written = have;
    let mut body = answer.into_body();
    loop {
        let frame = timeout(PATIENCE, body.frame())
            .await
            .map_err(|e| Failure::io("the catalogue's server stopped answering", &e).hint(AGAIN))?;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|e| Failure::io("the archive was cut", &e).hint(AGAIN))?;
        if let Some(bytes) = frame.data_ref() {
            written += bytes.len() as u64;
            if written > LARGEST {
                return Err(too_large());
            }
            file.write_all(bytes).map_err(|e| unwritten(&e))?;
            bar.set_position(written);
        }
    }
    bar.finish_and_clear();
    file.sync_all().map_err(|e| unwritten(&e))?;
    if expected.is_some_and(|e| written != have + e) {
        return Err(Failure::new(Kind::Io, "the archive was cut").hint(AGAIN));
    }
    Ok(())
}

const AGAIN: &str = "run the command again: it goes on where it was cut";

fn hash(path: &Path) -> Outcome<String> {
    let unread = |e: &std::io::Error| Failure::io(format!("{} cannot be read", path.display()), e);
    let mut file = File::open(path).map_err(|e| unread(&e))?;
    let mut hasher = blake3::Hasher::new();
    let mut bytes = vec![0; 1 << 16];
    loop {
        match file.read(&mut bytes).map_err(|e| unread(&e))? {
            0 => return Ok(hasher.finalize().to_hex().to_string()),
            read => {
                hasher.update(&bytes[..read]);
            }
        }
    }
}

fn read(path: &Path) -> Option<Fetched> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Written whole or not at all.
fn keep(path: &Path, fetched: &Fetched) -> Outcome<()> {
    let unwritten =
        |e: &dyn std::error::Error| Failure::io(format!("{} cannot be written", path.display()), e);
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|e| unwritten(&e))?;
    let text = serde_json::to_vec_pretty(fetched).map_err(|e| unwritten(&e))?;
    file.write_all(&text).map_err(|e| unwritten(&e))?;
    file.as_file().sync_all().map_err(|e| unwritten(&e))?;
    file.persist(path).map_err(|e| unwritten(&e.error))?;
    Ok(())
}

fn forget(places: &Places) {
    let _ = fs::remove_file(&places.part);
    let _ = fs::remove_file(&places.part_facts);
}
