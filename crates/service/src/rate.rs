//! How often comments come from one network. Known libraries for it let their memory grow with the number of networks until somebody
//! sweeps; a map of moments that holds so many at most is as short.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ardoise_model::Timestamp;

use crate::client::Network;

/// Its name in the log.
pub(crate) const NAME: &str = "rate";
/// Networks that are remembered: some 3 MB. A robot that has more of them is nothing that counting could stop.
const MOST: usize = 1 << 16;

/// How many comments a network may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// So many at once; 0: any number.
    pub burst: u32,
    /// And then one in so many seconds.
    pub seconds: u32,
}

/// A school behind one address has to get through.
impl Default for Rate {
    fn default() -> Self {
        Self { burst: 10, seconds: 20 }
    }
}

/// For each network the moment when it will have waited for all that it has sent.
pub(crate) struct Meter {
    rate: Rate,
    due: Mutex<HashMap<Network, i64>>,
}

impl Meter {
    pub(crate) fn new(rate: Rate) -> Self {
        Self { rate, due: Mutex::default() }
    }

    /// Counts one comment; or says in how many seconds another may come.
    pub(crate) fn count(&self, network: Network, now: Timestamp) -> Result<(), u64> {
        let Rate { burst, seconds } = self.rate;
        let each = i64::from(seconds) * 1000;
        if burst == 0 || each == 0 {
            return Ok(());
        }
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        if due.len() >= MOST && !due.contains_key(&network) {
            due.retain(|_, due| *due > now.0);
            if due.len() >= MOST {
                due.clear();
            }
        }
        let most = each * i64::from(burst);
        // A clock that was put back must not keep anybody waiting for longer than that.
        let before = due.get(&network).copied().unwrap_or(now.0).clamp(now.0, now.0 + most);
        let wait = before + each - most - now.0;
        if wait > 0 {
            return Err(u64::try_from(wait).unwrap_or_default().div_ceil(1000));
        }
        due.insert(network, before + each);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn network(n: u32) -> Network {
        Network::around(Ipv4Addr::from_bits(n).into())
    }

    #[test]
    fn some_at_once_and_then_one_after_the_other() {
        let meter = Meter::new(Rate { burst: 3, seconds: 20 });
        let count = |n, seconds: i64| meter.count(network(n), Timestamp(seconds * 1000));
        assert_eq!([count(1, 0), count(1, 0), count(1, 0), count(1, 0), count(1, 5)], [Ok(()), Ok(()), Ok(()), Err(20), Err(15)]);
        assert_eq!(count(2, 5), Ok(()), "another network");
        assert_eq!([count(1, 20), count(1, 20)], [Ok(()), Err(20)]);
        assert_eq!([count(1, 1000), count(1, 1000), count(1, 1000), count(1, 1000)], [Ok(()), Ok(()), Ok(()), Err(20)]);
        assert_eq!(count(1, 0), Err(20), "the clock was put back");
    }

    #[test]
    fn nought_is_no_limit_and_memory_has_one() {
        let meter = Meter::new(Rate { burst: 0, seconds: 20 });
        assert!((0..1000).all(|_| meter.count(network(1), Timestamp(0)).is_ok()));
        let meter = Meter::new(Rate { burst: 1, seconds: 20 });
        for n in 0..u32::try_from(MOST).expect("few") + 10 {
            assert_eq!(meter.count(network(n), Timestamp(0)), Ok(()));
        }
        assert!(meter.due.lock().expect("whole").len() <= MOST);
    }
}
