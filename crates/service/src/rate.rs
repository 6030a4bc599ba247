//! How often requests that write come from one network. Known libraries for it let their memory grow with the number of networks until
//! somebody sweeps; a map of moments that holds so many at most is as short.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ardoise_model::Timestamp;

use crate::client::Network;

/// The name of this check in the log.
pub(crate) const NAME: &str = "rate";
/// Networks that are remembered, for each kind of request: some 3 MB.
const MOST: usize = 1 << 16;
/// The larger networks around an IPv6 /64, and how many times its limit each may use. A provider hands out a /56 or a /48, so one
/// sender may have 65 536 times a /64.
const AROUND: [(u32, u32); 2] = [(56, 4), (48, 16)];

/// How many comments a network may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// So many at once; 0: any number.
    pub burst: u32,
    /// And then one in so many seconds; 0: any number.
    pub seconds: u32,
}

/// A school behind one address has to get through.
impl Default for Rate {
    fn default() -> Self {
        Self { burst: 10, seconds: 20 }
    }
}

/// What a limit is kept for. Requests of which nobody knows the network share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Unknown,
    Known(Network),
    ThreadContext(Network, u32),
}

/// Limits one kind of request. For each key it holds the moment at which the key will have waited for all that it has sent.
pub(crate) struct Meter {
    /// Milliseconds between two requests in the long run; 0: no limit.
    each: i64,
    burst: i64,
    due: Mutex<HashMap<Key, i64>>,
}

impl Meter {
    /// A limit of `factor` times the rate of comments.
    pub(crate) fn new(rate: Rate, factor: u32) -> Self {
        let each = i64::from(rate.seconds).saturating_mul(1000) / i64::from(factor.max(1));
        Self { each, burst: i64::from(rate.burst).saturating_mul(i64::from(factor)), due: Mutex::default() }
    }

    /// Counts one request; or says in how many seconds another may come.
    pub(crate) fn count(&self, network: Option<Network>, now: Timestamp) -> Result<(), u64> {
        if self.burst == 0 || self.each == 0 {
            return Ok(());
        }
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        self.make_room(&mut due, now.0);
        let keys: Vec<_> = keys(network).collect();
        // All limits are asked before any is used: what is refused by one does not count for another.
        let next = |(key, factor): &(Key, u32)| self.next(due.get(key).copied(), i64::from(*factor), now.0).map(|moment| (*key, moment));
        let moments = keys.iter().map(next).collect::<Result<Vec<_>, _>>()?;
        due.extend(moments);
        Ok(())
    }

    /// The moment to remember after one more request, under `factor` times the limit; or the seconds until there may be one.
    fn next(&self, due: Option<i64>, factor: i64, now: i64) -> Result<i64, u64> {
        let each = (self.each / factor).max(1);
        let most = now.saturating_add(each.saturating_mul(self.burst).saturating_mul(factor));
        // A clock that was put back must not keep anybody waiting for longer than the whole burst.
        let after = due.unwrap_or(now).clamp(now, most).saturating_add(each);
        if after > most { Err(u64::try_from(after - most).unwrap_or_default().div_ceil(1000)) } else { Ok(after) }
    }

    /// Forgets those who need not wait; and if that is not enough, those who have sent least.
    fn make_room(&self, due: &mut HashMap<Key, i64>, now: i64) {
        for least in [now, now.saturating_add(self.each)] {
            if due.len() < MOST {
                return;
            }
            due.retain(|_, due| *due > least);
        }
        if due.len() >= MOST {
            due.clear();
        }
    }
}

/// Every limit that a request falls under, with its factor.
fn keys(network: Option<Network>) -> impl Iterator<Item = (Key, u32)> {
    let own = (network.map_or(Key::Unknown, Key::Known), 1);
    let around = AROUND.into_iter().filter_map(move |(bits, factor)| Some((Key::ThreadContext(network?.within(bits)?, bits), factor)));
    std::iter::once(own).chain(around)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn network(n: u32) -> Network {
        Network::around(Ipv4Addr::from_bits(n).into())
    }

    #[test]
    fn some_at_once_and_then_one_after_the_other() {
        let meter = Meter::new(Rate { burst: 3, seconds: 20 }, 1);
        let count = |n, seconds: i64| meter.count(Some(network(n)), Timestamp(seconds * 1000));
        assert_eq!([count(1, 0), count(1, 0), count(1, 0), count(1, 0), count(1, 5)], [Ok(()), Ok(()), Ok(()), Err(20), Err(15)]);
        assert_eq!(count(2, 5), Ok(()), "another network");
        assert_eq!([count(1, 20), count(1, 20)], [Ok(()), Err(20)]);
        assert_eq!([count(1, 1000), count(1, 1000), count(1, 1000), count(1, 1000)], [Ok(()), Ok(()), Ok(()), Err(20)]);
        assert_eq!(count(1, 0), Err(20), "the clock was put back");
    }

    #[test]
    fn those_who_cannot_be_told_apart_share_one_limit() {
        let meter = Meter::new(Rate { burst: 2, seconds: 20 }, 1);
        let count = |network| meter.count(network, Timestamp(0));
        assert_eq!([None, None, None, Some(network(1))].map(count), [Ok(()), Ok(()), Err(20), Ok(())]);
    }

    #[test]
    fn a_larger_network_has_a_larger_limit() {
        let six = |subnet: u16| {
            let address: IpAddr = format!("2001:db8:7:{subnet:x}::1").parse().expect("an address");
            Some(Network::around(address))
        };
        let meter = Meter::new(Rate { burst: 2, seconds: 20 }, 1);
        let count = |subnet| meter.count(six(subnet), Timestamp(0));
        assert_eq!([0, 0, 0].map(count), [Ok(()), Ok(()), Err(20)], "the /64");
        assert_eq!((1..100).filter(|subnet| count(*subnet).is_ok()).count(), 6, "the rest of the /56");
        assert_eq!((0..=u16::MAX).filter(|subnet| count(*subnet).is_ok()).count(), 24, "the rest of the /48");
        let held = meter.due.lock().expect("whole").len();
        assert!(held < 64, "what was refused takes no memory: {held}");
        let other: IpAddr = "2001:db8:8::1".parse().expect("an address");
        assert_eq!(meter.count(Some(Network::around(other)), Timestamp(0)), Ok(()), "another /48");
    }

    #[test]
    fn nought_is_no_limit_and_memory_has_one() {
        for none in [Rate { burst: 0, seconds: 20 }, Rate { burst: 1, seconds: 0 }] {
            let meter = Meter::new(none, 1);
            assert!((0..1000).all(|_| meter.count(Some(network(1)), Timestamp(0)).is_ok()));
        }
        let meter = Meter::new(Rate { burst: 2, seconds: 20 }, 1);
        let busy = [network(u32::MAX), network(u32::MAX)].map(|busy| meter.count(Some(busy), Timestamp(0)));
        assert_eq!(busy, [Ok(()), Ok(())]);
        for n in 0..u32::try_from(MOST).expect("few") + 10 {
            assert_eq!(meter.count(Some(network(n)), Timestamp(0)), Ok(()));
        }
        assert!(meter.due.lock().expect("whole").len() <= MOST);
        assert_eq!(meter.count(Some(network(u32::MAX)), Timestamp(0)), Err(20), "who has sent most is not forgotten for newcomers");
    }

    #[test]
    fn no_number_is_too_large() {
        for now in [0, i64::MAX, i64::MIN] {
            let meter = Meter::new(Rate { burst: u32::MAX, seconds: u32::MAX }, u32::MAX);
            assert_eq!([(); 2].map(|()| meter.count(Some(network(1)), Timestamp(now))), [Ok(()); 2]);
        }
    }
}
