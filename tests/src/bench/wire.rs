//! A wire that counts: a TCP relay between phones and server, which can also be cut.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What went over the wire.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Traffic {
    /// Bytes from phone to server, heads and all.
    pub(crate) up_bytes: u64,
    /// Bytes from server to phone.
    pub(crate) down_bytes: u64,
    /// Requests.
    pub(crate) requests: u64,
}

#[derive(Debug, Default)]
struct Counters {
    up: AtomicU64,
    down: AtomicU64,
    requests: AtomicU64,
    is_cut: AtomicBool,
}

/// The wire.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    address: SocketAddr,
    counters: Arc<Counters>,
}

impl Wire {
    /// Lays a wire to the server.
    pub(crate) async fn lay(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let wire = Self { address: listener.local_addr()?, counters: Arc::default() };
        let counters = Arc::clone(&wire.counters);
        tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                let counters = Arc::clone(&counters);
                tokio::spawn(async move {
                    // A connection that breaks is what wires do.
                    let _ = relay(phone, server, &counters).await;
                });
            }
        });
        Ok(wire)
    }

    /// Its near end as the base of URLs.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Cuts or mends the wire.
    pub(crate) fn set_cut(&self, is_cut: bool) {
        self.counters.is_cut.store(is_cut, Ordering::SeqCst);
    }

    /// What went over it since it was asked last.
    pub(crate) fn take_traffic(&self) -> Traffic {
        Traffic {
            up_bytes: self.counters.up.swap(0, Ordering::SeqCst),
            down_bytes: self.counters.down.swap(0, Ordering::SeqCst),
            requests: self.counters.requests.swap(0, Ordering::SeqCst),
        }
    }
}

async fn relay(mut phone: TcpStream, server: SocketAddr, counters: &Counters) -> Result<()> {
    let mut far = TcpStream::connect(server).await?;
    let (mut up, mut down) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        let is_up;
        let count = tokio::select! {
            read = phone.read(&mut up) => { is_up = true; read? }
            read = far.read(&mut down) => { is_up = false; read? }
        };
        if count == 0 || counters.is_cut.load(Ordering::SeqCst) {
            return Ok(());
        }
        let moved = count as u64;
        if is_up {
            counters.up.fetch_add(moved, Ordering::SeqCst);
            if up.starts_with(b"POST ") {
                counters.requests.fetch_add(1, Ordering::SeqCst);
            }
            far.write_all(&up[..count]).await?;
            up[..5].fill(0);
        } else {
            counters.down.fetch_add(moved, Ordering::SeqCst);
            phone.write_all(&down[..count]).await?;
        }
    }
}
