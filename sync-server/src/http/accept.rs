//! Taking connections: the loop that accepts them, and what each of them may do.
//!
//! Why not the framework's own: it has no limit to how many there are or how long one says nothing.
//!
//! Flow: accept → a seat ([`Connections`]) → socket options → HTTP/1 with a time limit on each request's head → the
//! router, with the client's address in the request. The seat knows whether a request is under way, up to the last byte
//! of its answer, so that a stream of hints counts as work and a connection kept for later does not.
//!
//! Failure: a system without handles makes an idle connection go. At the end idle connections are closed at once,
//! others after the answer that is under way.
//!
//! Missing: HTTP/2 and TLS; a proxy speaks both.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tower::ServiceExt as _;

use super::connections::{Connections, RequestUnderWay, Room, Seat};
use super::proxy::{TrustedProxy, find_client, is_trusted};
use super::stall::StallGuard;
use crate::limits::{ConnectionLimits, HEAD_BYTES, HEAD_FIELDS, RESERVED_HANDLES};

/// How long to wait before accepting again when the system has no handle left.
const NO_HANDLE_PAUSE: Duration = Duration::from_millis(50);
/// From one log line about refused connections to the next: whoever causes them does not fill the disk.
const REFUSAL_LOG_PAUSE: Duration = Duration::from_secs(10);

/// How connections are served.
pub(crate) struct Edge {
    pub(crate) limits: ConnectionLimits,
    pub(crate) proxies: Vec<TrustedProxy>,
}

/// Lets the process open as many files as the system allows it to, and answers for how many connections that is
/// enough; `None` where the system does not say.
pub(crate) fn raise_handle_limit() -> Option<usize> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
        let allowed = if raised.is_ok() { maximum } else { current };
        allowed.map(|handles| usize::try_from(handles).unwrap_or(usize::MAX).saturating_sub(RESERVED_HANDLES).max(1))
    }
    #[cfg(not(unix))]
    None
}

/// Serves connections until `end`, then lets requests under way finish.
pub(crate) async fn serve(listener: TcpListener, router: Router, edge: Edge, end: impl Future<Output = ()>) {
    let ConnectionLimits { most, most_of_address, .. } = edge.limits;
    let connections = Arc::new(Connections::new(Room { most, most_of_address }));
    let edge = Arc::new(edge);
    let (ending, _) = watch::channel(false);
    // Ends when the last connection has dropped its half.
    let (alive, mut gone) = mpsc::channel::<Infallible>(1);
    let mut end = pin!(end);
    let mut last_told = None;
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut end => break,
            accepted = accept(&listener, &connections) => accepted,
        };
        let address = (!is_trusted(&edge.proxies, peer.ip())).then(|| peer.ip());
        let Some(seat) = connections.admit(address) else {
            if last_told.is_none_or(|told: Instant| told.elapsed() >= REFUSAL_LOG_PAUSE) {
                last_told = Some(Instant::now());
                tracing::warn!("connections are refused: all there may be have a request under way");
            }
            continue;
        };
        let (router, edge, ending, alive) = (router.clone(), Arc::clone(&edge), ending.subscribe(), alive.clone());
        tokio::spawn(async move {
            serve_connection(stream, peer, seat, router, &edge, ending).await;
            drop(alive);
        });
    }
    drop(listener);
    ending.send_replace(true);
    drop(alive);
    // Nothing is ever sent.
    let _ = gone.recv().await;
}

async fn accept(listener: &TcpListener, connections: &Connections) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                connections.make_room();
                tokio::time::sleep(NO_HANDLE_PAUSE).await;
            }
        }
    }
}

/// Whether the error concerns the connection that was to be accepted, and not the next one.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    seat: Seat,
    router: Router,
    edge: &Arc<Edge>,
    mut ending: watch::Receiver<bool>,
) {
    set_options(&stream, &edge.limits);
    let seat = Arc::new(seat);
    let (serving, settings) = (Arc::clone(&seat), Arc::clone(edge));
    let service =
        service_fn(move |request| answer(request, peer, Arc::clone(&serving), router.clone(), Arc::clone(&settings)));
    let io = TokioIo::new(StallGuard::new(stream, edge.limits.stall));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(edge.limits.head)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEAD_FIELDS)
        .serve_connection(io, service);
    let mut connection = pin!(connection);
    let mut is_leaving = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended");
                }
                break;
            }
            () = wait_to_leave(&seat, &mut ending), if !is_leaving => {
                if !seat.is_busy() {
                    break;
                }
                connection.as_mut().graceful_shutdown();
                is_leaving = true;
            }
        }
    }
}

async fn wait_to_leave(seat: &Seat, ending: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = seat.wait_to_go() => {}
        // A sender that is gone has ended as well.
        _ = ending.wait_for(|is_ending| *is_ending) => {}
    }
}

/// Options of the socket: a peer that is gone is noticed, a hint is not held back. A system that has none of them still
/// carries bytes.
fn set_options(stream: &TcpStream, limits: &ConnectionLimits) {
    let keep_alive = TcpKeepalive::new().with_time(limits.keep_alive).with_interval(limits.keep_alive / 4);
    let set = SockRef::from(stream).set_tcp_keepalive(&keep_alive).and_then(|()| stream.set_nodelay(true));
    if let Err(error) = set {
        tracing::debug!(%error, "a socket takes no options");
    }
}

async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    seat: Arc<Seat>,
    router: Router,
    edge: Arc<Edge>,
) -> Result<Response<Answer>, Infallible> {
    let under_way = seat.begin_request();
    let client = find_client(&edge.proxies, peer, request.headers());
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(client);
    let response = router.oneshot(request).await?;
    Ok(response.map(|body| Answer { body, _under_way: under_way }))
}

/// The body of an answer: the request is under way until it is sent or dropped.
struct Answer {
    body: Body,
    _under_way: RequestUnderWay,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The address of whoever made a request that did not come through [`serve`].
pub(crate) const NO_ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
