use ardoise_model::Timestamp;

use super::words::Words;

const MINUTE: i64 = Timestamp::MINUTE;
const HOUR: i64 = Timestamp::HOUR;
const DAY: i64 = Timestamp::DAY;

/// Formats a time to the minute: `2017-03-12 08:30 UTC`.
pub(crate) fn exact(moment: Timestamp) -> String {
    let text = moment.to_string();
    format!("{} {} UTC", text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default())
}

/// Formats a time relative to now, or as a date if it is more than 30 days ago.
pub(crate) fn relative(words: &Words, moment: Timestamp, now: Timestamp) -> String {
    let passed = (now.0 - moment.0).max(0);
    match passed {
        ..MINUTE => words.just_now.to_owned(),
        MINUTE..HOUR => (words.minutes_ago)(passed / MINUTE),
        HOUR..DAY => (words.hours_ago)(passed / HOUR),
        _ if passed < 30 * DAY => (words.days_ago)(passed / DAY),
        _ => moment.to_string().get(..10).unwrap_or_default().to_owned(),
    }
}
