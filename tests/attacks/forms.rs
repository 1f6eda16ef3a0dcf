//! Attacks through the form: spelling, duplicates, encodings, size, depth.

use std::thread;

use jeton::{ErrorKind, KeyOptions, KeySet, VerifierOptions, inspect};

use crate::support::engine::*;
use crate::support::forge::{encode, parts, sign, token};

#[test]
fn attack_14_a_repeated_name_is_refused_at_every_depth_and_in_every_spelling() {
    for header in [
        r#"{"alg":"EdDSA","alg":"none"}"#,
        r#"{"alg":"none","alg":"EdDSA"}"#,
        r#"{"alg":"EdDSA","\u0061lg":"EdDSA"}"#,
        r#"{"alg":"EdDSA","x":{"y":1,"\u0079":1}}"#,
    ] {
        assert_eq!(
            verdict(OPTIONS, header, PAYLOAD),
            Some(ErrorKind::Malformed),
            "{header}"
        );
    }
    for member in [
        r#""exp":1"#,
        r#""\u0065xp":9999999999"#,
        r#""o":{"a":1,"a":2}"#,
        r#""l":[[{"a":1,"b":{"c":0,"c":0}}]]"#,
        r#""":1,"":1"#,
    ] {
        assert_eq!(
            verdict(OPTIONS, r#"{"alg":"EdDSA"}"#, &with(member)),
            Some(ErrorKind::Malformed),
            "{member}"
        );
    }
    let fine = with(r#""o":{"exp":1},"l":[{"exp":1},{"exp":1}],"EXP":1"#);
    assert_eq!(
        verdict(OPTIONS, r#"{"alg":"EdDSA","x":{"alg":1}}"#, &fine),
        None
    );

    let jwk = jwk("ed").to_string();
    for twice in [
        jwk.replacen('{', r#"{"kty":"OKP","#, 1),
        jwk.replacen('{', r#"{"\u006bty":"oct","#, 1),
        format!(r#"{{"keys":[{jwk}],"keys":[]}}"#),
        format!(
            r#"{{"keys":[{}]}}"#,
            jwk.replacen('{', r#"{"kty":"OKP","#, 1)
        ),
    ] {
        assert_eq!(document(twice).unwrap_err().kind(), ErrorKind::Key);
    }
    document(format!(r#"{{"keys":[{jwk}],"note":{{"kty":1}}}}"#)).unwrap();
    let options = OPTIONS.replacen('{', r#"{"audience":"x","#, 1);
    assert_eq!(
        VerifierOptions::read(options.as_bytes())
            .unwrap_err()
            .kind(),
        ErrorKind::Options
    );
}

#[test]
fn attack_15_no_other_spelling_of_a_token_is_accepted() {
    // Payloads of each length modulo 3, so that every kind of end is there.
    for filler in ["", "x", "xx"] {
        let signer = signer("ed");
        let good = token(
            &signer,
            header(&signer),
            with(&format!(r#""x":"{filler}""#)),
        );
        let verifier = verifier(trusted("ed"), OPTIONS);
        accepted(&verifier, &good);
        let bytes = good.as_bytes();
        let mut ends: Vec<_> = good.match_indices('.').map(|(dot, _)| dot - 1).collect();
        ends.push(good.len() - 1);
        // Every byte in place of the last of each part, and behind it.
        for end in ends {
            for byte in 0..=255 {
                let mut respelt = bytes.to_vec();
                respelt[end] = byte;
                assert_eq!(
                    verify(&verifier, &respelt).is_ok(),
                    byte == bytes[end],
                    "{byte} at {end}"
                );
                let mut longer = bytes.to_vec();
                longer.insert(end + 1, byte);
                assert!(verify(&verifier, &longer).is_err(), "{byte} behind {end}");
            }
        }
        for foreign in ["=", "==", "\n", "\r\n", " ", "\0", "+", "/", "é", "%3D"] {
            for place in 0..=good.len() {
                let respelt = format!("{}{foreign}{}", &good[..place], &good[place..]);
                assert_eq!(
                    refused(&verifier, respelt),
                    ErrorKind::Malformed,
                    "{foreign:?} at {place}"
                );
            }
        }
    }
}

#[test]
fn attack_16_only_utf_8_is_read_and_nothing_is_cut_at_a_nul() {
    let signer = signer("ed");
    let verifier = verifier(trusted("ed"), OPTIONS);
    let with_text = |text: &[u8]| {
        let (before, after) = with(r#""name":"?""#)
            .split_once('?')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        let payload = [before.as_bytes(), text, after.as_bytes()].concat();
        token(&signer, header(&signer), payload)
    };
    for bad in [
        &b"\xff"[..],
        b"\xc0\xaf",
        b"\xe0\x80\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
        b"\x80",
        b"\\ud800",
        b"\\udc00",
        b"\\ud800\\u0041",
        b"\x00",
    ] {
        assert_eq!(
            refused(&verifier, with_text(bad)),
            ErrorKind::Malformed,
            "{}",
            bad.escape_ascii()
        );
    }
    for good in [
        "",
        "é",
        "e\u{301}",
        "\u{2028}",
        "😀",
        "\\ud83d\\ude00",
        "\\u0000",
    ] {
        accepted(&verifier, with_text(good.as_bytes()));
    }
    for mark in [&b"\xef\xbb\xbf"[..], b"\xff\xfe"] {
        let payload = [mark, PAYLOAD.as_bytes()].concat();
        assert_eq!(
            refused(&verifier, token(&signer, header(&signer), payload)),
            ErrorKind::Malformed
        );
    }
    let utf_16: Vec<_> = PAYLOAD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        refused(&verifier, token(&signer, header(&signer), utf_16)),
        ErrorKind::Malformed
    );
    // A NUL inside a claim is a character: C strings would end there.
    for iss in [
        r#"https://a.test\u0000"#,
        r#"https://a.test\u0000.evil"#,
        r#"\u0000https://a.test"#,
    ] {
        let payload = but("https://a.test", iss);
        assert_eq!(
            refused(&verifier, token(&signer, header(&signer), payload)),
            ErrorKind::Issuer
        );
    }
    // Nor are characters folded: these look alike and aren't.
    let composed = OPTIONS.replace("https://a.test", "caf\u{e9}");
    let verifier = self::verifier(trusted("ed"), &composed);
    let decomposed = but("https://a.test", "cafe\u{301}");
    assert_eq!(
        refused(&verifier, token(&signer, header(&signer), decomposed)),
        ErrorKind::Issuer
    );
    accepted(
        &verifier,
        token(&signer, header(&signer), but("https://a.test", "caf\u{e9}")),
    );
}

#[test]
fn attack_18_a_jwe_is_told_apart_and_nothing_of_it_is_read() {
    let verifier = verifier(trusted("ed"), OPTIONS);
    let bomb = encode([0; 4000]);
    for header in [
        r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#,
        r#"{"alg":"PBES2-HS512+A256KW","p2c":2147483647,"p2s":"AAAA","enc":"A256GCM"}"#,
        r#"{"alg":"RSA1_5","enc":"A128CBC-HS256"}"#,
        "not even JSON",
    ] {
        let jwe = format!("{}..AAAA.{bomb}.AAAA", encode(header));
        assert_eq!(refused(&verifier, &jwe), ErrorKind::Encrypted, "{header}");
        assert_eq!(
            inspect(jwe.as_bytes()).unwrap_err().kind(),
            ErrorKind::Encrypted
        );
    }
    // Compression of a signed token is refused as well.
    assert_eq!(
        verdict(OPTIONS, r#"{"alg":"EdDSA","zip":"DEF"}"#, PAYLOAD),
        Some(ErrorKind::Critical)
    );
    accepted(&verifier, good(&signer("ed")));
}

/// Runs `work` where a recursion over hostile input would end the process.
fn on_a_small_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .stack_size(64 * 1024)
            .spawn_scoped(scope, work)
            .unwrap();
        thread.join().unwrap()
    })
}

#[test]
fn attack_19_neither_dots_nor_brackets_exhaust_a_small_stack() {
    let brackets = |open: &str| open.repeat(200_000 / open.len());
    let big = OPTIONS.replacen('{', r#"{"limits":{"bytes":1048576},"#, 1);
    let (verifier, generous) = (
        verifier(trusted("ed"), OPTIONS),
        verifier(trusted("ed"), &big),
    );
    let good = good(&signer("ed"));
    on_a_small_stack(|| {
        let dots = ".".repeat(1 << 20);
        assert_eq!(refused(&verifier, &dots), ErrorKind::TooLarge);
        assert_eq!(refused(&generous, &dots), ErrorKind::Malformed);
        for open in ["[", "{\"a\":", "[{\"a\":"] {
            let deep = encode(format!("{{\"a\":{}", brackets(open)));
            let in_header = format!("{deep}.{}.AAAA", encode(PAYLOAD));
            assert_eq!(refused(&verifier, &in_header), ErrorKind::TooLarge);
            assert_eq!(refused(&generous, &in_header), ErrorKind::TooLarge);
            let in_claims = format!("{}.{deep}.AAAA", encode(r#"{"alg":"EdDSA"}"#));
            assert_eq!(refused(&generous, &in_claims), ErrorKind::TooLarge);
            let set = format!("{{\"keys\":{}", brackets(open));
            assert_eq!(document(&set).unwrap_err().kind(), ErrorKind::Key);
            let options = format!("{{\"claims\":{}", brackets(open));
            assert_eq!(
                VerifierOptions::read(options.as_bytes())
                    .unwrap_err()
                    .kind(),
                ErrorKind::Options
            );
        }
        accepted(&verifier, &good);
        accepted(&generous, &good);
    });
}

#[test]
fn attack_17_huge_key_documents_are_refused_and_one_bad_key_is_named() {
    let mut keys = Vec::new();
    let mut one = jwk("es256");
    for kid in 0..10_000 {
        one["kid"] = format!("k{kid}").into();
        keys.push(one.to_string());
    }
    let huge = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
    assert!(huge.len() > 1 << 20);
    assert_eq!(document(&huge).unwrap_err().kind(), ErrorKind::Key);
    let fewer = format!(r#"{{"keys":[{}]}}"#, keys[..500].join(","));
    assert_eq!(document(&fewer).unwrap().len(), 500);

    one["x"] = one["y"].clone();
    one["kid"] = "broken".into();
    let set = format!(r#"{{"keys":[{},{one}]}}"#, keys[0]);
    let error = document(set).unwrap_err();
    assert!(
        error.message().starts_with("keys[1] (kid \"broken\")"),
        "{error}"
    );
    // A modulus, an exponent, a secret of a megabyte's kind.
    let long = encode(vec![0xff; 100_000]);
    for member in ["n", "e"] {
        let mut rsa = jwk("rs256");
        rsa[member] = long.as_str().into();
        assert_eq!(
            document(rsa.to_string()).unwrap_err().kind(),
            ErrorKind::Key
        );
    }
    let options = KeyOptions {
        algorithm: Some("HS256".into()),
        ..KeyOptions::default()
    };
    assert_eq!(
        KeySet::from_secret(&vec![1; 65_537], &options)
            .unwrap_err()
            .kind(),
        ErrorKind::Key
    );
    KeySet::from_secret(&vec![1; 65_536], &options).unwrap();
}

#[test]
fn attack_19_a_small_stack_suffices_for_every_algorithm() {
    for name in SIGNERS {
        let (token, verifier) = (good(&signer(name)), verifier(trusted(name), OPTIONS));
        on_a_small_stack(|| accepted(&verifier, &token));
    }
}

#[test]
fn attack_15_a_respelt_token_isnt_accepted_even_when_signed_so() {
    // The signature is over the text: a signer may sign what isn't canonical.
    let signer = signer("ed");
    let verifier = verifier(trusted("ed"), OPTIONS);
    let (head, body) = (encode(header(&signer)), encode(PAYLOAD));
    for (head, body) in [
        (format!("{head}="), body.clone()),
        (head.clone(), format!("{body}=")),
        (head.clone(), format!("{body}\n")),
    ] {
        let signed = format!("{head}.{body}");
        let respelt = format!("{signed}.{}", encode(sign(&signer, signed.as_bytes())));
        assert_eq!(refused(&verifier, respelt), ErrorKind::Malformed);
    }
    let good = good(&signer);
    assert_eq!(parts(&good)[0], head);
    accepted(&verifier, good);
}
