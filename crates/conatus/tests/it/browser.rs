//! A browser over loopback: one connection a request, cookies kept, no redirect followed. An answer
//! that was cut short is no answer.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

/// What came back, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:?}\n{}", self.headers, self.text);
        self
    }

    /// What stands in the page between those two.
    #[track_caller]
    pub(crate) fn between(&self, start: &str, end: &str) -> String {
        let rest = self.text.split_once(start).map(|(_, rest)| rest);
        let found = rest.and_then(|rest| rest.split_once(end)).map(|(v, _)| v);
        found
            .unwrap_or_else(|| panic!("no {start:?} in\n{}", self.text))
            .to_owned()
    }
}

/// A browser on someone's device.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    pub(crate) port: u16,
    pub(crate) cookies: BTreeMap<String, String>,
    token: String,
}

fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() {
            all.push(char::from(byte));
        } else {
            write!(all, "%{byte:02X}").unwrap();
        }
        all
    })
}

fn cut() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

fn read_answer(bytes: &[u8]) -> io::Result<Answer> {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n");
    let (head, body) = bytes.split_at(end.ok_or_else(cut)?);
    let body = &body[4..];
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status = lines.next().and_then(|l| l.split(' ').nth(1)?.parse().ok());
    let headers: Vec<(String, String)> = lines
        .filter_map(|l| l.split_once(": "))
        .map(|(n, v)| (n.to_lowercase(), v.to_owned()))
        .collect();
    let answer = Answer {
        status: status.ok_or_else(cut)?,
        headers,
        text: String::from_utf8_lossy(body).into_owned(),
        bytes: body.to_vec(),
    };
    let length: Option<usize> = answer.header("content-length").and_then(|v| v.parse().ok());
    if length.is_some_and(|length| body.len() < length) {
        return Err(cut());
    }
    Ok(answer)
}

impl Browser {
    pub(crate) fn new(port: u16) -> Self {
        Self {
            port,
            cookies: BTreeMap::new(),
            token: String::new(),
        }
    }

    fn send(
        &mut self,
        method: &str,
        path: &str,
        body: Option<(&str, &[u8])>,
    ) -> io::Result<Answer> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        // HTTP/1.0: the server closes where the answer ends, and never sends it in chunks.
        let mut request = format!("{method} {path} HTTP/1.0\r\nHost: {address}\r\n");
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            write!(request, "Cookie: {}\r\n", cookies.join("; ")).unwrap();
        }
        if let Some((kind, body)) = body {
            let length = body.len();
            write!(
                request,
                "Content-Type: {kind}\r\nSec-Fetch-Site: same-origin\r\nContent-Length: {length}\r\n"
            )
            .unwrap();
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes())?;
        if let Some((_, body)) = body {
            stream.write_all(body)?;
        }
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let answer = read_answer(&bytes)?;
        for (_, cookie) in answer.headers.iter().filter(|(n, _)| n == "set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if answer.text.contains("name=\"form_token\"") {
            self.token = answer.between("name=\"form_token\" value=\"", "\"");
        }
        Ok(answer)
    }

    /// Asks for a page; the server may die meanwhile.
    pub(crate) fn try_get(&mut self, path: &str) -> io::Result<Answer> {
        self.send("GET", path, None)
    }

    /// Sends a form with the token of the last one shown; the server may die meanwhile.
    pub(crate) fn try_post(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        let mut body = format!("form_token={}", encode(&self.token));
        for (name, value) in fields {
            write!(body, "&{name}={}", encode(value)).unwrap();
        }
        let kind = "application/x-www-form-urlencoded";
        self.send("POST", path, Some((kind, body.as_bytes())))
    }

    /// Sends a form with a file, as a browser does; the form's fields come first.
    pub(crate) fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        (name, content): (&str, &[u8]),
    ) -> io::Result<Answer> {
        let mut body = String::new();
        let token = ("form_token", self.token.as_str());
        for (name, value) in std::iter::once(&token).chain(fields) {
            let head = "--limit\r\nContent-Disposition: form-data; name=";
            write!(body, "{head}\"{name}\"\r\n\r\n{value}\r\n").unwrap();
        }
        let head = "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=";
        write!(body, "{head}\"{name}\"\r\n\r\n").unwrap();
        let body = [body.as_bytes(), content, b"\r\n--limit--\r\n"].concat();
        let kind = "multipart/form-data; boundary=limit";
        self.send("POST", path, Some((kind, &body)))
    }

    /// Sends JSON as a program does, with its key.
    pub(crate) fn calculate(&mut self, path: &str, key: &str, body: &str) -> Answer {
        // The end of the line after the kind is where another header may begin.
        let kind = format!("application/json\r\nAuthorization: Bearer {key}");
        self.send("POST", path, Some((&kind, body.as_bytes())))
            .unwrap()
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.try_get(path).unwrap()
    }

    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.try_post(path, fields).unwrap()
    }
}
