//! A working hour in compressed time, against an address of this machine: workers sign in, list,
//! search, open, write and put documents in; people sign in with their cards and read. The door
//! counts tries by address and by name (`web::limits`): nobody here signs in more often than it
//! allows, so that nothing measured is a refusal.

use super::{
    crew::{Told, ToldCard, ToldWorker},
    machine::{cpu_of, memory_of, percentile, rounded, say_results},
};
use crate::error::{Failure, Kind, Outcome};
use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use clap::Args;
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::Read,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A name may be tried twenty times at once, then six times a minute; a card as well.
const BETWEEN_SIGN_INS: Duration = Duration::from_secs(12);
const HOUR: u64 = 3600;
/// A worker does something once a minute, about.
const EVERY: u64 = 60;
const BOUNDARY: &str = "conatus-bench-boundary";

/// Plays an hour.
#[derive(Debug, Args)]
pub(crate) struct LoadArguments {
    /// The mix of an hour's acts; the only one there is
    #[arg(long)]
    mix: bool,
    /// Where pages are served: http, on this machine
    #[arg(long, value_name = "URL")]
    address: String,
    /// The line of JSON that `demo --json` or `bench seed --json` printed, in a file, or - to read it
    #[arg(long, value_name = "FILE")]
    with: PathBuf,
    /// How long the hour takes, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Workers at once
    #[arg(long, default_value_t = 8)]
    workers: usize,
    /// People with a card at once, at most as many as there are cards
    #[arg(long, default_value_t = 4)]
    people: usize,
    /// Nobody waits between two acts: how much is served, rather than how fast
    #[arg(long)]
    hurry: bool,
    /// The processes that serve, whose time and memory are told
    #[arg(long, value_delimiter = ',')]
    pid: Vec<u32>,
    /// Print one object of JSON
    #[arg(long)]
    json: bool,
}

/// Times and errors by kind of act.
#[derive(Default)]
struct Seen {
    times: BTreeMap<&'static str, Vec<Duration>>,
    errors: BTreeMap<&'static str, u64>,
    highest: u64,
}

type Shared = Arc<Mutex<Seen>>;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

/// A browser of someone.
struct Browser {
    http: Client<HttpConnector, Body>,
    base: String,
    cookies: BTreeMap<String, String>,
    token: String,
    seen: Shared,
}

/// What stands between two texts, the first time.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    let start = text.find(from)? + from.len();
    let end = text[start..].find(to)?;
    Some(&text[start..start + end])
}

/// As a form sends it.
fn encoded(fields: &[(&str, &str)]) -> String {
    let one = |text: &str| {
        use std::fmt::Write as _;
        text.bytes().fold(String::new(), |mut all, byte| {
            if byte.is_ascii_alphanumeric() {
                all.push(char::from(byte));
            } else {
                let _ = write!(all, "%{byte:02X}");
            }
            all
        })
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", one(name), one(value)))
        .collect();
    pairs.join("&")
}

impl Browser {
    fn new(base: &str, seen: &Shared) -> Self {
        Self {
            http: Client::builder(TokioExecutor::new()).build_http(),
            base: base.into(),
            cookies: BTreeMap::new(),
            token: String::new(),
            seen: Arc::clone(seen),
        }
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        kind: Option<&str>,
        body: Vec<u8>,
    ) -> Option<Answer> {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(header::COOKIE, cookies.join("; "))
            .header("sec-fetch-site", "same-origin");
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let answer = self.http.request(request.body(Body::from(body)).ok()?);
        let (parts, body) = answer.await.ok()?.into_parts();
        let bytes = body.collect().await.ok()?.to_bytes();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().ok()?.split(';').next()?;
            let (name, value) = pair.split_once('=')?;
            self.cookies.insert(name.into(), value.into());
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some(token) = between(&text, "name=\"form_token\" value=\"", "\"") {
            token.clone_into(&mut self.token);
        }
        Some(Answer {
            status: parts.status,
            headers: parts.headers,
            text,
        })
    }

    /// Does it, and notes how long it took or that it failed.
    async fn noted(
        &mut self,
        what: &'static str,
        method: Method,
        path: &str,
        kind: Option<&str>,
        body: Vec<u8>,
    ) -> Option<Answer> {
        let begun = Instant::now();
        let answer = self.send(method, path, kind, body).await;
        let took = begun.elapsed();
        let good = answer.filter(|a| a.status.is_success() || a.status.is_redirection());
        // Being led to sign in again is a refusal, whatever the status says.
        let good = good.filter(|a| {
            let to = a.headers.get(header::LOCATION);
            let to = to.and_then(|to| to.to_str().ok()).unwrap_or_default();
            !matches!(to, "/connexion" | "/appareil" | "/")
        });
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if good.is_some() {
            seen.times.entry(what).or_default().push(took);
        } else {
            *seen.errors.entry(what).or_default() += 1;
        }
        drop(seen);
        good
    }

    async fn get(&mut self, what: &'static str, path: &str) -> Option<Answer> {
        self.noted(what, Method::GET, path, None, Vec::new()).await
    }

    async fn post(
        &mut self,
        what: &'static str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Option<Answer> {
        let token = self.token.clone();
        let mut all = vec![("form_token", token.as_str())];
        all.extend(fields);
        let body = encoded(&all).into_bytes();
        let kind = "application/x-www-form-urlencoded";
        self.noted(what, Method::POST, path, Some(kind), body).await
    }

    /// Puts a small document in.
    async fn put(&mut self, record: &str) -> Option<Answer> {
        let mut body = Vec::new();
        let fields = [
            ("form_token", self.token.as_str()),
            ("compartment", "social"),
            ("kind", "other"),
            ("title", "Courrier"),
        ];
        for (name, value) in fields {
            body.extend_from_slice(
                format!(
                    "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n\
                     {value}\r\n"
                )
                .as_bytes(),
            );
        }
        body.extend_from_slice(
            format!(
                "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; \
                 filename=\"courrier.pdf\"\r\ncontent-type: application/pdf\r\n\r\n"
            )
            .as_bytes(),
        );
        body.extend_from_slice(b"%PDF-1.7\n");
        body.extend(std::iter::repeat_n(b' ', 200_000));
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let path = format!("{record}/coffre/deposer");
        self.noted("upload", Method::POST, &path, Some(&kind), body)
            .await
    }
}

/// When it ends, and how long to wait between two acts.
#[derive(Clone, Copy)]
struct Pace {
    until: Instant,
    pause: Duration,
    hurry: bool,
}

impl Pace {
    fn is_over(self) -> bool {
        Instant::now() >= self.until
    }

    async fn pause(self) {
        if !self.hurry {
            tokio::time::sleep(self.pause).await;
        }
    }
}

/// The addresses of records that a list shows.
fn records(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in page.split("href=\"/dossiers/").skip(1) {
        if let Some(id) = part.split(['"', '/', '#', '?']).next() {
            found.push(format!("/dossiers/{id}"));
        }
    }
    found.dedup();
    found
}

const TYPED: [&str; 4] = ["Castagnet", "elodie", "hadouche", "mor"];

/// A worker's hour: the list, then records one after the other.
async fn worker(mut browser: Browser, told: ToldWorker, number: usize, pace: Pace) {
    let passphrase = told.passphrase.as_str();
    let enrolled = browser
        .post(
            "enrol",
            "/appareil",
            &[
                ("name", &told.name),
                ("code", &told.device_code),
                ("passphrase", passphrase),
            ],
        )
        .await;
    if enrolled.is_none() {
        return;
    }
    let mut signed_in = Instant::now();
    let mut at = number * 17;
    while !pace.is_over() {
        let Some(list) = browser.get("list", "/personnes").await else {
            return;
        };
        pace.pause().await;
        let records = records(&list.text);
        if records.is_empty() {
            return;
        }
        at += 1;
        let typed = TYPED[at % TYPED.len()];
        browser.post("search", "/personnes", &[("q", typed)]).await;
        pace.pause().await;
        for _ in 0..4 {
            if pace.is_over() {
                return;
            }
            at += 1;
            let record = &records[at * 7 % records.len()];
            browser.get("open", record).await;
            pace.pause().await;
            match at % 8 {
                0 | 3 | 6 => {
                    let path = format!("{record}/ecrire");
                    let text = "Passage à l’accueil : la lettre a été lue ensemble.";
                    let fields = [("nature", "fact"), ("rubrique", "social"), ("text", text)];
                    browser.post("write", &path, &fields).await;
                }
                5 => {
                    browser.put(record).await;
                }
                _ => {
                    browser.get("safe", &format!("{record}/coffre")).await;
                }
            }
            pace.pause().await;
        }
        // Two share a name: each comes in again half as often as the door allows.
        if signed_in.elapsed() > BETWEEN_SIGN_INS * 3 {
            browser.post("sign-out", "/deconnexion", &[]).await;
            let fields = [("name", told.name.as_str()), ("passphrase", passphrase)];
            browser.post("sign-in", "/connexion", &fields).await;
            signed_in = Instant::now();
        }
    }
}

/// A person's few minutes: in with the card, the papers, what was written, who read, out.
async fn person(mut browser: Browser, card: ToldCard, pace: Pace) {
    while !pace.is_over() {
        let begun = Instant::now();
        let fields = [("code", card.code.as_str()), ("pin", card.pin.as_str())];
        if browser.post("card-sign-in", "/", &fields).await.is_none() {
            return;
        }
        for (what, path) in [
            ("own-home", "/e"),
            ("own-papers", "/e/papiers"),
            ("own-texts", "/e/textes"),
            ("own-readings", "/e/lectures"),
        ] {
            browser.get(what, path).await;
            pace.pause().await;
        }
        // Leaving leads elsewhere, which is no refusal.
        let token = browser.token.clone();
        let body = encoded(&[("form_token", &token)]).into_bytes();
        let kind = Some("application/x-www-form-urlencoded");
        browser.send(Method::POST, "/e/quitter", kind, body).await;
        let left = BETWEEN_SIGN_INS.saturating_sub(begun.elapsed());
        let most = pace.until.saturating_duration_since(Instant::now());
        tokio::time::sleep(left.min(most)).await;
    }
}

fn note_memory(seen: &Shared, now: u64) {
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    seen.highest = seen.highest.max(now);
}

/// The address, which must be this machine's own.
fn local(address: &str) -> Outcome<String> {
    let refused = || {
        Failure::new(Kind::Usage, "load is played against this machine only")
            .hint("give --address http://127.0.0.1:PORT")
    };
    let base = address.trim_end_matches('/');
    let place = base.strip_prefix("http://").ok_or_else(refused)?;
    let socket: SocketAddr = place.parse().map_err(|_| refused())?;
    if socket.ip().is_loopback() {
        Ok(base.to_owned())
    } else {
        Err(refused())
    }
}

fn told(path: &PathBuf) -> Outcome<Told> {
    let wrong = |e: &dyn std::error::Error| {
        Failure::new(Kind::Usage, "what demo --json prints cannot be read there").cause(e)
    };
    let mut text = String::new();
    if path.as_os_str() == "-" {
        std::io::stdin()
            .read_line(&mut text)
            .map_err(|e| wrong(&e))?;
    } else {
        std::fs::File::open(path)
            .and_then(|mut file| file.read_to_string(&mut text))
            .map_err(|e| wrong(&e))?;
    }
    serde_json::from_str(text.trim()).map_err(|e| wrong(&e))
}

fn results(seen: &Seen, took: Duration, used: Duration) -> Vec<Value> {
    let all: usize = seen.times.values().map(Vec::len).sum();
    let each = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let mut told = Vec::new();
    let mut line = |what: &str, times: &[Duration], errors: u64, more: Value| {
        let mut line = json!({
            "what": what,
            "requests": times.len(),
            "errors": errors,
            "p50_ms": rounded(percentile(times, 50)),
            "p99_ms": rounded(percentile(times, 99)),
            "rps": rounded(each(times.len()) / took.as_secs_f64()),
        });
        if let (Some(line), Value::Object(more)) = (line.as_object_mut(), more) {
            line.extend(more);
        }
        told.push(line);
    };
    let mut together: Vec<Duration> = seen.times.values().flatten().copied().collect();
    together.sort_unstable();
    let more = json!({
        "cpu_ms": rounded(used.as_secs_f64() * 1000.0 / each(all).max(1.0)),
        "cpu_share": rounded(used.as_secs_f64() / took.as_secs_f64()),
        "memory_bytes": seen.highest,
    });
    line("all", &together, seen.errors.values().sum(), more);
    let mut kinds: Vec<&str> = seen
        .times
        .keys()
        .chain(seen.errors.keys())
        .copied()
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let mut times = seen.times.get(kind).cloned().unwrap_or_default();
        times.sort_unstable();
        let errors = seen.errors.get(kind).copied().unwrap_or(0);
        line(kind, &times, errors, json!({}));
    }
    told
}

pub(super) async fn load(arguments: LoadArguments) -> Outcome<()> {
    if !arguments.mix {
        return Err(Failure::new(Kind::Usage, "what to play was not said")
            .hint("give --mix, an hour's acts"));
    }
    let base = local(&arguments.address)?;
    let told = told(&arguments.with)?;
    // A lead's list may be everyone there is, and an administrator has none.
    let able = told.workers.iter().filter(|w| w.role == "worker");
    let able: Vec<ToldWorker> = able.cloned().collect();
    if able.is_empty() {
        return Err(Failure::new(Kind::Usage, "no worker to sign in is told of"));
    }
    let seen = Shared::default();
    let spent = |of: &[u32]| -> Duration { of.iter().map(|p| cpu_of(&p.to_string())).sum() };
    let pace = Pace {
        until: Instant::now() + Duration::from_secs(arguments.seconds),
        pause: Duration::from_millis(1000 * EVERY * arguments.seconds / HOUR),
        hurry: arguments.hurry,
    };
    let (begun, before) = (Instant::now(), spent(&arguments.pid));
    let mut playing = Vec::new();
    for (number, told) in (0..arguments.workers).zip(able.iter().cycle()) {
        let browser = Browser::new(&base, &seen);
        playing.push(tokio::spawn(worker(browser, told.clone(), number, pace)));
    }
    for card in told.cards.iter().take(arguments.people) {
        let browser = Browser::new(&base, &seen);
        playing.push(tokio::spawn(person(browser, card.clone(), pace)));
    }
    let watched = (Arc::clone(&seen), arguments.pid.clone());
    let watch = tokio::spawn(async move {
        loop {
            let now = watched.1.iter().map(|p| memory_of(&p.to_string())).sum();
            note_memory(&watched.0, now);
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    });
    for one in playing {
        one.await
            .map_err(|e| Failure::io("someone playing stopped", &e))?;
    }
    watch.abort();
    let used = spent(&arguments.pid).saturating_sub(before);
    let results = {
        let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        results(&seen, begun.elapsed(), used)
    };
    let engine = if told.engine.is_empty() {
        "of the address"
    } else {
        &*told.engine
    };
    say_results("load", engine, &results, arguments.json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loaded() {
        assert!(local("http://127.0.0.1:8080/").is_ok());
        assert!(local("http://[::1]:8080").is_ok());
        for other in [
            "http://192.0.2.7:80",
            "https://127.0.0.1:8443",
            "http://example.org:80",
            "http://127.0.0.1@192.0.2.7:80",
        ] {
            assert!(local(other).is_err(), "{other}");
        }
    }

    #[test]
    fn forms_are_sent_as_browsers_do_and_lists_are_read() {
        assert_eq!(
            encoded(&[("q", "é &="), ("a", "1")]),
            "q=%C3%A9%20%26%3D&a=1"
        );
        let page = "<a href=\"/dossiers/ab\">x</a><a href=\"/dossiers/ab#e1\"><a href=\"/dossiers/cd/acces\">";
        assert_eq!(records(page), ["/dossiers/ab", "/dossiers/cd"]);
    }
}
