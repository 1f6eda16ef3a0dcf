//! Any bytes as what a key server answers: headers as JSON before a NUL, and the
//! body. Whatever comes, the keys that were there stay until a good set comes.
#![no_main]

use jeton::{Algorithm, KeySet, Named, Select, Source, SourceOptions, Wanted};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};

static KEYS: LazyLock<String> = LazyLock::new(|| {
    let set = KeySet::generate(Named::One(Algorithm::Ed25519), Some("first"), None);
    set.and_then(|set| set.to_json(false)).expect("a new key")
});

fn opened() -> Arc<Source> {
    let options = br#"{"url":"https://a.test","stale":null,"refresh":false}"#;
    let source = Source::open(SourceOptions::read(options).expect("good options"), "");
    let source = source.expect("it opens");
    source.claim().expect("a url").expect("the first is due");
    source.accept(200, [], KEYS.as_bytes()).expect("good keys");
    source
}

/// Whether the key of `kid` is in the set; where it isn't, a fetch is due.
fn has(source: &Source, kid: &str) -> bool {
    source
        .select(&Wanted {
            algorithm: Named::EdDsa,
            kid: Some(kid),
            issuer: None,
            audience: None,
            now: 0,
        })
        .is_ok()
}

fuzz_target!(|data: &[u8]| {
    let source = opened();
    assert!(!has(&source, "another"));
    source.claim().expect("a url").expect("the second is due");
    let cut = data.iter().position(|byte| *byte == 0).unwrap_or(0);
    let (head, body) = data.split_at(cut);
    let head = String::from_utf8_lossy(head);
    let mut parts = head.split('\n');
    let status = parts.next().and_then(|first| first.parse().ok()).unwrap_or(200);
    let headers = parts.filter_map(|line| line.split_once(':'));
    let taken = source.accept(status, headers, body.get(1..).unwrap_or_default());
    let kept = has(&source, "first");
    assert!(kept || taken.is_ok(), "a bad answer has taken the keys away");
    assert!(source.ring().load().len() > 0);
    source.status_json().expect("a status");
    source.events_json();
});
