//! A bare HTTP client, so that a test may send what no decent client would.

use std::net::SocketAddr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sync::wire::{UNPACKED_LIMIT_BYTES, codec};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The stable code of a refusal.
    pub(crate) fn code(&self) -> String {
        let json: serde_json::Value = serde_json::from_slice(&self.body).expect("a refusal is JSON");
        json["code"].as_str().expect("a code").to_owned()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    /// The message inside; only for a response that succeeded.
    pub(crate) fn message<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        codec::decode(&self.body, UNPACKED_LIMIT_BYTES).expect("a message")
    }
}

pub(crate) async fn get(addr: SocketAddr, path: &str) -> Response {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
    exchange(addr, head.into_bytes()).await
}

pub(crate) async fn get_with(addr: SocketAddr, path: &str, token: &str) -> Response {
    let head =
        format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n");
    exchange(addr, head.into_bytes()).await
}

pub(crate) async fn post(addr: SocketAddr, path: &str, token: Option<&str>, body: &[u8]) -> Response {
    exchange(addr, post_request(addr, path, token, body, body.len(), "")).await
}

/// With more header fields: each line ends with `\r\n`.
pub(crate) async fn post_with(addr: SocketAddr, path: &str, fields: &str, body: &[u8]) -> Response {
    exchange(addr, post_request(addr, path, None, body, body.len(), fields)).await
}

/// A request of which a part has been sent.
pub(crate) struct Begun {
    stream: TcpStream,
    rest: Vec<u8>,
}

/// Connects and sends the head and so many bytes of the body.
pub(crate) async fn begin_post(
    addr: SocketAddr,
    path: &str,
    token: Option<&str>,
    body: &[u8],
    sent_bytes: usize,
) -> Begun {
    let mut stream = TcpStream::connect(addr).await.expect("the server listens");
    let whole = post_request(addr, path, token, body, body.len(), "");
    let (first, rest) = whole.split_at(whole.len() - body.len() + sent_bytes);
    stream.write_all(first).await.expect("sent");
    Begun { stream, rest: rest.to_vec() }
}

impl Begun {
    /// Sends what is left and reads the answer.
    pub(crate) async fn finish(mut self) -> Response {
        self.stream.write_all(&self.rest).await.expect("sent");
        self.read_answer().await
    }

    /// Reads the answer to what was sent.
    pub(crate) async fn read_answer(mut self) -> Response {
        let mut answer = Vec::new();
        let _ = self.stream.read_to_end(&mut answer).await;
        read_response(&answer)
    }
}

/// Announces more than it sends and hangs up.
pub(crate) async fn post_cut_off(addr: SocketAddr, path: &str, token: Option<&str>, body: &[u8]) {
    let mut stream = TcpStream::connect(addr).await.expect("the server listens");
    stream.write_all(&post_request(addr, path, token, body, body.len() + 100, "")).await.expect("sent");
    stream.shutdown().await.expect("hung up");
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
}

fn post_request(
    addr: SocketAddr,
    path: &str,
    token: Option<&str>,
    body: &[u8],
    length_bytes: usize,
    fields: &str,
) -> Vec<u8> {
    let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n{authorization}{fields}Content-Length: {length_bytes}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

pub(crate) async fn post_message(
    addr: SocketAddr,
    path: &str,
    token: Option<&str>,
    message: &impl Serialize,
) -> Response {
    post(addr, path, token, &codec::encode(message).expect("a body")).await
}

/// Sends everything, reads to the end.
async fn exchange(addr: SocketAddr, request: Vec<u8>) -> Response {
    let stream = TcpStream::connect(addr).await.expect("the server listens");
    let (mut reading, mut writing) = stream.into_split();
    // The server may answer and close before it has read all of an over-large body.
    let sending = tokio::spawn(async move {
        let _ = writing.write_all(&request).await;
        writing
    });
    let mut answer = Vec::new();
    let _ = reading.read_to_end(&mut answer).await;
    drop(sending);
    read_response(&answer)
}

fn read_response(answer: &[u8]) -> Response {
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a response has a head");
    let head = String::from_utf8(answer[..split].to_vec()).expect("an ASCII head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Response { status, head, body: answer[split + 4..].to_vec() }
}

/// A stream of server-sent events, as it comes.
pub(crate) struct Listening {
    pub(crate) status: u16,
    pub(crate) head: String,
    lines: tokio::io::Lines<BufReader<TcpStream>>,
    has_ended_well: bool,
}

/// Asks for a stream of events and reads the head of the answer.
pub(crate) async fn listen(addr: SocketAddr, path: &str, token: Option<&str>) -> Listening {
    let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let mut stream = TcpStream::connect(addr).await.expect("the server listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\n{authorization}\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut lines = BufReader::new(stream).lines();
    let mut head = String::new();
    while let Some(line) = lines.next_line().await.expect("a head").filter(|line| !line.is_empty()) {
        head = head + &line + "\n";
    }
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Listening { status, head: head.to_lowercase(), lines, has_ended_well: false }
}

impl Listening {
    /// The next line that begins like this, without that beginning; `None` when the stream has ended.
    pub(crate) async fn next(&mut self, beginning: &str) -> Option<String> {
        let within = std::time::Duration::from_secs(60);
        loop {
            let line = tokio::time::timeout(within, self.lines.next_line()).await.expect("something comes, or the end");
            let line = line.ok().flatten()?;
            if let Some(rest) = line.strip_prefix(beginning) {
                return Some(rest.to_owned());
            }
            // The last chunk; the connection stays open for another request.
            if line == "0" {
                self.has_ended_well = true;
                return None;
            }
        }
    }

    /// Reads to the end; whether the server ended it in form, and not by cutting the line.
    pub(crate) async fn ends_well(mut self) -> bool {
        while self.next("data: ").await.is_some() {}
        self.has_ended_well
    }
}
