//! The catalogue's commands, against files and a server of a few lines.

use crate::installation::{Ran, free_port, program, run};
use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

/// A page of JSON as the npm package holds it.
fn page(id: &str, title: &str) -> String {
    format!(
        r#"{{"id":"{id}","children":[{{"type":"element","name":"Publication","attributes":{{"ID":"{id}","type":"Fiche d'information"}},"children":[
        {{"type":"element","name":"dc:title","children":[{{"type":"text","text":"{title}"}}]}},
        {{"type":"element","name":"dc:date","children":[{{"type":"text","text":"modified 2020-10-30"}}]}}]}}]}}"#
    )
}

fn tgz(files: &[(&str, String)]) -> Vec<u8> {
    let packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let mut builder = tar::Builder::new(packed);
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        let path = format!("package/data/particuliers/{name}.json");
        builder
            .append_data(&mut header, path, text.as_bytes())
            .unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn conatus(data: &Path, arguments: &[&str], url: &str) -> Ran {
    let mut command = program();
    command.arg("--data").arg(data).arg("catalogue");
    command.args(arguments);
    if !url.is_empty() {
        command.env("CONATUS_CATALOGUE_URL", url);
    }
    run(command, "")
}

#[test]
fn an_edition_comes_in_is_listed_and_searched() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let sample = conatus(
        &data,
        &["search", "--json", "sans", "papiers", "se", "soigner"],
        "",
    )
    .gives(0);
    assert_eq!(sample.json()[0], "EX2");
    let good = folder.path().join("vosdroits-2021-02-03.tgz");
    let pages = [
        ("F1", page("F1", "Carte Vitale")),
        ("F2", page("F2", "Logement social")),
    ];
    fs::write(&good, tgz(&pages)).unwrap();
    conatus(&data, &["import", good.to_str().unwrap()], "").gives(0);
    let listed = conatus(&data, &["list"], "").gives(0);
    assert!(
        listed.out.contains("2021-02-03") && listed.out.contains("in use"),
        "{listed:?}"
    );
    let found = conatus(&data, &["search", "--json", "cart vital"], "").gives(0);
    assert_eq!(found.json(), serde_json::json!(["F1"]));
    // A broken file among good ones is told; the rest is in use.
    let mixed = folder.path().join("mixed.tgz");
    let pages = [
        ("F1", page("F1", "Carte Vitale perdue")),
        ("F3", "{".to_owned()),
    ];
    fs::write(&mixed, tgz(&pages)).unwrap();
    conatus(
        &data,
        &["import", "--date", "2021-03-01", mixed.to_str().unwrap()],
        "",
    )
    .gives(1)
    .tells("F3.json");
    // What is no archive changes nothing.
    let bad = folder.path().join("bad.zip");
    fs::write(&bad, "PK rien").unwrap();
    conatus(&data, &["import", bad.to_str().unwrap()], "")
        .gives(1)
        .tells("stays");
    conatus(&data, &["import", "nulle-part.zip"], "").gives(5);
    let found = conatus(&data, &["search", "perdue"], "").gives(0);
    assert!(found.out.starts_with("F1"), "{found:?}");
}

/// What a server answers with, and what it was asked.
struct Served {
    archive: Vec<u8>,
    etag: &'static str,
    /// Cuts the next whole answer after that many bytes.
    cut: Option<usize>,
    asked: Vec<String>,
}

fn serve(served: Arc<Mutex<Served>>) -> u16 {
    let port = free_port();
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = Vec::new();
            let mut byte = [0];
            while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                asked.push(byte[0]);
            }
            let asked = String::from_utf8_lossy(&asked).to_lowercase();
            let mut served = served.lock().unwrap();
            served.asked.push(asked.clone());
            let all = served.archive.clone();
            let head = format!("etag: {}\r\nconnection: close\r\n", served.etag);
            let mut answer = if asked.starts_with("get /ailleurs") {
                b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
                    .to_vec()
            } else if asked.contains(&format!("if-none-match: {}", served.etag)) {
                format!("HTTP/1.1 304 Not Modified\r\n{head}\r\n").into_bytes()
            } else if let Some(from) = asked
                .split("range: bytes=")
                .nth(1)
                .filter(|_| asked.contains(&format!("if-range: {}", served.etag)))
            {
                let from: usize = from.split('-').next().unwrap().parse().unwrap();
                let rest = &all[from..];
                let mut answer = format!(
                    "HTTP/1.1 206 Partial\r\n{head}content-range: bytes {from}-{}/{}\r\ncontent-length: {}\r\n\r\n",
                    all.len() - 1, all.len(), rest.len()
                ).into_bytes();
                answer.extend_from_slice(rest);
                answer
            } else {
                let mut answer = format!(
                    "HTTP/1.1 200 OK\r\n{head}content-length: {}\r\n\r\n",
                    all.len()
                )
                .into_bytes();
                answer.extend_from_slice(&all);
                answer
            };
            if let Some(cut) = served.cut.take() {
                answer.truncate(answer.len() - all.len() + cut);
            }
            let _ = stream.write_all(&answer);
        }
    });
    port
}

#[test]
fn an_edition_is_fetched_once_taken_up_where_it_was_cut_and_only_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let served = Arc::new(Mutex::new(Served {
        archive: tgz(&[("F1", page("F1", "Carte Vitale"))]),
        etag: "\"un\"",
        cut: Some(40),
        asked: Vec::new(),
    }));
    let port = serve(Arc::clone(&served));
    let url = format!("http://127.0.0.1:{port}/vosdroits-latest.zip");
    conatus(&data, &["fetch"], &url).gives(5).tells("goes on");
    assert!(
        !conatus(&data, &["list"], "")
            .gives(0)
            .out
            .contains("in use")
    );
    conatus(&data, &["fetch"], &url)
        .gives(0)
        .tells("after 40 bytes");
    assert!(
        conatus(&data, &["list"], "")
            .gives(0)
            .out
            .contains("in use")
    );
    conatus(&data, &["fetch"], &url)
        .gives(0)
        .tells("Nothing new");
    served.lock().unwrap().etag = "\"deux\"";
    conatus(&data, &["fetch"], &url)
        .gives(0)
        .tells("same edition");
    served.lock().unwrap().archive = tgz(&[
        ("F1", page("F1", "Carte Vitale")),
        ("F2", page("F2", "Logement")),
    ]);
    served.lock().unwrap().etag = "\"trois\"";
    conatus(&data, &["fetch"], &url).gives(0).tells("2 pages");
    // A broken archive leaves the edition in use, and is asked for anew.
    served.lock().unwrap().archive = b"rien".to_vec();
    served.lock().unwrap().etag = "\"quatre\"";
    conatus(&data, &["fetch"], &url).gives(1);
    let found = conatus(&data, &["search", "--json", "logement"], "").gives(0);
    assert_eq!(found.json(), serde_json::json!(["F2"]));
    // Neither elsewhere, nor in clear to another machine, nor without an address.
    let away = format!("http://127.0.0.1:{port}/ailleurs");
    conatus(&data, &["fetch"], &away)
        .gives(2)
        .tells("elsewhere");
    conatus(&data, &["fetch"], "http://exemple.fr/a.zip")
        .gives(2)
        .tells("https");
    conatus(&data, &["fetch"], "")
        .gives(2)
        .tells("catalogue_url");
    let asked = served.lock().unwrap().asked.concat();
    assert!(!asked.contains("cookie") && asked.contains("user-agent: conatus"));
}

#[test]
fn the_whole_edition_comes_in_within_its_memory_and_time() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/catalogue/vosdroits-particuliers-2020-10-30.zip");
    if !file.exists() {
        eprintln!("skipped: the whole edition is not beside the project");
        return;
    }
    let mut command = program();
    command.args(["bench", "catalogue", "--json", "--rounds", "1"]);
    command.arg(file);
    let measured = run(command, "").gives(0).json();
    let measured = &measured["results"][0];
    let of = |name: &str| measured[name].as_f64().unwrap();
    assert_eq!(measured["pages"], 4873);
    // Measured: 62 MB and 5 s, in a program that is not optimised.
    assert!(of("import_peak_mb") < 300.0, "{measured}");
    assert!(of("import_s") < 60.0, "{measured}");
    assert!(of("rest_mb") < 60.0, "{measured}");
}
