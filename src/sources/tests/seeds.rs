//! Sources that begin with what another has exported.

use serde_json::{Value, json};

use super::hosts::{URL, answer, hosted, kind, set};
use crate::error::ErrorKind;
use crate::sources::{Source, SourceOptions};

#[test]
fn a_state_seeds_a_source_of_the_same_url_and_no_other() {
    let source = hosted();
    source.export().unwrap_err();
    answer(&source, 200, &[("etag", "\"1\"")], &set(&["a"])).unwrap();
    let state = source.export().unwrap();
    let open = |options: Value, state: &str| {
        Source::open(
            SourceOptions::read(options.to_string().as_bytes()).unwrap(),
            state,
        )
    };
    let options = json!({"url": URL, "stale": 600, "refresh": false});
    let seeded = open(options.clone(), &state).unwrap();
    assert_eq!(kind(&seeded, "a"), Ok(()));
    // What these keys were made of isn't known: the first answer must be whole.
    assert_eq!(kind(&seeded, "b"), Err(ErrorKind::KeyPending));
    assert_eq!(seeded.claim().unwrap(), Some((URL.into(), None)));

    let mut other: Value = serde_json::from_str(&state).unwrap();
    let came = other["fetched"].as_i64().unwrap();
    for (shift, good) in [
        (-590_000, true),
        (-600_001, false),
        // Another machine's clock may be ahead of ours, but not by much.
        (10_000, true),
        (70_000, false),
        (i64::MAX - came, false),
        (i64::MIN + came, false),
    ] {
        other["fetched"] = json!(came + shift);
        let seeded = open(options.clone(), &other.to_string()).unwrap();
        let expected = if good {
            Ok(())
        } else {
            Err(ErrorKind::KeysUnavailable)
        };
        assert_eq!(kind(&seeded, "a"), expected, "{shift}");
    }

    for broken in ["{", "{}", "[]", r#"{"format": "x"}"#] {
        let error = open(options.clone(), broken).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Options, "{broken}");
    }
    let elsewhere = json!({"url": "https://other.test/", "stale": 600, "refresh": false});
    let error = open(elsewhere, &state).unwrap_err();
    assert!(error.message().contains("another source's"), "{error}");
}
