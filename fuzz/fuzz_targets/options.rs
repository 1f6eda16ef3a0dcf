//! Any bytes as an options document of each kind, and a token under what they say.
#![no_main]

use std::sync::{Arc, LazyLock};

use jeton::{
    Bearer, Call, JwsOptions, KeyOptions, KeySet, Minter, MinterOptions, Revocations, Ring,
    Verifier, VerifierOptions,
};
use libfuzzer_sys::fuzz_target;

static RING: LazyLock<Arc<Ring>> = LazyLock::new(|| {
    let options = KeyOptions {
        algorithm: Some("HS256".into()),
        ..KeyOptions::default()
    };
    let set = KeySet::from_secret(&[7; 32], &options).expect("the secret is long enough");
    Arc::new(Ring::new(set))
});
static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let options = MinterOptions::read(br#"{"issuer":"a","audience":"b","lifetime":600}"#);
    let minter = Minter::new(RING.clone(), options.expect("the options are good"));
    let claims = br#"{"sub":"ada","n":1,"l":["x",1,null],"o":{"p":true}}"#;
    minter
        .expect("they fit together")
        .mint(claims, &Call::at(1000))
        .expect("it mints")
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(options) = VerifierOptions::read(bytes) {
        let store = Revocations::open("memory:", "").expect("memory opens");
        if let Ok(verifier) = Verifier::new(vec![RING.clone()], Some(Arc::new(store)), options) {
            let call = Call {
                scope: Some("s"),
                ..Call::at(1001)
            };
            let _ = verifier.verify(TOKEN.as_bytes(), &call);
        }
    }
    if let Ok(options) = MinterOptions::read(bytes)
        && let Ok(minter) = Minter::new(RING.clone(), options)
    {
        let _ = minter.mint(br#"{"sub":"x"}"#, &Call::at(1000));
    }
    let _ = JwsOptions::read(bytes);
    let _ = Bearer::new(bytes, b"root", None);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Revocations::open("memory:", text);
        let _ = Revocations::open(text, "");
    }
});
