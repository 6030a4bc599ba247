//! A rate limiter for requests that write, by network (the generic cell rate algorithm).
//!
//! `governor` implements the same algorithm, but its keyed state grows without bound until it is swept, and it cannot check several
//! limits before it counts against any of them. Here memory is bounded, and a request is counted against a /64, a /56 and a /48 or
//! against none.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ardoise_model::Timestamp;

use super::network::Network;

/// The name of this check in the log.
pub(crate) const LAYER: &str = "rate";
/// The maximum number of networks remembered for each kind of request. They take about 3 MB.
const MAX_NETWORKS: usize = 1 << 16;
/// The prefix lengths of the larger networks around an IPv6 /64, and the multiple of the limit that each may use. Providers hand out a
/// /56 or a /48, so one sender may have 65 536 networks of /64.
const LARGER_NETWORKS: [(u32, u32); 2] = [(56, 4), (48, 16)];

/// The number of comments that a network may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The number of comments accepted at once. 0: no limit.
    pub burst: u32,
    /// After a burst, the seconds between two comments. 0: no limit.
    pub seconds: u32,
}

/// Lets a school class behind one address through.
impl Default for Rate {
    fn default() -> Self {
        Self { burst: 10, seconds: 20 }
    }
}

/// The subject of a limit. All requests from an unknown network share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Unknown,
    Network(Network),
    Larger(Network, u32),
}

/// Limits one kind of request.
pub(crate) struct RateLimiter {
    /// Milliseconds between two requests in the long run. 0: no limit.
    interval: i64,
    burst: i64,
    /// For each key, the time in milliseconds at which its whole burst is available again.
    replenished_at: Mutex<HashMap<Key, i64>>,
}

impl RateLimiter {
    /// Creates a limiter that allows `factor` times the rate of comments.
    pub(crate) fn new(rate: Rate, factor: u32) -> Self {
        let interval = i64::from(rate.seconds).saturating_mul(1000) / i64::from(factor.max(1));
        Self { interval, burst: i64::from(rate.burst).saturating_mul(i64::from(factor)), replenished_at: Mutex::default() }
    }

    /// Counts one request, or returns the seconds until another is allowed.
    pub(crate) fn check(&self, network: Option<Network>, now: Timestamp) -> Result<(), u64> {
        if self.burst == 0 || self.interval == 0 {
            return Ok(());
        }
        let mut replenished_at = self.replenished_at.lock().unwrap_or_else(PoisonError::into_inner);
        self.evict(&mut replenished_at, now.0);
        let keys: Vec<_> = keys(network).collect();
        // Check all limits before counting against any: a request that one limit refuses must not count against another.
        let next = |(key, factor): &(Key, u32)| {
            self.next(replenished_at.get(key).copied(), i64::from(*factor), now.0).map(|moment| (*key, moment))
        };
        let moments = keys.iter().map(next).collect::<Result<Vec<_>, _>>()?;
        replenished_at.extend(moments);
        Ok(())
    }

    /// Returns the time to store after one more request under `factor` times the limit, or the seconds until that request is allowed.
    fn next(&self, replenished_at: Option<i64>, factor: i64, now: i64) -> Result<i64, u64> {
        let interval = (self.interval / factor).max(1);
        let latest = now.saturating_add(interval.saturating_mul(self.burst).saturating_mul(factor));
        // Clamp to the whole burst: after the clock was set back, the stored time may lie further ahead.
        let after = replenished_at.unwrap_or(now).clamp(now, latest).saturating_add(interval);
        if after > latest { Err(u64::try_from(after - latest).unwrap_or_default().div_ceil(1000)) } else { Ok(after) }
    }

    /// Removes networks whose burst is replenished. If the map is still full, removes those that have sent least.
    fn evict(&self, replenished_at: &mut HashMap<Key, i64>, now: i64) {
        for least in [now, now.saturating_add(self.interval)] {
            if replenished_at.len() < MAX_NETWORKS {
                return;
            }
            replenished_at.retain(|_, at| *at > least);
        }
        if replenished_at.len() >= MAX_NETWORKS {
            replenished_at.clear();
        }
    }
}

/// Returns every key that a request counts against, with its factor.
fn keys(network: Option<Network>) -> impl Iterator<Item = (Key, u32)> {
    let own = (network.map_or(Key::Unknown, Key::Network), 1);
    let larger =
        LARGER_NETWORKS.into_iter().filter_map(move |(bits, factor)| Some((Key::Larger(network?.containing(bits)?, bits), factor)));
    std::iter::once(own).chain(larger)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn network(n: u32) -> Network {
        Network::of(Ipv4Addr::from_bits(n).into())
    }

    #[test]
    fn a_burst_is_accepted_and_then_one_request_per_interval() {
        let limiter = RateLimiter::new(Rate { burst: 3, seconds: 20 }, 1);
        let count = |n, seconds: i64| limiter.check(Some(network(n)), Timestamp(seconds * 1000));
        assert_eq!([count(1, 0), count(1, 0), count(1, 0), count(1, 0), count(1, 5)], [Ok(()), Ok(()), Ok(()), Err(20), Err(15)]);
        assert_eq!(count(2, 5), Ok(()), "another network");
        assert_eq!([count(1, 20), count(1, 20)], [Ok(()), Err(20)]);
        assert_eq!([count(1, 1000), count(1, 1000), count(1, 1000), count(1, 1000)], [Ok(()), Ok(()), Ok(()), Err(20)]);
        assert_eq!(count(1, 0), Err(20), "the clock was set back");
    }

    #[test]
    fn requests_from_unknown_networks_share_one_limit() {
        let limiter = RateLimiter::new(Rate { burst: 2, seconds: 20 }, 1);
        let count = |network| limiter.check(network, Timestamp(0));
        assert_eq!([None, None, None, Some(network(1))].map(count), [Ok(()), Ok(()), Err(20), Ok(())]);
    }

    #[test]
    fn a_larger_network_has_a_larger_limit() {
        let in_subnet = |subnet: u16| {
            let address: IpAddr = format!("2001:db8:7:{subnet:x}::1").parse().expect("an address");
            Some(Network::of(address))
        };
        let limiter = RateLimiter::new(Rate { burst: 2, seconds: 20 }, 1);
        let count = |subnet| limiter.check(in_subnet(subnet), Timestamp(0));
        assert_eq!([0, 0, 0].map(count), [Ok(()), Ok(()), Err(20)], "the /64");
        assert_eq!((1..100).filter(|subnet| count(*subnet).is_ok()).count(), 6, "the rest of the /56");
        assert_eq!((0..=u16::MAX).filter(|subnet| count(*subnet).is_ok()).count(), 24, "the rest of the /48");
        let held = limiter.replenished_at.lock().expect("whole").len();
        assert!(held < 64, "refused requests take no memory: {held}");
        let other: IpAddr = "2001:db8:8::1".parse().expect("an address");
        assert_eq!(limiter.check(Some(Network::of(other)), Timestamp(0)), Ok(()), "another /48");
    }

    #[test]
    fn zero_means_no_limit_and_memory_is_bounded() {
        for unlimited in [Rate { burst: 0, seconds: 20 }, Rate { burst: 1, seconds: 0 }] {
            let limiter = RateLimiter::new(unlimited, 1);
            assert!((0..1000).all(|_| limiter.check(Some(network(1)), Timestamp(0)).is_ok()));
        }
        let limiter = RateLimiter::new(Rate { burst: 2, seconds: 20 }, 1);
        let busy = [network(u32::MAX), network(u32::MAX)].map(|busy| limiter.check(Some(busy), Timestamp(0)));
        assert_eq!(busy, [Ok(()), Ok(())]);
        for n in 0..u32::try_from(MAX_NETWORKS).expect("few") + 10 {
            assert_eq!(limiter.check(Some(network(n)), Timestamp(0)), Ok(()));
        }
        assert!(limiter.replenished_at.lock().expect("whole").len() <= MAX_NETWORKS);
        assert_eq!(limiter.check(Some(network(u32::MAX)), Timestamp(0)), Err(20), "the busiest network is not evicted for new ones");
    }

    #[test]
    fn extreme_numbers_do_not_overflow() {
        for now in [0, i64::MAX, i64::MIN] {
            let limiter = RateLimiter::new(Rate { burst: u32::MAX, seconds: u32::MAX }, u32::MAX);
            assert_eq!([(); 2].map(|()| limiter.check(Some(network(1)), Timestamp(now))), [Ok(()); 2]);
        }
    }
}
