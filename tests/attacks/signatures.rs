//! Attacks on signatures: degenerate, malleable, timed.

use std::fs;
use std::sync::Arc;

use jeton::{ErrorKind, Revocations};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::EcGroup;
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;

use crate::support::engine::*;
use crate::support::forge::{decode, encode, parts, signed_part, token};

/// The curves of ECDSA: a signer, the group, and how long r and s are.
const CURVES: [(&str, Nid, i32); 4] = [
    ("es256", Nid::X9_62_PRIME256V1, 32),
    ("es384", Nid::SECP384R1, 48),
    ("es512", Nid::SECP521R1, 66),
    ("es256k", Nid::SECP256K1, 32),
];

fn order(curve: Nid) -> BigNum {
    let group = EcGroup::from_curve_name(curve).unwrap();
    let mut order = BigNum::new().unwrap();
    group
        .order(&mut order, &mut BigNumContext::new().unwrap())
        .unwrap();
    order
}

fn padded(number: &BigNum, size: i32) -> Vec<u8> {
    number.to_vec_padded(size).unwrap()
}

#[test]
fn attack_04_a_psychic_signature_is_refused() {
    for (name, curve, size) in CURVES {
        let (signer, verifier) = (signer(name), verifier(trusted(name), OPTIONS));
        let signed = signed_part(header(&signer), PAYLOAD);
        let order = order(curve);
        let number = |value| BigNum::from_u32(value).unwrap();
        let over = &order + &number(1);
        let most = BigNum::from_slice(&vec![0xff; size as usize]).unwrap();
        let bad = [number(0), order, over, most];
        let any = [
            number(1),
            number(0),
            bad[1].to_owned().unwrap(),
            bad[2].to_owned().unwrap(),
            bad[3].to_owned().unwrap(),
        ];
        for bad in &bad {
            for any in &any {
                for (r, s) in [(bad, any), (any, bad)] {
                    let signature = [padded(r, size), padded(s, size)].concat();
                    let forged = format!("{signed}.{}", encode(signature));
                    assert_eq!(refused(&verifier, forged), ErrorKind::Signature, "{name}");
                }
            }
        }
        let good = good(&signer);
        let [.., signature] = parts(&good);
        let bytes = decode(signature);
        let half = size as usize;
        let number = |bytes| BigNum::from_slice(bytes).unwrap();
        let der = EcdsaSig::from_private_components(number(&bytes[..half]), number(&bytes[half..]))
            .unwrap();
        let respelt = [
            Vec::new(),
            bytes[1..].to_vec(),
            bytes[..bytes.len() - 1].to_vec(),
            [&bytes[..], &[0]].concat(),
            [&[0], &bytes[..half], &[0], &bytes[half..]].concat(),
            der.to_der().unwrap(),
        ];
        for signature in respelt {
            let forged = good.replace(parts(&good)[2], &encode(&signature));
            assert_eq!(refused(&verifier, forged), ErrorKind::Signature, "{name}");
        }
        accepted(&verifier, good);
    }
}

/// The same token with n - s in place of s, which holds as well.
fn mirrored(token: &str, curve: Nid, size: i32) -> String {
    let signature = decode(parts(token)[2]);
    let (r, s) = signature.split_at(size as usize);
    let other = &order(curve) - &BigNum::from_slice(s).unwrap();
    let other = [r, &padded(&other, size)].concat();
    token.replace(parts(token)[2], &encode(other))
}

#[test]
fn attack_05_the_other_signature_of_a_token_holds_and_is_revoked_along_with_it() {
    for (name, curve, size) in CURVES {
        let signer = signer(name);
        let token = token(&signer, header(&signer), with(r#""jti":"t1""#));
        let mirrored = mirrored(&token, curve, size);
        assert_ne!(token, mirrored);
        let store = Arc::new(Revocations::open("memory:", "").unwrap());
        let verifier = verifier_of(vec![trusted(name)], Some(store.clone()), OPTIONS).unwrap();
        let claims = accepted(&verifier, &token);
        assert_eq!(accepted(&verifier, &mirrored).json(), claims.json());
        store.revoke_claims(&claims, b"{}", NOW).unwrap();
        assert_eq!(refused(&verifier, &token), ErrorKind::Revoked, "{name}");
        assert_eq!(refused(&verifier, &mirrored), ErrorKind::Revoked, "{name}");
    }
}

#[test]
fn attack_24_codes_are_compared_in_constant_time() {
    let source = |path: &str| {
        let text =
            fs::read_to_string(format!("{}/src/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        text.split("#[cfg(test)]").next().unwrap().to_owned()
    };
    // An audit of the text: nothing in HMAC compares but `equal`, and that is
    // the library's constant-time comparison.
    let hmac = source("crypto/hmac.rs");
    assert!(hmac.contains("super::equal(computed, mac)"));
    for forbidden in ["==", "!=", ".eq(", "starts_with", "cmp("] {
        assert!(
            !hmac.contains(forbidden),
            "crypto/hmac.rs compares with {forbidden}"
        );
    }
    let equal = source("crypto/mod.rs");
    let (_, body) = equal.split_once("fn equal(").unwrap();
    let body = body.split('}').next().unwrap();
    assert!(body.contains("openssl::memcmp::eq(a, b)"));
    assert_eq!(
        body.matches("==").count(),
        1,
        "only the lengths are compared so"
    );
    assert!(source("bearer/mod.rs").contains("crypto::equal(&admin, &crypto::sha256("));
    // And it says no to a code that differs in any one place, or in length.
    let (signer, verifier) = (signer("hs256"), verifier(trusted("hs256"), OPTIONS));
    let good = good(&signer);
    let code = decode(parts(&good)[2]);
    for place in 0..code.len() {
        let mut wrong = code.clone();
        wrong[place] ^= 0x80;
        let forged = good.replace(parts(&good)[2], &encode(&wrong));
        assert_eq!(refused(&verifier, forged), ErrorKind::Signature);
        let cut = good.replace(parts(&good)[2], &encode(&code[..place]));
        assert_eq!(refused(&verifier, cut), ErrorKind::Signature);
    }
    accepted(&verifier, good);
}

#[test]
fn attack_25_a_forged_token_is_never_called_expired() {
    for name in SIGNERS {
        let (signer, verifier) = (signer(name), verifier(trusted(name), OPTIONS));
        let expired = but("2000", "999");
        let whole = token(&signer, header(&signer), &expired);
        assert_eq!(refused(&verifier, &whole), ErrorKind::Expired);
        let mut signature = decode(parts(&whole)[2]);
        signature[7] ^= 1;
        let forged = whole.replace(parts(&whole)[2], &encode(signature));
        let error = verify(&verifier, forged).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Signature, "{name}");
        assert_eq!(error.claim(), None);
        assert_eq!(error.claims(), None);
        accepted(&verifier, good(&signer));
    }
}
