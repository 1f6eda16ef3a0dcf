//! The URI that a request is for, so written that it has one spelling.
//!
//! RFC 9449 section 4.3 has the URI of a proof and of its request compared so:
//! without query and fragment, and after the normalisations of RFC 3986
//! sections 6.2.2 (case, percent-encoding, dot segments) and 6.2.3 (default
//! port, empty path). Not by the rules of browsers, which take a good deal that
//! isn't a URI for one.

use fluent_uri::Uri;
use fluent_uri::component::Scheme;

const HTTP: &Scheme = Scheme::new_or_panic("http");
const HTTPS: &Scheme = Scheme::new_or_panic("https");

/// `text` in its one spelling; none where it isn't an absolute URI of http or
/// https with a host and without a user's name.
pub(crate) fn target(text: &str) -> Option<String> {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let uri = Uri::parse(text.get(..end)?).ok()?;
    let authority = uri.authority()?;
    let is_web = [HTTP, HTTPS].contains(&uri.scheme());
    if !is_web || authority.has_userinfo() || authority.host().is_empty() {
        return None;
    }
    let mut spelt = uri.normalize().into_string();
    if uri.path().is_empty() {
        spelt.push('/');
    }
    Some(spelt)
}

/// Whether `text` begins as an absolute URI of the web does.
pub(crate) fn is_absolute(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        let is_web = ["http", "https"]
            .iter()
            .any(|web| scheme.eq_ignore_ascii_case(web));
        is_web && !rest.is_empty() && !rest.starts_with(['/', '?', '#'])
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_spellings_of_one_uri_are_one() {
        for (spelling, one) in [
            ("https://a.example/b", "https://a.example/b"),
            ("HTTPS://A.Example/b", "https://a.example/b"),
            ("https://a.example:443/b", "https://a.example/b"),
            ("https://a.example:0443/b", "https://a.example/b"),
            ("https://a.example:/b", "https://a.example/b"),
            ("https://a.example:444/b", "https://a.example:444/b"),
            ("http://a.example:80", "http://a.example/"),
            ("http://a.example:443/", "http://a.example:443/"),
            ("https://a.example?c=d", "https://a.example/"),
            ("https://a.example/b?c=/../d#e", "https://a.example/b"),
            ("https://a.example/b#?", "https://a.example/b"),
            (
                "https://a.example/%7Eb/%2f%c3%A4",
                "https://a.example/~b/%2F%C3%A4",
            ),
            ("https://a.ex%61mple/", "https://a.example/"),
            ("https://a.example/b/./../c", "https://a.example/c"),
            ("https://a.example/b/%2E%2e/c", "https://a.example/c"),
            ("https://a.example/../c", "https://a.example/c"),
            ("https://a.example/b//c/", "https://a.example/b//c/"),
            ("https://127.0.0.1:8443/", "https://127.0.0.1:8443/"),
            ("https://[2001:DB8:0::1]:443/", "https://[2001:db8::1]/"),
            (
                "https://xn--bcher-kva.example/",
                "https://xn--bcher-kva.example/",
            ),
        ] {
            assert_eq!(target(spelling).as_deref(), Some(one), "{spelling}");
        }
    }

    #[test]
    fn what_isnt_a_uri_of_the_web_is_none() {
        for text in [
            "",
            "/b",
            "a.example/b",
            "https:/a.example/b",
            "https:///b",
            "https://:443/b",
            "https://ada@a.example/b",
            "https://ada:secret@a.example/b",
            "https:\\\\a.example\\b",
            "https://a.example\\b",
            "https://a.example/b c",
            " https://a.example/b",
            "https://a.example/b\n",
            "https://a.example/\t",
            "https://a.example/%",
            "https://a.example/%4",
            "https://a.example/%4g",
            "https://a.example/ä",
            "https://bücher.example/",
            "https://a.example/[b]",
            "https://a.example:44x/b",
            "https://[2001:db8::1/b",
            "ftp://a.example/b",
            "ws://a.example/b",
            "file:///b",
            "mailto:a@a.example",
        ] {
            assert_eq!(target(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_whole_of_a_uri_is_told_from_a_part_of_it() {
        for whole in ["https://a", "HTTP://a/b", "https://a b"] {
            assert!(is_absolute(whole), "{whole}");
        }
        for part in [
            "",
            "/b",
            "a.example/b",
            "https:",
            "https://",
            "https:///b",
            "ftp://a",
        ] {
            assert!(!is_absolute(part), "{part}");
        }
    }

    proptest! {
        #[test]
        fn one_spelling_stays_as_it_is(text in "(?i)https?://[a-z.%0-9\\[\\]:@-]{1,12}(/[a-z.%0-9A-F~/;=-]{0,16})?([?#].{0,4})?") {
            if let Some(once) = target(&text) {
                prop_assert_eq!(target(&once), Some(once.clone()));
                prop_assert!(is_absolute(&once));
                prop_assert!(!once.contains(['?', '#', '@', ' ']));
            }
        }

        #[test]
        fn nothing_panics(text in ".{0,40}") {
            let _ = (target(&text), is_absolute(&text));
        }
    }
}
