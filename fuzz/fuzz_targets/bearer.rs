//! Any text as a resolver's options, an Authorization header and a cookie.
#![no_main]

use jeton::{Bearer, Call};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (&str, &str, &str, &str)| {
    let (shape, admin, authorization, cookie) = texts;
    let shape = serde_json::Value::from(shape);
    let options =
        format!(r#"{{"prefixes":[{{"prefix":"pk.","kind":"api-key","shape":{shape}}}]}}"#);
    let resolver = Bearer::new(options.as_bytes(), admin.as_bytes(), None)
        .or_else(|_| Bearer::new(b"{}", admin.as_bytes(), None))
        .expect("no options at all are good");
    let found = resolver
        .resolve(authorization, cookie, &Call::at(1000))
        .expect("a credential is a result");
    assert_eq!(found.kind == "none", found.text.is_empty());
    if found.kind == "admin" {
        assert_eq!(found.text, admin);
    }
    assert!(found.rejection.is_none() || found.kind == "api-key");
});
