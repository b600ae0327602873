//! The only HTTP client of the app, built in one place.
//!
//! Roots of trust are compiled in (and the site's own), because the platform's verifier needs a set-up that some
//! phones do not have. No proxy of the environment: the server stands in the district's own network. A redirect is
//! followed within the same host only, so that a token never travels elsewhere. Streams of hints have a connection of
//! their own, without a limit of time but with one of silence.

use std::error::Error as _;
use std::time::Duration;

use ::sync::machine::Failure;
use ::sync::wire::{CONTENT_TYPE, EVENTS_CONTENT_TYPE, SILENCE_HEADER, SILENCE_LIMIT_MS, UNPACKED_LIMIT_BYTES};
use reqwest::header::{ACCEPT, CONTENT_TYPE as CONTENT_TYPE_HEADER, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Response, StatusCode};

/// Longest wait for a connection: a phone that has a network gets through sooner.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest silence in the middle of a reply.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest request as a whole: a full batch on a slow link.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(180);
/// Longest wait for a stream of hints to open, from the connection to the head of the reply.
const OPEN_TIMEOUT: Duration = Duration::from_secs(5);
/// Shortest silence of a stream of hints that is believed: a link may be slow.
const SHORTEST_SILENCE_MS: u64 = 2_000;
/// Most redirects within one host.
const REDIRECTS: usize = 3;

/// A client that cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The site's certificate authority is not a PEM certificate.
    #[error("the site's certificate authority cannot be read")]
    SiteCa(#[source] reqwest::Error),
    /// The TLS set-up failed.
    #[error("the HTTP client cannot be built")]
    Build(#[source] reqwest::Error),
}

/// A reply that is not 200: the status, and the server's own code and detail if it sent any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
}

/// How a request ended without a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PostError {
    pub(crate) failure: Failure,
    pub(crate) refusal: Option<Refusal>,
}

impl From<Failure> for PostError {
    fn from(failure: Failure) -> Self {
        Self { failure, refusal: None }
    }
}

/// The client.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client,
    /// For streams.
    listener: Client,
}

/// A stream of events that is open.
pub(super) struct EventStream {
    response: Response,
    /// Longest silence.
    silence: Duration,
}

impl EventStream {
    /// The next piece, however cut; `None` at the end.
    pub(super) async fn next_piece(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let piece = tokio::time::timeout(self.silence, self.response.chunk()).await.map_err(|_| Failure::Timeout)?;
        Ok(piece.map_err(|error| read_error(&error))?.map(Vec::from))
    }
}

impl Http {
    /// Builds the client. `site_ca`: PEM certificates of the office's own authority.
    pub(crate) fn build(site_ca: Option<&[u8]>) -> Result<Self, ClientError> {
        // Another part of the process may have installed it already; it is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut roots: Vec<Certificate> =
            webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
        if let Some(pem) = site_ca {
            roots.extend(Certificate::from_pem_bundle(pem).map_err(ClientError::SiteCa)?);
        }
        let client = begin_client(roots.clone()).read_timeout(READ_TIMEOUT).timeout(REQUEST_TIMEOUT).build();
        let listener = begin_client(roots).build();
        Ok(Self { client: client.map_err(ClientError::Build)?, listener: listener.map_err(ClientError::Build)? })
    }

    /// Opens a stream of events.
    pub(super) async fn listen(&self, server: &str, path: &str, token: &str) -> Result<EventStream, PostError> {
        let request = self.listener.get(join(server, path)).header(ACCEPT, EVENTS_CONTENT_TYPE).bearer_auth(token);
        let response = tokio::time::timeout(OPEN_TIMEOUT, request.send()).await.map_err(|_| Failure::Timeout)?;
        let response = response.map_err(|error| read_error(&error))?;
        if response.status() != StatusCode::OK {
            let refusal = tokio::time::timeout(OPEN_TIMEOUT, read_refusal(response)).await;
            return Err(refusal.unwrap_or_else(|_| Failure::Server.into()));
        }
        let content_type = response.headers().get(CONTENT_TYPE_HEADER).and_then(|value| value.to_str().ok());
        if !content_type.is_some_and(|value| value.starts_with(EVENTS_CONTENT_TYPE)) {
            // A hotel's login page, or the like.
            return Err(Failure::Server.into());
        }
        let named_ms =
            response.headers().get(SILENCE_HEADER).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        let silence_ms = named_ms.unwrap_or(SILENCE_LIMIT_MS).clamp(SHORTEST_SILENCE_MS, SILENCE_LIMIT_MS);
        Ok(EventStream { response, silence: Duration::from_millis(silence_ms) })
    }

    /// Posts a message and reads the reply's body.
    pub(crate) async fn post(
        &self,
        server: &str,
        path: &str,
        token: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Vec<u8>, PostError> {
        let mut request = self.client.post(join(server, path)).header(CONTENT_TYPE_HEADER, CONTENT_TYPE).body(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.map_err(|error| read_error(&error))?;
        if response.status() == StatusCode::OK {
            return Ok(read_body(response).await?);
        }
        Err(read_refusal(response).await)
    }
}

// The one place that may: see clippy.toml.
#[allow(clippy::disallowed_methods)]
fn begin_client(roots: Vec<Certificate>) -> ClientBuilder {
    Client::builder().tls_certs_only(roots).no_proxy().redirect(stay_on_host()).connect_timeout(CONNECT_TIMEOUT)
}

fn join(server: &str, path: &str) -> String {
    format!("{}{path}", server.trim_end_matches('/'))
}

fn stay_on_host() -> Policy {
    Policy::custom(|attempt| {
        let is_same_host = attempt.previous().first().is_some_and(|first| {
            first.host_str() == attempt.url().host_str() && first.scheme() == attempt.url().scheme()
        });
        if is_same_host && attempt.previous().len() <= REDIRECTS { attempt.follow() } else { attempt.stop() }
    })
}

async fn read_body(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| read_error(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > UNPACKED_LIMIT_BYTES {
            return Err(Failure::MalformedReply);
        }
    }
    Ok(body)
}

/// Longest text of a refusal that is looked at.
const REFUSAL_BYTES: usize = 4_096;

async fn read_refusal(mut response: Response) -> PostError {
    let status = response.status();
    let retry_after_ms = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse::<u32>().ok())
        .map(|seconds| seconds.saturating_mul(1_000));
    let mut text = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        text.extend_from_slice(&chunk);
        if text.len() > REFUSAL_BYTES {
            break;
        }
    }
    let code = serde_json::from_slice::<serde_json::Value>(&text)
        .ok()
        .and_then(|value| value.get("code")?.as_str().map(str::to_owned))
        .unwrap_or_default();
    let failure = read_status(status.as_u16(), &code, retry_after_ms);
    PostError { failure, refusal: Some(Refusal { status: status.as_u16(), code }) }
}

/// What a status means for sync, with the code of our own server. A right is withdrawn only by its word; any other
/// refusal of this kind comes from something on the way (a hotel's login page, a proxy, a server that lost its header),
/// and sync must not stop for good over it.
#[must_use]
pub fn read_status(status: u16, code: &str, retry_after_ms: Option<u32>) -> Failure {
    match (status, code) {
        (401, "token_revoked") => Failure::Unauthorized,
        (401, "token_unknown") => Failure::TokenUnknown,
        (status, _) => read_number(status, retry_after_ms),
    }
}

const fn read_number(status: u16, retry_after_ms: Option<u32>) -> Failure {
    match status {
        400 | 415 | 422 => Failure::Rejected,
        413 => Failure::TooLarge,
        408 => Failure::Timeout,
        429 | 503 | 507 => Failure::Busy { retry_after_ms },
        _ => Failure::Server,
    }
}

fn read_error(error: &reqwest::Error) -> Failure {
    if is_untrusted(error) {
        Failure::Untrusted
    } else if error.is_connect() {
        Failure::Unreachable
    } else if error.is_timeout() {
        Failure::Timeout
    } else if error.is_builder() {
        // The server's address is no URL.
        Failure::Unreachable
    } else {
        Failure::Broken
    }
}

fn is_untrusted(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        let inner = error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        let tls = inner
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
            .or_else(|| error.downcast_ref::<rustls::Error>());
        if matches!(tls, Some(rustls::Error::InvalidCertificate(_))) {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_status_means() {
        for (status, failure) in [
            (400, Failure::Rejected),
            (401, Failure::Server),
            (403, Failure::Server),
            (404, Failure::Server),
            (413, Failure::TooLarge),
            (429, Failure::Busy { retry_after_ms: Some(5_000) }),
            (500, Failure::Server),
            (503, Failure::Busy { retry_after_ms: Some(5_000) }),
            (507, Failure::Busy { retry_after_ms: Some(5_000) }),
        ] {
            assert_eq!(read_status(status, "", Some(5_000)), failure, "{status}");
        }
    }

    /// Answers one request with this, and ends.
    fn answer_once(status: &str, body: &str) -> String {
        use std::io::{Read as _, Write as _};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody asks");
            let mut asked = Vec::new();
            let mut byte = [0];
            while !asked.ends_with(b"\r\n\r\nbody") && stream.read(&mut byte).is_ok_and(|count| count > 0) {
                asked.push(byte[0]);
            }
            stream.write_all(answer.as_bytes()).expect("answered");
        });
        address
    }

    #[test]
    fn only_our_own_server_can_withdraw_a_right() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let http = Http::build(None).expect("a client");
        for (status, body, failure) in [
            ("401 Unauthorized", r#"{"code":"token_revoked","detail":""}"#, Failure::Unauthorized),
            ("401 Unauthorized", r#"{"code":"token_unknown","detail":""}"#, Failure::TokenUnknown),
            ("401 Unauthorized", r#"{"code":"token_missing","detail":""}"#, Failure::Server),
            ("401 Unauthorized", "<html>请登录无线网络</html>", Failure::Server),
            ("403 Forbidden", "<html>blocked by the proxy</html>", Failure::Server),
            ("403 Forbidden", r#"{"code":"token_revoked"}"#, Failure::Server),
            ("401 Unauthorized", "", Failure::Server),
        ] {
            let server = answer_once(status, body);
            let posted = runtime.block_on(http.post(&server, "/sync/v1", Some("token"), b"body".to_vec()));
            assert_eq!(posted.expect_err("no message").failure, failure, "{status} {body}");
        }
    }

    #[test]
    fn a_site_authority_must_be_a_certificate() {
        assert!(Http::build(None).is_ok());
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(Http::build(Some(broken)).is_err());
    }
}
