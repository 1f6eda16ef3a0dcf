//! Any bytes as a Token Status List: an index, how many bits and what is packed,
//! signed as the issuer would, or as the answer itself. What can't be read is
//! refused, what can has a status at every place, and the limit holds.
#![no_main]

use std::sync::{Arc, LazyLock};

use jeton::{
    Algorithm, ErrorKind, JwsOptions, KeySet, ListOptions, Named, Ring, Source, StatusList,
};
use libfuzzer_sys::fuzz_target;

const OPTIONS: &[u8] = br#"{"uri":"https://a.test/1","issuer":null,"stale":null,
"refresh":false,"limits":{"unpacked":65536}}"#;

static KEYS: LazyLock<Arc<Ring>> = LazyLock::new(|| {
    let set = KeySet::generate(Named::One(Algorithm::Ed25519), None, None);
    Arc::new(Ring::new(set.expect("a new key")))
});

fn taken(answer: &[u8]) -> (Arc<Source>, bool) {
    let options = ListOptions::read(OPTIONS).expect("good options");
    let source = Source::open_list(options, KEYS.clone()).expect("it opens");
    source.claim().expect("a url").expect("the first is due");
    let taken = source.accept(200, [], answer).is_ok();
    source.status_json().expect("a status");
    (source, taken)
}

fuzz_target!(|data: &[u8]| {
    let (_, is_good) = taken(data);
    assert!(!is_good, "nobody has signed this");
    let Some((head, packed)) = data.split_at_checked(5) else {
        return;
    };
    let bits = head[0] % 10;
    let index = u64::from(u32::from_le_bytes([head[1], head[2], head[3], head[4]]));
    let lst = base64_simd::URL_SAFE_NO_PAD.encode_to_string(packed);
    let claims = format!(
        r#"{{"sub":"https://a.test/1","iat":1,"status_list":{{"bits":{bits},"lst":"{lst}"}}}}"#
    );
    let options = JwsOptions::read(br#"{"type":"statuslist+jwt"}"#).expect("good options");
    let token = jeton::sign(&KEYS, claims.as_bytes(), &options).expect("it signs");
    let (source, is_good) = taken(token.as_bytes());
    let verdict = source.check(index, 1).map_err(|error| error.kind());
    match verdict {
        Ok(()) | Err(ErrorKind::Revoked) => assert!(is_good && index < 65_536 * 8),
        Err(ErrorKind::Claim) => assert!(is_good),
        Err(kind) => assert!(!is_good && kind == ErrorKind::RevocationsUnavailable),
    }
});
