//! What a signer may answer, and what is refused.

use jeton::{Algorithm, ErrorKind, Key, KeySet, Named, Signing};
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use proptest::prelude::*;

use super::support::engine::*;
use super::support::forge::encode;
use super::{Answer, asymmetric, good, minted, private, refused_because};

#[track_caller]
fn is_no_signature(outcome: jeton::Result<String>) {
    refused_because(outcome, "is no signature for");
}

/// A raw signature of ECDSA, in DER.
fn der(raw: &[u8]) -> Vec<u8> {
    let (r, s) = raw.split_at(raw.len() / 2);
    let number = |bytes| BigNum::from_slice(bytes).unwrap();
    let signature = EcdsaSig::from_private_components(number(r), number(s)).unwrap();
    signature.to_der().unwrap()
}

/// A SEQUENCE of two INTEGERs, whatever stands in them.
fn sequence(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |bytes: &[u8]| [&[2, bytes.len() as u8], bytes].concat();
    let body = [integer(r), integer(s)].concat();
    [&[0x30, body.len() as u8], &body[..]].concat()
}

#[test]
fn attack_04_a_psychic_answer_is_refused() {
    for (name, size) in [("es256", 32), ("es384", 48), ("es512", 66), ("es256k", 32)] {
        for (r, s) in [(0, 0), (0, 1), (1, 0)] {
            let raw = move |signing: &Signing<'_>, key: &Key| -> Answer {
                let mut raw = good(signing, key)?;
                raw[..size].iter_mut().for_each(|byte| *byte *= r);
                raw[size..].iter_mut().for_each(|byte| *byte *= s);
                Ok(raw)
            };
            is_no_signature(minted(name, raw));
            is_no_signature(minted(name, move |signing, key| {
                Ok(der(&raw(signing, key)?))
            }));
        }
        is_no_signature(minted(name, move |_, _| Ok(vec![0xff; 2 * size])));
        minted(name, |signing, key| Ok(der(&good(signing, key)?))).unwrap();
    }
}

#[test]
fn numbers_that_are_not_as_der_writes_them_are_refused() {
    // r and s, each with the byte that keeps it from being negative.
    type Halves = (Vec<u8>, Vec<u8>);
    let answer = |change: fn(Halves) -> Vec<u8>| {
        minted("es256", move |signing, key| {
            // Both of a kind that needs the byte.
            let raw = std::iter::repeat_with(|| good(signing, key).unwrap())
                .find(|raw| raw[0] >= 0x80 && raw[32] >= 0x80)
                .unwrap();
            let number = |half: &[u8]| [&[0], half].concat();
            Ok(change((number(&raw[..32]), number(&raw[32..]))))
        })
    };
    accepted(
        &verifier(trusted("es256"), OPTIONS),
        answer(|(r, s)| sequence(&r, &s)).unwrap(),
    );
    let wrong: [fn(Halves) -> Vec<u8>; 11] = [
        |(r, s)| sequence(&r[1..], &s),                   // negative
        |(r, s)| sequence(&r, &s[1..]),                   // negative
        |(r, s)| sequence(&[&[0], &r[..]].concat(), &s),  // not as short as may be
        |(r, s)| sequence(&[&[1], &r[1..]].concat(), &s), // longer than the field
        |(r, s)| sequence(&[&[1; 40], &r[..]].concat(), &s),
        |(r, _)| sequence(&r, &[]),
        |(r, s)| [sequence(&r, &s), vec![0]].concat(), // something behind it
        |(r, s)| {
            let mut long = sequence(&r, &s);
            long.splice(1..2, [0x81, 70]); // a length in two bytes
            long
        },
        |(r, s)| {
            let mut cut = sequence(&r, &s);
            cut.pop();
            cut
        },
        |(r, s)| {
            let body = sequence(&r, &s);
            [&[0x30, 0x80], &body[2..], &[0, 0]].concat() // of indefinite length
        },
        |(r, s)| [r, s].concat(),
    ];
    for (index, change) in wrong.into_iter().enumerate() {
        let error = answer(change).expect_err(&index.to_string());
        assert_eq!(error.kind(), ErrorKind::Signer);
    }
}

#[test]
fn an_answer_that_is_not_the_messages_signature_is_refused() {
    for name in asymmetric() {
        is_no_signature(minted(name, |_, _| Ok(Vec::new())));
        is_no_signature(minted(name, |_, _| Ok(vec![0; 1 << 20])));
        is_no_signature(minted(name, |signing, key| {
            let mut cut = good(signing, key)?;
            cut.pop();
            Ok(cut)
        }));
        is_no_signature(minted(name, |signing, key| {
            Ok([&good(signing, key)?[..], &[0]].concat())
        }));
        is_no_signature(minted(name, |signing, key| {
            Ok(encode(good(signing, key)?).into_bytes())
        }));
        is_no_signature(minted(name, |_, key| Ok(key.sign(b"another message")?)));
        is_no_signature(minted(name, |signing, key| {
            Ok(key.sign(signing.digest.unwrap_or(b"hashed twice"))?)
        }));
        // A key of another algorithm, all of them.
        for other in asymmetric().filter(|other| *other != name) {
            let other = private(other);
            is_no_signature(minted(name, move |signing, _| good(signing, &other)));
        }
        minted(name, good).unwrap();
    }
    // The same key, under the other padding.
    let pss = signer("rs256")
        .to_json(true)
        .unwrap()
        .replace("RS256", "PS256");
    let pss = document(pss).unwrap().keys().next().unwrap().clone();
    is_no_signature(minted("rs256", move |signing, _| good(signing, &pss)));
    // Another key of the same algorithm.
    let other = KeySet::generate(Named::One(Algorithm::Es256), None, None).unwrap();
    let other = other.keys().next().unwrap().clone();
    is_no_signature(minted("es256", move |signing, _| good(signing, &other)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn whatever_a_signer_answers_a_token_that_is_minted_verifies(
        name in prop::sample::select(vec!["es256", "es512", "ed", "rs256"]),
        in_der: bool, at: prop::sample::Index, without in 0..3usize,
        put in prop::collection::vec(any::<u8>(), 0..3),
    ) {
        let token = minted(name, move |signing, key| {
            let mut answer = good(signing, key)?;
            if in_der && name.starts_with("es") {
                answer = der(&answer);
            }
            let at = at.index(answer.len());
            let end = answer.len().min(at + without);
            answer.splice(at..end, put.iter().copied());
            Ok(answer)
        });
        match token {
            Ok(token) => drop(accepted(&verifier(trusted(name), OPTIONS), token)),
            Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Signer),
        }
    }
}
