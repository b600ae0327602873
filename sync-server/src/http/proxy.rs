//! For whom a connection speaks: its own address, or behind a proxy that the installation trusts the one that the
//! proxy names.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use axum::http::HeaderMap;

/// Where a proxy says for whom it asks.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that a request comes from, as an extension of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

/// A proxy, or a network of them, whose word about the client's address is believed: `192.0.2.7` or `192.0.2.0/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustedProxy {
    network: IpAddr,
    prefix_bits: u32,
}

/// A text that names no address and no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("应为地址或网段，如 192.0.2.7 或 192.0.2.0/24")]
pub struct ProxyError;

impl FromStr for TrustedProxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let network: IpAddr = address.trim().parse().map_err(|_| ProxyError)?;
        let width = width_of(network);
        let prefix_bits = bits.map_or(Ok(width), |bits| bits.trim().parse()).map_err(|_| ProxyError)?;
        // A network of everybody trusts nobody in particular: that is a mistake, not a setting.
        if prefix_bits == 0 || prefix_bits > width {
            return Err(ProxyError);
        }
        Ok(Self { network, prefix_bits })
    }
}

impl fmt::Display for TrustedProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix_bits)
    }
}

impl TrustedProxy {
    fn contains(&self, address: IpAddr) -> bool {
        let shift = width_of(self.network) - self.prefix_bits;
        width_of(address) == width_of(self.network) && bits_of(address) >> shift == bits_of(self.network) >> shift
    }
}

fn width_of(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn bits_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// Whether the peer is a trusted proxy.
pub(crate) fn is_trusted(proxies: &[TrustedProxy], peer: IpAddr) -> bool {
    let peer = peer.to_canonical();
    proxies.iter().any(|proxy| proxy.contains(peer))
}

/// The address that a request comes from. Each proxy appends the address that it was asked from, so the list is read
/// from its end, as far as trusted proxies reach; what stands before that is the client's own claim.
pub(crate) fn find_client(proxies: &[TrustedProxy], peer: SocketAddr, headers: &HeaderMap) -> ClientAddress {
    let mut client = peer.ip().to_canonical();
    let fields: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().filter_map(|field| field.to_str().ok()).collect();
    for named in fields.iter().rev().flat_map(|field| field.rsplit(',')) {
        if !is_trusted(proxies, client) {
            break;
        }
        let Some(address) = read_address(named.trim()) else { break };
        client = address.to_canonical();
    }
    ClientAddress(client)
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn read_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// What counts as one place on the network: an IPv4 address, or the 64 bits that a household or an office is given.
pub(crate) fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &[&str], peer: &str, fields: &[&str]) -> String {
        let proxies: Vec<TrustedProxy> = proxies.iter().map(|text| text.parse().expect("a proxy")).collect();
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(FORWARDED_FOR, field.parse().expect("a value"));
        }
        find_client(&proxies, SocketAddr::new(peer.parse().expect("an address"), 7), &headers).0.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_about_who_asked_it() {
        let edge = ["192.0.2.7", "10.1.0.0/16"];
        assert_eq!(client(&[], "192.0.2.7", &["203.0.113.9"]), "192.0.2.7", "nobody is trusted by default");
        assert_eq!(client(&edge, "203.0.113.5", &["203.0.113.9"]), "203.0.113.5", "a client's own claim");
        assert_eq!(client(&edge, "192.0.2.7", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(client(&edge, "192.0.2.7", &["198.51.100.1, 203.0.113.9"]), "203.0.113.9", "the rest is claimed");
        assert_eq!(client(&edge, "192.0.2.7", &["203.0.113.9, 10.1.2.3"]), "203.0.113.9", "through two proxies");
        assert_eq!(client(&edge, "192.0.2.7", &["198.51.100.1", "203.0.113.9"]), "203.0.113.9", "two fields");
        assert_eq!(client(&edge, "::ffff:192.0.2.7", &["203.0.113.9:4711"]), "203.0.113.9");
        assert_eq!(client(&edge, "192.0.2.7", &["[2001:db8::9]"]), "2001:db8::9");
        assert_eq!(client(&edge, "192.0.2.7", &["unknown"]), "192.0.2.7");
        assert_eq!(client(&edge, "192.0.2.7", &[]), "192.0.2.7");
    }

    #[test]
    fn a_network_is_an_address_with_a_width() {
        for wrong in ["", "proxy", "192.0.2.0/33", "192.0.2.0/0", "2001:db8::/129", "192.0.2.0/", "/24"] {
            assert_eq!(wrong.parse::<TrustedProxy>(), Err(ProxyError), "{wrong}");
        }
        let network: TrustedProxy = "2001:db8::/32".parse().expect("a network");
        assert!(network.contains("2001:db8:1::1".parse().expect("an address")));
        assert!(!network.contains("2001:db9::1".parse().expect("an address")));
        assert!(!network.contains("192.0.2.1".parse().expect("an address")));
    }

    #[test]
    fn the_addresses_of_one_office_count_as_one() {
        let network = |text: &str| network_of(text.parse().expect("an address")).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
