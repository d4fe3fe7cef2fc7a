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

    fn send(&mut self, method: &str, path: &str, body: Option<&str>) -> io::Result<Answer> {
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
        if let Some(body) = body {
            let length = body.len();
            request.push_str("Content-Type: application/x-www-form-urlencoded\r\n");
            write!(
                request,
                "Sec-Fetch-Site: same-origin\r\nContent-Length: {length}\r\n"
            )
            .unwrap();
        }
        write!(request, "\r\n{}", body.unwrap_or_default()).unwrap();
        stream.write_all(request.as_bytes())?;
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
        self.send("POST", path, Some(&body))
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.try_get(path).unwrap()
    }

    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.try_post(path, fields).unwrap()
    }
}
