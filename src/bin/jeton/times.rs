//! Times in words.

use jiff::Timestamp;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 365 * DAY;

/// A NumericDate as people write it, and how far from `now` it lies:
/// `2026-11-22T22:36:52Z (in 9 minutes)`.
pub(crate) fn explain(seconds: f64, now: i64) -> String {
    // Saturates, and beyond the calendar either way.
    let seconds = seconds.floor() as i64;
    match Timestamp::from_second(seconds) {
        Ok(time) => format!("{time} ({})", distance(seconds.saturating_sub(now))),
        Err(_) => "beyond the calendar".into(),
    }
}

/// Seconds from now, in the largest unit of which there are two, or one unit.
fn distance(seconds: i64) -> String {
    let length = seconds.unsigned_abs();
    let (count, unit) = match length {
        0 => return "now".into(),
        1..MINUTE => (length, "second"),
        MINUTE..HOUR => (length / MINUTE, "minute"),
        HOUR..DAY => (length / HOUR, "hour"),
        DAY..YEAR => (length / DAY, "day"),
        _ => (length / YEAR, "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if seconds > 0 {
        format!("in {count} {unit}{plural}")
    } else {
        format!("{count} {unit}{plural} ago")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_said_in_words() {
        let now = 1_795_387_012;
        for (seconds, words) in [
            (1_795_387_012.0, "2026-11-22T22:36:52Z (now)"),
            (1_795_387_012.9, "2026-11-22T22:36:52Z (now)"),
            (1_795_387_013.0, "2026-11-22T22:36:53Z (in 1 second)"),
            (1_795_387_611.0, "2026-11-22T22:46:51Z (in 9 minutes)"),
            (1_795_383_412.0, "2026-11-22T21:36:52Z (1 hour ago)"),
            (1_795_127_812.0, "2026-11-19T22:36:52Z (3 days ago)"),
            (0.0, "1970-01-01T00:00:00Z (56 years ago)"),
            (1e15, "beyond the calendar"),
            (-1e300, "beyond the calendar"),
        ] {
            assert_eq!(explain(seconds, now), words);
        }
    }
}
