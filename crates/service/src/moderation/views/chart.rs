//! A bar chart of the comments received in the last days, by status.

use std::collections::BTreeMap;

use ardoise_model::{Status, Timestamp};
use ardoise_store::StoreError;

use crate::moderation::state::ModerationState;
use crate::moderation::words::Words;

const DAY: i64 = Timestamp::DAY;
/// The number of days in the chart.
const DAYS: i64 = 30;
/// The width of a bar, in units of the drawing.
const BAR_WIDTH: u64 = 10;
/// The height of the chart, in units of the drawing.
const HEIGHT: u64 = 60;
/// The smallest height of a segment that is not zero, so that it stays visible.
const MIN_HEIGHT: u64 = 2;
/// The smallest number of comments that a bar of full height stands for.
const MIN_SCALE: u64 = 4;

/// The numbers of comments received, by their current status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) all: u64,
    pub(crate) approved: u64,
    pub(crate) spam: u64,
}

pub(crate) struct Chart {
    pub(crate) bars: Vec<Bar>,
    pub(crate) sum: Counts,
    pub(crate) summary: String,
    pub(crate) first_day: String,
    pub(crate) last_day: String,
}

/// A day: three stacked segments.
pub(crate) struct Bar {
    pub(crate) x: u64,
    pub(crate) label: String,
    pub(crate) approved: Segment,
    pub(crate) other: Segment,
    pub(crate) spam: Segment,
}

pub(crate) struct Segment {
    pub(crate) y: u64,
    pub(crate) height: u64,
}

impl Chart {
    pub(crate) fn new(state: &ModerationState, words: &Words, now: Timestamp) -> Result<Self, StoreError> {
        let today = now.0.div_euclid(DAY);
        let first = today - DAYS + 1;
        let mut days: BTreeMap<i64, Counts> = (first..=today).map(|day| (day, Counts::default())).collect();
        for (day, status, number) in state.store.days(Timestamp(first * DAY))? {
            // Days in the future come from a wrong clock; they are left out.
            if let Some(day) = days.get_mut(&day) {
                day.add(status, number);
            }
        }
        Ok(Self::of_days(words, &days))
    }

    fn of_days(words: &Words, days: &BTreeMap<i64, Counts>) -> Self {
        let max = days.values().map(|day| day.all).max().unwrap_or_default();
        let mut sum = Counts::default();
        for day in days.values() {
            sum = Counts { all: sum.all + day.all, approved: sum.approved + day.approved, spam: sum.spam + day.spam };
        }
        let bars: Vec<_> =
            (0..).zip(days).map(|(n, (day, counts))| Bar::new(words, n * BAR_WIDTH, &date(*day), *counts, max.max(MIN_SCALE))).collect();
        let label = |day: Option<&i64>| day.map(|day| date(*day)).unwrap_or_default();
        Self {
            summary: (words.chart_summary)(sum.all, sum.approved, sum.spam),
            first_day: label(days.keys().next()),
            last_day: label(days.keys().next_back()),
            bars,
            sum,
        }
    }

    /// The number of comments that are neither approved nor spam.
    pub(crate) fn other(&self) -> u64 {
        self.sum.all - self.sum.approved - self.sum.spam
    }
}

impl Counts {
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
    /// A bar whose full height stands for `max` comments.
    fn new(words: &Words, x: u64, day: &str, counts: Counts, max: u64) -> Self {
        let height = |number: u64| if number == 0 { 0 } else { (number * HEIGHT / max).max(MIN_HEIGHT) };
        let (approved, spam) = (height(counts.approved), height(counts.spam));
        let other = height(counts.all - counts.approved - counts.spam);
        // Segments of the minimum height may add up to more than the chart's height.
        let top = |below: u64| HEIGHT.saturating_sub(below);
        Self {
            x,
            label: (words.chart_day)(day, counts.all, counts.approved, counts.spam),
            approved: Segment { y: top(approved), height: approved },
            other: Segment { y: top(approved + other), height: other },
            spam: Segment { y: top(approved + other + spam), height: spam },
        }
    }
}

fn date(day: i64) -> String {
    Timestamp(day * DAY).to_string().get(..10).unwrap_or_default().to_owned()
}
