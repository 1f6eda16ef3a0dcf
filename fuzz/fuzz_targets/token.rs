//! Any bytes as a token: refused, and never more than that.
#![no_main]

use std::sync::{Arc, LazyLock};

use jeton::{Call, JwsOptions, KeyOptions, KeySet, Ring, Select, Verifier, VerifierOptions};
use libfuzzer_sys::fuzz_target;

const KEYS: &[u8] = br#"{"keys":[
{"kty":"EC","crv":"P-256","kid":"ec","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
{"kty":"OKP","crv":"Ed25519","kid":"ed","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
{"kty":"oct","alg":"HS256","kid":"hs","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]}"#;

static RING: LazyLock<Arc<Ring>> = LazyLock::new(|| {
    let set = KeySet::from_document(KEYS, &KeyOptions::default()).expect("the keys are good");
    Arc::new(Ring::new(set))
});
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let options =
        br#"{"issuer":"https://a.test","audience":"api","type":"at+jwt","report":["sub"]}"#;
    let options = VerifierOptions::read(options).expect("the options are good");
    let keys: Vec<Arc<dyn Select>> = vec![RING.clone()];
    Verifier::new(keys, None, options).expect("they fit together")
});

static PROOFS: LazyLock<Verifier> = LazyLock::new(|| {
    let options = br#"{"system":{"name":"dpop","replay":false}}"#;
    let options = VerifierOptions::read(options).expect("the options are good");
    Verifier::new(Vec::new(), None, options).expect("they fit together")
});

fuzz_target!(|bytes: &[u8]| {
    let verdict = VERIFIER.verify(bytes, &Call::at(1000));
    assert!(verdict.is_err(), "nobody has signed this");
    let text = String::from_utf8_lossy(bytes);
    for uri in ["https://a.test/", &text, &format!("https://{text}")] {
        let request = Call {
            method: Some("GET"),
            uri: Some(uri),
            access_token: Some(&text),
            jkt: Some(""),
            ..Call::at(1000)
        };
        assert!(PROOFS.verify(bytes, &request).is_err(), "no key is that");
    }
    let looked = jeton::inspect(bytes);
    let plain = jeton::verify_signature(&**RING, bytes, &JwsOptions::default());
    assert!(looked.is_ok() || plain.is_err() || std::str::from_utf8(bytes).is_ok());
});
