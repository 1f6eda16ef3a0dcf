//! NumericDate (RFC 7519 section 2): seconds since 1970, a fraction allowed.

use super::json::Raw;

/// Beyond this a double no longer tells one second from the next.
const BOUND: f64 = 9_007_199_254_740_992.0; // 2^53

/// A point in time, exact to the second within 2^53 seconds of 1970.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(crate) struct NumericDate(f64);

impl NumericDate {
    /// The time that `value` is; none for what isn't a number or is out of range.
    pub(crate) fn read(value: Raw<'_>) -> Option<Self> {
        value.number().and_then(Self::of)
    }

    /// The time of so many seconds; none where that is out of range.
    pub(crate) fn of(seconds: f64) -> Option<Self> {
        (seconds.abs() < BOUND).then_some(Self(seconds))
    }

    /// The time that a string of decimal digits says, with or without a sign.
    pub(crate) fn of_text(value: Raw<'_>) -> Option<Self> {
        let seconds: i64 = value.string()?.parse().ok()?;
        Some(Self(seconds as f64)).filter(|date| date.0.abs() < BOUND)
    }

    /// Whole seconds, rounded down.
    pub(crate) fn floor(self) -> i64 {
        self.0.floor() as i64
    }

    /// Whole seconds, rounded up.
    pub(crate) fn ceil(self) -> i64 {
        self.0.ceil() as i64
    }

    /// The seconds from `earlier` to here.
    pub(crate) fn since(self, earlier: Self) -> f64 {
        self.0 - earlier.0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<i64> {
        NumericDate::read(Raw::checked(text)).map(NumericDate::floor)
    }

    #[test]
    fn a_date_is_a_number_within_two_to_the_53() {
        for (text, seconds) in [
            ("0", 0),
            ("-0", 0),
            ("1e3", 1000),
            ("1E+3", 1000),
            ("1700000000.75", 1_700_000_000),
            ("-1.5", -2),
            ("253402300800", 253_402_300_800),
            ("9007199254740991", 9_007_199_254_740_991),
        ] {
            assert_eq!(read(text), Some(seconds), "{text}");
        }
        for text in [
            "9007199254740992",
            "9223372036854775808",
            "18446744073709551616",
            "-9007199254740992",
            "1e400",
            "\"1000\"",
            "null",
            "true",
            "[1000]",
            "{}",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_as_text_is_decimal_digits() {
        let of_text = |text: &str| NumericDate::of_text(Raw::checked(text)).map(NumericDate::floor);
        for (text, seconds) in [
            ("\"1700000000\"", 1_700_000_000),
            ("\"\\u0031\"", 1),
            ("\"-5\"", -5),
            ("\"+007\"", 7),
            ("\"9007199254740991\"", 9_007_199_254_740_991),
        ] {
            assert_eq!(of_text(text), Some(seconds), "{text}");
        }
        for text in [
            "1700000000",
            "\"\"",
            "\"-\"",
            "\" 1\"",
            "\"1_000\"",
            "\"1.7e9\"",
            "\"0x10\"",
            "\"٣\"",
            "\"9007199254740992\"",
            "\"9223372036854775808\"",
            "null",
        ] {
            assert_eq!(of_text(text), None, "{text}");
        }
    }
}
