//! What came in lately, day by day: a glance says whether something is wrong.

use std::collections::BTreeMap;

use ardoise_model::{Status, Timestamp};
use ardoise_store::StoreError;

use super::state::ModerationState;
use super::words::Words;

const DAY: i64 = Timestamp::DAY;
const DAYS: i64 = 30;
/// A bar's share of the width, and the chart's height, in units of the drawing.
const BAR: u64 = 10;
const HEIGHT: u64 = 60;

/// How many comments came in, and what they are now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) all: u64,
    pub(crate) approved: u64,
    pub(crate) spam: u64,
}

pub(crate) struct Chart {
    pub(crate) bars: Vec<Bar>,
    pub(crate) sum: Numbers,
    pub(crate) says: String,
    pub(crate) first: String,
    pub(crate) last: String,
}

/// A day: three pieces, one on the other.
pub(crate) struct Bar {
    pub(crate) x: u64,
    pub(crate) says: String,
    pub(crate) approved: Piece,
    pub(crate) other: Piece,
    pub(crate) spam: Piece,
}

pub(crate) struct Piece {
    pub(crate) y: u64,
    pub(crate) height: u64,
}

impl Chart {
    pub(crate) fn new(state: &ModerationState, words: &Words, now: Timestamp) -> Result<Self, StoreError> {
        let today = now.0.div_euclid(DAY);
        let begin = today - DAYS + 1;
        let mut days: BTreeMap<i64, Numbers> = (begin..=today).map(|day| (day, Numbers::default())).collect();
        for (day, status, number) in state.store.days(Timestamp(begin * DAY))? {
            // Tomorrow's would be a clock's fault.
            if let Some(day) = days.get_mut(&day) {
                day.add(status, number);
            }
        }
        Ok(Self::of(words, &days))
    }

    fn of(words: &Words, days: &BTreeMap<i64, Numbers>) -> Self {
        let most = days.values().map(|day| day.all).max().unwrap_or_default();
        let mut sum = Numbers::default();
        for day in days.values() {
            sum = Numbers { all: sum.all + day.all, approved: sum.approved + day.approved, spam: sum.spam + day.spam };
        }
        let bars: Vec<_> =
            (0..).zip(days).map(|(n, (day, numbers))| Bar::new(words, n * BAR, &date(*day), *numbers, most.max(4))).collect();
        let end = |day: Option<&i64>| day.map(|day| date(*day)).unwrap_or_default();
        Self {
            says: (words.chart_says)(sum.all, sum.approved, sum.spam),
            first: end(days.keys().next()),
            last: end(days.keys().next_back()),
            bars,
            sum,
        }
    }

    pub(crate) fn other(&self) -> u64 {
        self.sum.all - self.sum.approved - self.sum.spam
    }
}

impl Numbers {
    fn add(&mut self, status: Status, number: u64) {
        self.all += number;
        match status {
            Status::Approved => self.approved += number,
            Status::Spam => self.spam += number,
            _ => {}
        }
    }
}

impl Bar {
    fn new(words: &Words, x: u64, day: &str, numbers: Numbers, most: u64) -> Self {
        // Whatever there is at all is seen.
        let height = |number: u64| if number == 0 { 0 } else { (number * HEIGHT / most).max(2) };
        let (approved, spam) = (height(numbers.approved), height(numbers.spam));
        let other = height(numbers.all - numbers.approved - numbers.spam);
        // Small ones that were made visible may add up to a little more than there is.
        let top = |below: u64| HEIGHT.saturating_sub(below);
        Self {
            x,
            says: (words.chart_day)(day, numbers.all, numbers.approved, numbers.spam),
            approved: Piece { y: top(approved), height: approved },
            other: Piece { y: top(approved + other), height: other },
            spam: Piece { y: top(approved + other + spam), height: spam },
        }
    }
}

fn date(day: i64) -> String {
    Timestamp(day * DAY).to_string().get(..10).unwrap_or_default().to_owned()
}
