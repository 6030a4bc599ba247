//! Where a request comes from. The address itself is neither stored nor logged; a network is known again by a keyed hash, for as long
//! as the key lasts.
//!
//! Headers are read as bytes: one byte that is not ASCII must not hide the rest of the line.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use actix_web::HttpRequest;
use actix_web::http::header;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use ipnet::IpNet;
use sha2::Sha256;

const FORWARDED: &str = "x-forwarded-for";

/// Web servers in front of this one, whose word is taken for where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

/// What was written is neither an address nor a range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an IP address nor a range of them, such as \"127.0.0.1\" or \"10.0.0.0/8\"")]
pub struct InvalidRange(pub String);

/// The network that a request comes from: one IPv4 address, or the /64 that an IPv6 line has to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Network(IpAddr);

/// What a request says about where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    /// The address, by the peer's own or by the word of a proxy that is believed.
    At(IpAddr),
    /// A proxy that is believed names an address that cannot be read, or only further proxies.
    Unreadable,
    /// A proxy that is believed names nobody: its configuration lacks the header.
    Unnamed(IpAddr),
    /// The connection has no address, as in tests without a socket.
    NoPeer,
}

/// This machine.
impl Default for Proxies {
    fn default() -> Self {
        Self::read(["127.0.0.0/8", "::1"]).unwrap_or(Self(Vec::new()))
    }
}

impl Proxies {
    /// Nobody is believed: who connects is who asks.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// Addresses and ranges, as the owner has written them.
    pub fn read<'a>(written: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidRange> {
        let range = |text: &str| {
            let one = IpAddr::from_str(text).map(IpNet::from).ok();
            one.or_else(|| text.parse().ok()).ok_or_else(|| InvalidRange(text.to_owned()))
        };
        written.into_iter().map(range).collect::<Result<_, _>>().map(Self)
    }

    /// The peer, if it lies in a private network and says for whom it asks, and is not believed: a web server, by all appearances, that
    /// the settings do not name. Strangers have no such address.
    pub(crate) fn unlisted(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip().to_canonical();
        let is_private = match peer {
            IpAddr::V4(v4) => v4.is_private() || v4.is_loopback(),
            IpAddr::V6(v6) => v6.is_unique_local() || v6.is_loopback(),
        };
        (is_private && !self.trust(peer) && request.headers().contains_key(FORWARDED)).then_some(peer)
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.contains(&address))
    }

    /// The rightmost address that is no proxy: what stands left of it, its sender has written himself.
    fn origin(&self, peer: IpAddr, forwarded: &[&[u8]]) -> Client {
        let peer = peer.to_canonical();
        if !self.trust(peer) {
            return Client::At(peer);
        }
        let hops = forwarded.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
        // A list may have empty elements, which mean nothing (RFC 9110, section 5.6.1).
        let mut hops = hops.filter(|hop| !hop.is_empty()).peekable();
        if hops.peek().is_none() {
            return Client::Unnamed(peer);
        }
        // What is no address ends the search: whatever stands left of it, no proxy vouches for.
        let found = hops.map(address).find(|hop| !hop.is_some_and(|hop| self.trust(hop)));
        found.flatten().map_or(Client::Unreadable, Client::At)
    }
}

impl Client {
    pub(crate) fn of(request: &HttpRequest, proxies: &Proxies) -> Self {
        let Some(peer) = request.peer_addr() else { return Self::NoPeer };
        let forwarded: Vec<&[u8]> = request.headers().get_all(FORWARDED).map(header::HeaderValue::as_bytes).collect();
        proxies.origin(peer.ip(), &forwarded)
    }

    /// The address, if it is known.
    pub(crate) fn address(self) -> Option<IpAddr> {
        if let Self::At(address) = self { Some(address) } else { None }
    }

    /// The network, if it is known.
    pub(crate) fn network(self) -> Option<Network> {
        self.address().map(Network::around)
    }
}

impl Network {
    pub(crate) fn around(address: IpAddr) -> Self {
        Self::wide(address, 64)
    }

    /// The network with a prefix of `bits` that an IPv6 address is in; an IPv4 address is its own network.
    fn wide(address: IpAddr, bits: u32) -> Self {
        match address {
            IpAddr::V4(_) => Self(address),
            IpAddr::V6(v6) => Self(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << (128 - bits))).into()),
        }
    }

    /// The larger network with a prefix of `bits` around it. None for IPv4, where addresses are too few for one sender to have many.
    pub(crate) fn within(self, bits: u32) -> Option<Self> {
        self.0.is_ipv6().then(|| Self::wide(self.0, bits))
    }

    /// What is kept of it.
    pub(crate) fn hash(self, key: &[u8; 32]) -> String {
        // A short key is one that is followed by zeros.
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(key);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(self.0.to_string().as_bytes());
        HEXLOWER.encode(&mac.finalize().into_bytes()[..16])
    }
}

/// Some write the port behind it.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?;
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().or_else(|| text.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_is_believed() {
        let proxies = Proxies::read(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]).expect("ranges");
        let at = |text: &str| Client::At(text.parse().expect("an address"));
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
            assert_eq!(proxies.origin(peer.parse().expect("an address"), forwarded), origin, "{peer} {forwarded:?}");
        }
        assert_eq!(Proxies::read(["10.0.0.0/33"]), Err(InvalidRange("10.0.0.0/33".into())));
    }

    #[test]
    fn a_network_is_known_by_its_key_alone() {
        let network = |text: &str| Network::around(text.parse().expect("an address"));
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("2001:db8:1:2::1").within(48), network("2001:db8:1:ffff::1").within(48));
        assert_ne!(network("2001:db8:1:2::1").within(48), network("2001:db8:2:2::1").within(48));
        assert_eq!(network("192.0.2.1").within(48), None);
        let hash = network("192.0.2.1").hash(&[1; 32]);
        assert_eq!((hash.len(), &hash), (32, &network("192.0.2.1").hash(&[1; 32])));
        assert_ne!(hash, network("192.0.2.1").hash(&[2; 32]));
    }
}
