//! Lengths of time as people write them: `10min`, `2 days`, `1.5 hours`.
//!
//! The grammar is that of jose, a widely used library for JavaScript, whose
//! programs keep such texts in their configuration: one number and one unit, in
//! any case, with a sign in front or `ago` or `from now` behind.

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// Each unit's names and its seconds; a year has 365 days and a quarter.
const UNITS: &[(&[&str], f64)] = &[
    (&["s", "sec", "secs", "second", "seconds"], 1.0),
    (&["m", "min", "mins", "minute", "minutes"], MINUTE),
    (&["h", "hr", "hrs", "hour", "hours"], HOUR),
    (&["d", "day", "days"], DAY),
    (&["w", "week", "weeks"], 7.0 * DAY),
    (&["y", "yr", "yrs", "year", "years"], 365.25 * DAY),
];

/// The seconds that `text` says, rounded to the nearest; none for any other text.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let text = text.to_ascii_lowercase();
    let (sign, rest) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.get(..1), rest),
        None => (None, text.as_str()),
    };
    let (suffix, rest) = [" ago", " from now"]
        .into_iter()
        .find_map(|suffix| Some((Some(suffix), rest.strip_suffix(suffix)?)))
        .unwrap_or((None, rest));
    if sign.is_some() && suffix.is_some() {
        return None;
    }
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = rest.split_at_checked(length)?;
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let (_, factor) = UNITS.iter().find(|(names, _)| names.contains(&unit))?;
    let seconds = (decimal(number)? * factor + 0.5).floor() as i64;
    let back = sign == Some("-") || suffix == Some(" ago");
    Some(if back { -seconds } else { seconds })
}

/// A number as in `5` or `1.5`.
fn decimal(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = !whole.is_empty() && !fraction.is_empty() && !fraction.contains('.');
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_one_number_and_one_unit() {
        for (text, length) in [
            ("10min", 600),
            ("1 Hour", 3600),
            ("2 DAYS", 172_800),
            ("1.5h", 5400),
            ("0.5 seconds", 1),
            ("0.4s", 0),
            ("1y", 31_557_600),
            ("2 weeks", 1_209_600),
            ("+10m", 600),
            ("- 5 mins", -300),
            ("5 minutes ago", -300),
            ("1 yr from now", 31_557_600),
            (" 7s", 7),
            ("007d", 604_800),
        ] {
            assert_eq!(seconds(text), Some(length), "{text}");
        }
        for text in [
            "",
            "10",
            "min",
            "10 minuts",
            "1h30m",
            "-5m ago",
            "+1s from now",
            "10  min",
            "  10min",
            "10min ",
            "5 minutes  ago",
            "1.s",
            ".5s",
            "1.2.3s",
            "1e3s",
            "1,5h",
            "٣s",
            "5 ſ",
            "5m\n",
            "ago",
            "--5m",
        ] {
            assert_eq!(seconds(text), None, "{text:?}");
        }
    }
}
