//! How long an answer is good for (RFC 9111), as far as a key set cares.

use super::message::Headers;

/// Seconds for an answer that says nothing about it.
const UNSAID: i64 = 300;

/// The seconds for which an answer may be used, before any bounds.
pub(super) fn life(headers: &Headers) -> i64 {
    let Some(control) = &headers.cache_control else {
        return UNSAID;
    };
    let mut age = None;
    for directive in control.split(',') {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            // Such an answer must be asked for each time, which the lower bound limits.
            "no-store" | "no-cache" => return 0,
            // A value that is no number counts as used up (section 4.2.1).
            "max-age" => age = Some(seconds(value.trim().trim_matches('"')).unwrap_or(0)),
            _ => {}
        }
    }
    // What a cache on the way has used up already.
    let spent = headers.age.as_deref().and_then(seconds).unwrap_or(0);
    age.map_or(UNSAID, |age| age.saturating_sub(spent).max(0))
}

/// The seconds that a server asks to be left alone for. The form with a date is
/// taken for nothing said: the back-off holds in any case.
pub(super) fn retry_after(headers: &Headers) -> Option<i64> {
    headers.retry_after.as_deref().and_then(seconds)
}

/// Delta-seconds (section 1.2.2): digits only, the largest number for what is larger.
fn seconds(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life_of(control: Option<&str>, age: Option<&str>) -> i64 {
        life(&Headers {
            cache_control: control.map(Into::into),
            age: age.map(Into::into),
            ..Headers::default()
        })
    }

    #[test]
    fn a_life_is_max_age_less_the_age() {
        for (control, age, expected) in [
            (None, None, 300),
            (None, Some("100"), 300),
            (Some("public"), None, 300),
            (Some("max-age=600"), None, 600),
            (Some("public, Max-Age = 600 , must-revalidate"), None, 600),
            (Some("max-age=\"600\""), None, 600),
            (Some("max-age=600"), Some("100"), 500),
            (Some("max-age=600"), Some("700"), 0),
            (Some("max-age=600"), Some("soon"), 600),
            (Some("max-age=0"), None, 0),
            (Some("max-age=-1"), None, 0),
            (Some("max-age"), None, 0),
            (Some("max-age=99999999999999999999"), None, i64::MAX),
            (Some("no-store, max-age=600"), None, 0),
            (Some("max-age=600, no-cache"), None, 0),
        ] {
            assert_eq!(life_of(control, age), expected, "{control:?} {age:?}");
        }
    }

    #[test]
    fn a_pause_is_asked_for_in_seconds() {
        for (text, expected) in [
            ("120", Some(120)),
            ("", None),
            ("-1", None),
            ("Fri, 31 Dec 1999 23:59:59 GMT", None),
        ] {
            let headers = Headers {
                retry_after: Some(text.into()),
                ..Headers::default()
            };
            assert_eq!(retry_after(&headers), expected, "{text:?}");
        }
    }
}
