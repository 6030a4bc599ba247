//! Where a request comes from, with trusted proxies taken into account.
//!
//! Headers are read as bytes: a byte that is not ASCII must not hide the rest of the line.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use actix_web::HttpRequest;
use actix_web::http::header;
use ipnet::IpNet;

use super::network::Network;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The trusted proxies: web servers in front of this service whose `X-Forwarded-For` header is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

/// The error for a text that is neither an address nor a range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an IP address nor a range of them, such as \"127.0.0.1\" or \"10.0.0.0/8\"")]
pub struct InvalidRange(pub String);

/// The origin of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    /// The client's address: the peer's own, or the one that a trusted proxy names.
    Address(IpAddr),
    /// A trusted proxy names an address that cannot be parsed, or names only further proxies.
    Unreadable,
    /// A trusted proxy names no address: its configuration lacks the header.
    Unnamed(IpAddr),
    /// The connection has no address, as in tests without a socket.
    NoPeer,
}

/// The loopback addresses.
impl Default for Proxies {
    fn default() -> Self {
        Self::parse(["127.0.0.0/8", "::1"]).unwrap_or(Self(Vec::new()))
    }
}

impl Proxies {
    /// Trusts no proxy: the peer is the client.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// Parses addresses and ranges, as the settings give them.
    pub fn parse<'a>(ranges: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidRange> {
        let range = |text: &str| {
            let address = IpAddr::from_str(text).map(IpNet::from).ok();
            address.or_else(|| text.parse().ok()).ok_or_else(|| InvalidRange(text.to_owned()))
        };
        ranges.into_iter().map(range).collect::<Result<_, _>>().map(Self)
    }

    /// Returns the peer if it has a private address, sends `X-Forwarded-For` and is not trusted. It is most likely a web server that the
    /// settings do not name: clients from the internet have no such address.
    pub(crate) fn untrusted_proxy(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip().to_canonical();
        let is_private = match peer {
            IpAddr::V4(v4) => v4.is_private() || v4.is_loopback(),
            IpAddr::V6(v6) => v6.is_unique_local() || v6.is_loopback(),
        };
        (is_private && !self.trusts(peer) && request.headers().contains_key(FORWARDED_FOR)).then_some(peer)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.contains(&address))
    }

    /// Returns the rightmost address that is not a trusted proxy. The addresses to its left were written by the client itself.
    fn client(&self, peer: IpAddr, forwarded: &[&[u8]]) -> Client {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return Client::Address(peer);
        }
        let hops = forwarded.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
        // A list may have empty elements, which mean nothing (RFC 9110, section 5.6.1).
        let mut hops = hops.filter(|hop| !hop.is_empty()).peekable();
        if hops.peek().is_none() {
            return Client::Unnamed(peer);
        }
        // An element that is not an address ends the search: no proxy vouches for what stands to its left.
        let found = hops.map(parse_hop).find(|hop| !hop.is_some_and(|hop| self.trusts(hop)));
        found.flatten().map_or(Client::Unreadable, Client::Address)
    }
}

impl Client {
    pub(crate) fn of(request: &HttpRequest, proxies: &Proxies) -> Self {
        let Some(peer) = request.peer_addr() else { return Self::NoPeer };
        let forwarded: Vec<&[u8]> = request.headers().get_all(FORWARDED_FOR).map(header::HeaderValue::as_bytes).collect();
        proxies.client(peer.ip(), &forwarded)
    }

    /// The address, if it is known.
    pub(crate) fn address(self) -> Option<IpAddr> {
        if let Self::Address(address) = self { Some(address) } else { None }
    }

    /// The network, if it is known.
    pub(crate) fn network(self) -> Option<Network> {
        self.address().map(Network::of)
    }
}

/// Parses an element of `X-Forwarded-For`. Some proxies append the port.
fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?;
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().or_else(|| text.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let proxies = Proxies::parse(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]).expect("ranges");
        let at = |text: &str| Client::Address(text.parse().expect("an address"));
        let unnamed = |text: &str| Client::Unnamed(text.parse().expect("an address"));
        for (peer, forwarded, origin) in [
            ("198.51.100.7", &[&b"203.0.113.9"[..]][..], at("198.51.100.7")),
            ("198.51.100.7", &[b"\xff"], at("198.51.100.7")),
            ("127.0.0.1", &[b"203.0.113.9"], at("203.0.113.9")),
            ("127.0.0.1", &[b"1.1.1.1, 203.0.113.9, 10.1.2.3"], at("203.0.113.9")),
            ("127.0.0.1", &[b"1.1.1.1", b"203.0.113.9,10.1.2.3"], at("203.0.113.9")),
            ("127.0.0.1", &[b"203.0.113.9:4711"], at("203.0.113.9")),
            ("::ffff:127.0.0.1", &[b"[2001:db8::1]:4711"], at("2001:db8::1")),
            ("127.0.0.1", &[b"::ffff:203.0.113.9"], at("203.0.113.9")),
            ("127.0.0.1", &[b"\xff, 203.0.113.9"], at("203.0.113.9")),
            ("127.0.0.1", &[b"\xff", b"203.0.113.9"], at("203.0.113.9")),
            ("127.0.0.1", &[b"nonsense, 203.0.113.9, 10.1.2.3"], at("203.0.113.9")),
            ("127.0.0.1", &[b"203.0.113.9,\t, "], at("203.0.113.9")),
            ("127.0.0.1", &[b"203.0.113.9, \xff"], Client::Unreadable),
            ("127.0.0.1", &[b"203.0.113.9", b"\xff"], Client::Unreadable),
            ("127.0.0.1", &[b"203.0.113.9, nonsense"], Client::Unreadable),
            ("127.0.0.1", &[b"10.0.0.1"], Client::Unreadable),
            ("127.0.0.1", &[b" , "], unnamed("127.0.0.1")),
            ("fd00::1", &[], unnamed("fd00::1")),
        ] {
            assert_eq!(proxies.client(peer.parse().expect("an address"), forwarded), origin, "{peer} {forwarded:?}");
        }
        assert_eq!(Proxies::parse(["10.0.0.0/33"]), Err(InvalidRange("10.0.0.0/33".into())));
    }
}
