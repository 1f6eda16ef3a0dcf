//! What a source keeps, tells and accepts, within bounds; and its options.

use serde_json::{Value, json};

use super::hosts::{URL, answer, claim_after_a_failure, events, hosted, opened, set, status};
use crate::error::ErrorKind;
#[cfg(feature = "https")]
use crate::sources::Source;
use crate::sources::SourceOptions;

#[test]
fn a_longer_answer_than_the_options_allow_is_refused_from_a_host_too() {
    let source = opened(json!({
        "url": URL, "stale": null, "refresh": false, "limits": {"bytes": 1024},
    }));
    let mut body = set(&["a"]);
    body.resize(1025, b' ');
    let error = answer(&source, 200, &[], &body).unwrap_err();
    assert!(error.message().contains("longer than 1024"), "{error}");
    body.pop();
    claim_after_a_failure(&source);
    source.accept(200, [], &body).unwrap();
}

#[test]
fn what_a_server_says_of_a_failure_is_kept_short() {
    let source = hosted();
    let name = "x".repeat(100_000);
    let body = format!("{{\"{name}\": 1, \"{name}\": 2}}");
    let error = answer(&source, 200, &[], body.as_bytes()).unwrap_err();
    assert!(error.message().len() < 600, "{}", error.message().len());
    assert!(source.events_json().len() < 1000);
    assert!(source.status_json().unwrap().len() < 1500);
    claim_after_a_failure(&source);
    source.failed(&"é".repeat(10_000)).unwrap();
    assert!(source.status_json().unwrap().len() < 2500);
}

#[test]
fn a_change_of_very_many_keys_is_told_in_few_words() {
    let source = opened(json!({
        "url": URL, "stale": null, "refresh": false, "limits": {"keys": 1000},
    }));
    let names: Vec<_> = (0..100).map(|number| format!("k{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let mut body: Value = serde_json::from_slice(&set(&names)).unwrap();
    let broken = (0..100).map(|number| json!({"kty": "EC", "kid": format!("b{number}")}));
    body["keys"].as_array_mut().unwrap().extend(broken);
    answer(&source, 200, &[], body.to_string().as_bytes()).unwrap();
    let events = events(&source);
    assert_eq!(events.len(), 17);
    assert_eq!(events[0]["added"].as_array().unwrap().len(), 16);
    assert_eq!(events[0]["more"], 84);
    assert_eq!(events[1]["more"], Value::Null);
    assert_eq!(events[16]["event"], "key-skipped");
    assert_eq!(events[16]["more"], 84);
    assert_eq!(status(&source)["skips"], 100);
}

#[test]
fn a_secret_of_the_proxys_url_is_shown_nowhere() {
    let options = json!({
        "url": URL, "stale": null, "refresh": false, "proxy": "http://user:hunter2@proxy.test:3128",
    });
    let options = SourceOptions::read(options.to_string().as_bytes()).unwrap();
    assert!(!format!("{options:?}").contains("hunter2"));
    #[cfg(feature = "https")]
    {
        let source = Source::open(options, "").unwrap();
        let shown = format!("{source:?}{}", source.status_json().unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn options_say_what_is_wrong_with_them() {
    for (options, place) in [
        (json!({"stale": null}), "one of"),
        (json!({"url": URL, "file": "x", "stale": null}), "one of"),
        (json!({"url": URL}), "stale"),
        (json!({"url": URL, "stale": 0}), "stale"),
        (
            json!({"url": "http://issuer.test", "stale": 1}),
            "url: must begin with https://",
        ),
        (json!({"url": "https://", "stale": 1}), "url: has no host"),
        (
            json!({"url": "https://u:p@issuer.test", "stale": 1}),
            "password",
        ),
        (
            json!({"url": "https://issuer.test/#x", "stale": 1}),
            "fragment",
        ),
        (
            json!({"url": "https://issuer.test/ x", "stale": 1}),
            "ASCII",
        ),
        (
            json!({"issuer": "https://issuer.test/?a=b", "stale": 1}),
            "no query",
        ),
        (json!({"url": URL, "stale": 1, "minimum": 0}), "minimum"),
        (
            json!({"url": URL, "stale": 1, "minimum": 60, "maximum": 59}),
            "maximum",
        ),
        (json!({"url": URL, "stale": 1, "cooldown": 0}), "cooldown"),
        (json!({"url": URL, "stale": 1, "timeout": 61}), "timeout"),
        (
            json!({"url": URL, "stale": 1, "limits": {"keys": 0}}),
            "limits.keys",
        ),
        (
            json!({"url": URL, "stale": 1, "limits": {"bytes": 10}}),
            "limits.bytes",
        ),
        (
            json!({"url": URL, "stale": 1, "algorithm": "none"}),
            "algorithm",
        ),
        (json!({"file": "x", "stale": 1, "private": true}), "file"),
        (json!({"url": URL, "stale": 1, "cooldwon": 1}), "cooldown"),
    ] {
        let error = SourceOptions::read(options.to_string().as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Options, "{options}");
        assert!(error.message().contains(place), "{options}: {error}");
    }
}
