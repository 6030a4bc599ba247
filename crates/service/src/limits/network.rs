//! The network that a request comes from. The address itself is neither stored nor logged. A network is recognised by a keyed hash for
//! as long as the key lasts.

use std::net::{IpAddr, Ipv6Addr};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The prefix length, in bits, of the network that one IPv6 subscriber has.
const SUBSCRIBER_PREFIX: u32 = 64;

/// A client's network: one IPv4 address, or an IPv6 /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Network(IpAddr);

impl Network {
    /// Returns the network of an address.
    pub(crate) fn of(address: IpAddr) -> Self {
        Self::with_prefix(address, SUBSCRIBER_PREFIX)
    }

    /// Returns the network with a prefix of `bits` that contains an IPv6 address. An IPv4 address is its own network.
    fn with_prefix(address: IpAddr, bits: u32) -> Self {
        match address {
            IpAddr::V4(_) => Self(address),
            IpAddr::V6(v6) => Self(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << (128 - bits))).into()),
        }
    }

    /// Returns the larger network with a prefix of `bits` that contains this one. `None` for IPv4: its addresses are too scarce for one
    /// sender to have many.
    pub(crate) fn containing(self, bits: u32) -> Option<Self> {
        self.0.is_ipv6().then(|| Self::with_prefix(self.0, bits))
    }

    /// Returns the keyed hash that is stored in place of the address: 16 bytes in hexadecimal.
    pub(crate) fn hash(self, key: &[u8; 32]) -> String {
        // HMAC pads a key shorter than its block with zeros.
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(key);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(self.0.to_string().as_bytes());
        HEXLOWER.encode(&mac.finalize().into_bytes()[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_recognised_with_the_same_key_only() {
        let network = |text: &str| Network::of(text.parse().expect("an address"));
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("2001:db8:1:2::1").containing(48), network("2001:db8:1:ffff::1").containing(48));
        assert_ne!(network("2001:db8:1:2::1").containing(48), network("2001:db8:2:2::1").containing(48));
        assert_eq!(network("192.0.2.1").containing(48), None);
        let hash = network("192.0.2.1").hash(&[1; 32]);
        assert_eq!((hash.len(), &hash), (32, &network("192.0.2.1").hash(&[1; 32])));
        assert_ne!(hash, network("192.0.2.1").hash(&[2; 32]));
    }
}
