//! What a token may cost in memory, counted by the allocator.
//!
//! Rust's allocations are counted, on the thread that makes the call, which is
//! all of jeton's own. The crypto library has its own `malloc`, which isn't
//! seen here: it takes some hundred bytes for a signature, whatever the token.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ffi::c_char;
use std::ptr;
use std::sync::Arc;

use jeton::{
    Algorithm, Call, Derived, ErrorKind, JwsOptions, KeySet, ListOptions, Named, Ring, Source,
    Verifier, VerifierOptions,
};

struct Counting;

thread_local! {
    /// How many allocations this thread has made, and of how many bytes.
    static MADE: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

fn count(bytes: usize) {
    // Fails only in a thread that is ending.
    let _ = MADE.try_with(|made| {
        let (count, total) = made.get();
        made.set((count + 1, total + bytes));
    });
}

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller's promises are the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Whatever the library hands out.
#[repr(C)]
struct Opaque([u8; 0]);
type Handle = *mut Opaque;

#[rustfmt::skip]
unsafe extern "C" {
    fn jeton_keys_generate(options: *const c_char, len: usize, keys: *mut Handle, error: *mut Handle) -> i32;
    fn jeton_keys_free(keys: Handle);
    fn jeton_sign(keys: *const Opaque, payload: *const c_char, len: usize, options: *const c_char, options_len: usize, token: *mut *mut c_char, token_len: *mut usize, error: *mut Handle) -> i32;
    fn jeton_string_free(text: *mut c_char);
    fn jeton_revocations_open(location: *const c_char, len: usize, options: *const c_char, options_len: usize, revocations: *mut Handle, error: *mut Handle) -> i32;
    fn jeton_revocations_free(revocations: Handle);
    fn jeton_verifier_new(keys: *const *const Opaque, count: usize, revocations: *const Opaque, options: *const c_char, options_len: usize, verifier: *mut Handle, error: *mut Handle) -> i32;
    fn jeton_verifier_free(verifier: Handle);
    fn jeton_verify(verifier: *const Opaque, token: *const c_char, len: usize, call: *const Opaque, claims: *mut Handle, error: *mut Handle) -> i32;
    fn jeton_claims_free(claims: Handle);
    fn jeton_error_free(error: Handle);
}

const MALFORMED: i32 = 200;
const ENCRYPTED: i32 = 201;
const TOO_LARGE: i32 = 202;
const ALGORITHM: i32 = 203;
const CRITICAL: i32 = 204;
const SIGNATURE: i32 = 206;
const UNKNOWN_KEY: i32 = 402;

const GOOD: &str = r#"{"iss":"https://a.test","aud":"api","sub":"ada","exp":99999999999,"iat":1000,"jti":"1","name":"Ada"}"#;

/// A key and a verifier over it, with an empty list of revocations.
struct Engine {
    keys: Handle,
    verifier: Handle,
}

/// What a call came to, and what it cost in allocations and bytes.
#[derive(Debug, PartialEq)]
struct Cost {
    status: i32,
    count: usize,
    bytes: usize,
}

impl Engine {
    fn new(algorithm: &str) -> Self {
        Self::with_limits(algorithm, "")
    }

    fn with_limits(algorithm: &str, limits: &str) -> Self {
        let generate = format!("{{\"algorithm\":\"{algorithm}\"}}");
        let options = format!("{{\"issuer\":\"https://a.test\",\"audience\":\"api\"{limits}}}");
        let (mut keys, mut revocations, mut verifier) =
            (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: all texts are readable for their lengths, all handles alive.
        unsafe {
            let (text, len) = (generate.as_ptr().cast(), generate.len());
            assert_eq!(
                jeton_keys_generate(text, len, &mut keys, ptr::null_mut()),
                0
            );
            let location = "memory:";
            let (text, len) = (location.as_ptr().cast(), location.len());
            let status = jeton_revocations_open(
                text,
                len,
                ptr::null(),
                0,
                &mut revocations,
                ptr::null_mut(),
            );
            assert_eq!(status, 0);
            let (text, len) = (options.as_ptr().cast(), options.len());
            let sets = [keys.cast_const()];
            let status = jeton_verifier_new(
                sets.as_ptr(),
                1,
                revocations,
                text,
                len,
                &mut verifier,
                ptr::null_mut(),
            );
            assert_eq!(status, 0);
            jeton_revocations_free(revocations);
        }
        Self { keys, verifier }
    }

    fn sign(&self, payload: &str) -> String {
        let (mut token, mut len) = (ptr::null_mut(), 0);
        let (text, text_len) = (payload.as_ptr().cast(), payload.len());
        // SAFETY: the key set is alive, the payload readable, and the token is
        // for as long as the call says.
        unsafe {
            let status = jeton_sign(
                self.keys,
                text,
                text_len,
                ptr::null(),
                0,
                &mut token,
                &mut len,
                ptr::null_mut(),
            );
            assert_eq!(status, 0);
            let copy = std::slice::from_raw_parts(token.cast::<u8>(), len).to_vec();
            jeton_string_free(token);
            String::from_utf8(copy).unwrap()
        }
    }

    fn call(&self, token: &str, error: *mut Handle) -> Cost {
        let mut claims = ptr::null_mut();
        let before = MADE.get();
        let (text, len) = (token.as_ptr().cast(), token.len());
        // SAFETY: the verifier is alive, and the token readable.
        let status =
            unsafe { jeton_verify(self.verifier, text, len, ptr::null(), &mut claims, error) };
        let after = MADE.get();
        // SAFETY: NULL, or made by this call.
        unsafe { jeton_claims_free(claims) };
        Cost {
            status,
            count: after.0 - before.0,
            bytes: after.1 - before.1,
        }
    }

    /// Verifies without asking for an error object.
    fn verify(&self, token: &str) -> Cost {
        self.call(token, ptr::null_mut())
    }

    /// Verifies, asks for the error object, and frees it.
    fn verify_and_ask(&self, token: &str) -> Cost {
        let mut error = ptr::null_mut();
        let cost = self.call(token, &mut error);
        // SAFETY: NULL, or made by the call.
        unsafe { jeton_error_free(error) };
        cost
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // SAFETY: made by `new`, freed once.
        unsafe {
            jeton_verifier_free(self.verifier);
            jeton_keys_free(self.keys);
        }
    }
}

const ALGORITHMS: &[&str] = &[
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
    "ES384", "ES512", "ES256K", "EdDSA",
];

fn free_of_charge(status: i32) -> Cost {
    Cost {
        status,
        count: 0,
        bytes: 0,
    }
}

/// Base64url, for texts that no minter would write.
fn encode(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let character = |bits: u32| {
        ALPHABET
            .iter()
            .map(|byte| char::from(*byte))
            .nth(bits as usize % 64)
    };
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = (0..3).fold(0, |bits, at| {
            bits << 8 | u32::from(*chunk.get(at).unwrap_or(&0))
        });
        encoded.extend((0..=chunk.len()).filter_map(|at| character(bits >> (18 - 6 * at))));
    }
    encoded
}

/// The token with one character of its signature exchanged.
fn with_another_signature(good: &str) -> String {
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (first, rest) = signature.split_at(1);
    let other = if first == "A" { "B" } else { "A" };
    format!("{signed}.{other}{rest}")
}

/// Tokens that fail at or before the signature, each with its status.
fn bad_tokens(good: &str) -> Vec<(String, i32)> {
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        panic!("a token has three parts");
    };
    let with_header = |text: &str| format!("{}.{payload}.{signature}", encode(text));
    let with_payload = |text: &str| format!("{header}.{}.{signature}", encode(text));
    let with_signature = |text: &str| format!("{header}.{payload}.{text}");
    let name = "k".repeat(300);
    vec![
        (String::new(), MALFORMED),
        ("nonsense".into(), MALFORMED),
        (format!("{good}!"), MALFORMED),
        (format!("{good}.AAAA"), MALFORMED),
        (format!("{good}.AAAA.AAAA"), ENCRYPTED),
        (format!("{good}{}", "A".repeat(20_000)), TOO_LARGE),
        (with_header("nonsense"), MALFORMED),
        (with_header("[]"), MALFORMED),
        (with_header(r#"{"typ":"JWT"}"#), MALFORMED),
        (with_header(r#"{"alg":"HS256","alg":"HS256"}"#), MALFORMED),
        (with_header(r#"{"alg":"none"}"#), ALGORITHM),
        (with_header(r#"{"alg":"HS257","kid":"1"}"#), ALGORITHM),
        (with_header(r#"{"alg":"HS256","crit":["exp"]}"#), CRITICAL),
        (with_header(r#"{"alg":"HS256","b64":false}"#), CRITICAL),
        (
            with_header(&format!("{{\"alg\":\"HS256\",\"kid\":\"{name}\"}}")),
            TOO_LARGE,
        ),
        (
            with_header(r#"{"alg":"ES256","kid":"unheard of"}"#),
            UNKNOWN_KEY,
        ),
        (with_header(&"[".repeat(200)), TOO_LARGE),
        (with_payload("nonsense"), MALFORMED),
        (with_payload(r#"{"a":1,"a":1}"#), MALFORMED),
        (with_payload("\"\u{1}\""), MALFORMED),
        (with_payload(&"[".repeat(200)), TOO_LARGE),
        (with_payload(&GOOD.replace("ada", "eve")), SIGNATURE),
        (with_payload(&GOOD.replace("99999999999", "1")), SIGNATURE),
        (with_signature(""), SIGNATURE),
        (with_signature("AAAA"), SIGNATURE),
        (with_signature(&"A".repeat(signature.len())), SIGNATURE),
        (with_signature(&"A".repeat(4000)), SIGNATURE),
        (with_another_signature(good), SIGNATURE),
    ]
}

#[test]
fn a_token_that_fails_by_its_signature_allocates_nothing() {
    for algorithm in ALGORITHMS {
        let engine = Engine::new(algorithm);
        let good = engine.sign(GOOD);
        // A thread's first call sets up what it keeps for all others.
        assert_eq!(engine.verify(&good).status, 0, "{algorithm}");
        for (bad, status) in bad_tokens(&good) {
            assert_eq!(
                engine.verify(&bad),
                free_of_charge(status),
                "{algorithm} {bad}"
            );
        }
    }
}

#[test]
fn an_error_object_is_all_that_a_bad_token_costs() {
    for algorithm in ["HS256", "RS256", "ES256", "EdDSA"] {
        let engine = Engine::new(algorithm);
        let good = engine.sign(GOOD);
        assert_eq!(engine.verify_and_ask(&good).status, 0);
        for (bad, status) in bad_tokens(&good) {
            let cost = engine.verify_and_ask(&bad);
            assert_eq!(cost.status, status);
            assert!(cost.count <= 3 && cost.bytes <= 512, "{cost:?} {bad}");
        }
    }
}

#[test]
fn an_accepted_token_costs_its_claims_their_text_and_their_places() {
    for algorithm in ALGORITHMS {
        let engine = Engine::new(algorithm);
        let good = engine.sign(GOOD);
        assert_eq!(engine.verify(&good).status, 0);
        let cost = engine.verify(&good);
        assert_eq!((cost.status, cost.count), (0, 3), "{algorithm}");
    }
}

/// Payloads made to cost more than they weigh, of about `size` bytes.
fn hostile_payloads(size: usize) -> Vec<String> {
    let start = GOOD.strip_suffix('}').unwrap();
    let filled = |open: &str, one: &dyn Fn(usize) -> String, close: &str| {
        let mut payload = format!("{start},\"x\":{open}");
        let mut number = 0;
        while payload.len() < size {
            payload.push_str(&one(number));
            number += 1;
        }
        format!("{payload}{close}}}")
    };
    vec![
        filled("0", &|number| format!(",\"{number:x}\":0"), ""),
        filled("0", &|number| format!(",\"\\u0061{number:x}\":0"), ""),
        filled("{\"x\":0", &|number| format!(",\"{number:x}\":0"), "}"),
        filled("[0", &|_| ",0".into(), "]"),
        filled("[{}", &|_| ",{\"a\":0}".into(), "]"),
        filled("[\"\"", &|_| ",\"\\n\"".into(), "]"),
        filled("\"", &|_| "\\n".into(), "\""),
        filled("\"", &|_| "é".into(), "\""),
        filled("1.0", &|_| "1".into(), ""),
        filled("1.0", &|_| "1".into(), "e1"),
        filled("0", &|_| " ".into(), ""),
    ]
}

#[test]
fn no_token_costs_more_than_a_multiple_of_its_size() {
    let engine = Engine::with_limits("HS256", r#","limits":{"bytes":1048576}"#);
    engine.verify(&engine.sign(GOOD));
    for size in [300, 3000, 12_000, 60_000, 700_000] {
        for payload in hostile_payloads(size) {
            let good = engine.sign(&payload);
            let bad = with_another_signature(&good);
            for (token, status) in [(good, 0), (bad, SIGNATURE)] {
                let cost = engine.verify_and_ask(&token);
                assert_eq!(cost.status, status);
                let most = 16 * token.len() + 4096;
                assert!(
                    cost.bytes <= most,
                    "{size} {}: {cost:?} of {most}",
                    payload.get(100..130).unwrap()
                );
            }
        }
    }
}

#[test]
fn a_made_up_audience_costs_none_where_keys_are_derived_on_demand() {
    let options = br#"{"system":{"name":"stack-auth","project":null}}"#;
    let keys = Derived::read(options, b"abcd", b"").unwrap();
    let options = VerifierOptions::read(options).unwrap();
    let verifier = Verifier::new(vec![keys.select()], None, options).unwrap();
    for audience in [
        "e0b52f4d-dece-408c-af49-d23061bb0f8d",
        "internal:anon",
        "kid",
        "no/project",
    ] {
        let header = encode(r#"{"alg":"ES256","kid":"AAAAAAAAAAAA"}"#);
        let payload = encode(&format!(r#"{{"aud":"{audience}"}}"#));
        let token = format!("{header}.{payload}.{}", "A".repeat(86));
        let verify = || verifier.verify(token.as_bytes(), &Call::at(1)).map(drop);
        // A thread's first look at a live set is dear.
        let _ = verify();
        let before = MADE.get();
        let kind = verify().map_or_else(|error| error.kind(), |()| ErrorKind::Internal);
        assert_eq!(
            (kind, MADE.get()),
            (ErrorKind::UnknownKey, before),
            "{audience}"
        );
    }
}

#[test]
fn a_status_list_that_unpacks_to_a_large_one_costs_no_more_than_its_limit() {
    let set = KeySet::generate(Named::One(Algorithm::Ed25519), None, None).unwrap();
    let keys = Arc::new(Ring::new(set));
    let options = br#"{"uri":"https://a.test/1","issuer":null,"stale":null,"refresh":false}"#;
    let source = Source::open_list(ListOptions::read(options).unwrap(), keys.clone()).unwrap();
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 256 << 20], 9);
    let bomb = base64_simd::URL_SAFE_NO_PAD.encode_to_string(&packed);
    let claims = format!(
        r#"{{"sub":"https://a.test/1","iat":1,"status_list":{{"bits":1,"lst":"{bomb}"}}}}"#
    );
    let options = JwsOptions::read(br#"{"type":"statuslist+jwt"}"#).unwrap();
    let token = jeton::sign(&keys, claims.as_bytes(), &options).unwrap();
    source.claim().unwrap().unwrap();
    let before = MADE.get().1;
    let refused = source.accept(200, [], token.as_bytes()).unwrap_err();
    let cost = MADE.get().1 - before;
    assert!(refused.message().contains("limits.unpacked"), "{refused}");
    // The token some times over, and the limit, which is grown into by doubling.
    assert!(
        cost < 8 * token.len() + (3 << 20),
        "{cost} bytes of {}",
        token.len()
    );
}
