//! Where a request comes from. The address itself is neither stored nor logged; a network is known again by a keyed hash, for as long
//! as the key lasts.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use actix_web::HttpRequest;
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
pub struct NoRange(pub String);

/// The network that a request comes from: one IPv4 address, or the /64 that an IPv6 line has to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Network(IpAddr);

/// This machine.
impl Default for Proxies {
    fn default() -> Self {
        Self::read(["127.0.0.0/8", "::1"]).unwrap_or(Self(Vec::new()))
    }
}

impl Proxies {
    /// Addresses and ranges, as the owner has written them.
    pub fn read<'a>(written: impl IntoIterator<Item = &'a str>) -> Result<Self, NoRange> {
        let range = |text: &str| {
            let one = IpAddr::from_str(text).map(IpNet::from).ok();
            one.or_else(|| text.parse().ok()).ok_or_else(|| NoRange(text.to_owned()))
        };
        written.into_iter().map(range).collect::<Result<_, _>>().map(Self)
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.contains(&address))
    }

    /// The rightmost address that is no proxy: what stands left of it, its sender has written himself. None: nobody says.
    fn origin(&self, peer: IpAddr, forwarded: &[&str]) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        if !self.trust(peer) {
            return Some(peer);
        }
        let mut passed = forwarded.iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim);
        // What is no address is nobody's word any more.
        passed.find_map(|hop| match address(hop) {
            Some(hop) if self.trust(hop) => None,
            other => Some(other),
        })?
    }
}

impl Network {
    /// None: it is not known, and nobody is to be taken for another one for it.
    pub(crate) fn of(request: &HttpRequest, proxies: &Proxies) -> Option<(Self, IpAddr)> {
        let forwarded: Vec<&str> = request.headers().get_all(FORWARDED).map(|line| line.to_str().unwrap_or_default()).collect();
        let address = proxies.origin(request.peer_addr()?.ip(), &forwarded)?;
        Some((Self::around(address), address))
    }

    pub(crate) fn around(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self(address),
            IpAddr::V6(v6) => Self(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into()),
        }
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
fn address(text: &str) -> Option<IpAddr> {
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
        for (peer, forwarded, origin) in [
            ("198.51.100.7", &["203.0.113.9"][..], Some("198.51.100.7")),
            ("127.0.0.1", &["203.0.113.9"], Some("203.0.113.9")),
            ("127.0.0.1", &["1.1.1.1, 203.0.113.9, 10.1.2.3"], Some("203.0.113.9")),
            ("127.0.0.1", &["1.1.1.1", "203.0.113.9,10.1.2.3"], Some("203.0.113.9")),
            ("127.0.0.1", &["203.0.113.9:4711"], Some("203.0.113.9")),
            ("::ffff:127.0.0.1", &["[2001:db8::1]:4711"], Some("2001:db8::1")),
            ("127.0.0.1", &["::ffff:203.0.113.9"], Some("203.0.113.9")),
            ("127.0.0.1", &["203.0.113.9, nonsense"], None),
            ("127.0.0.1", &["10.0.0.1"], None),
            ("fd00::1", &[], None),
        ] {
            let found = proxies.origin(peer.parse().expect("an address"), forwarded);
            assert_eq!(found, origin.map(|text| text.parse().expect("an address")), "{peer} {forwarded:?}");
        }
        assert_eq!(Proxies::read(["10.0.0.0/33"]), Err(NoRange("10.0.0.0/33".into())));
    }

    #[test]
    fn a_network_is_known_by_its_key_alone() {
        let network = |text: &str| Network::around(text.parse().expect("an address"));
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        let hash = network("192.0.2.1").hash(&[1; 32]);
        assert_eq!((hash.len(), &hash), (32, &network("192.0.2.1").hash(&[1; 32])));
        assert_ne!(hash, network("192.0.2.1").hash(&[2; 32]));
    }
}
