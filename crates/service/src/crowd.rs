use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many submissions are dealt with at a time. Memory is bounded by it; and whoever comes on top is told to come
/// back at once, rather than answered when he has given up.
#[derive(Clone, Default)]
pub(crate) struct Crowd(Arc<AtomicUsize>);

/// As many at most.
pub(crate) const MOST: usize = 480;

/// One submission's place; it is free again when this is dropped.
pub(crate) struct Place(Arc<AtomicUsize>);

impl Crowd {
    /// None: it is full.
    pub(crate) fn enter(&self) -> Option<Place> {
        let place = Place(self.0.clone());
        // Counted before it is looked at: two who come at once do not both take the last place.
        (self.0.fetch_add(1, Ordering::Relaxed) < MOST).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_leaves_makes_room() {
        let crowd = Crowd::default();
        let mut places: Vec<_> = (0..MOST).map(|_| crowd.enter().expect("room")).collect();
        assert!(crowd.enter().is_none() && crowd.enter().is_none());
        places.pop();
        let last = crowd.enter();
        assert!(last.is_some() && crowd.enter().is_none());
    }
}
