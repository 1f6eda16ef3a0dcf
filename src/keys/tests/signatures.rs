//! Signatures of every algorithm: what holds, and that nothing near it does.

use super::{RSA, available, key_of, members, only, read};
use crate::crypto::{Algorithm, Named};
use crate::keys::KeySet;

const MESSAGE: &[u8] = b"eyJhbGciOiJub25lIn0.e30";

#[test]
fn every_algorithm_verifies_what_it_signs_and_no_flipped_bit() {
    for algorithm in available() {
        let key = key_of(algorithm);
        let signature = key.sign(MESSAGE).unwrap();
        assert!(key.verify(MESSAGE, &signature), "{algorithm:?}");
        assert!(key.verify(MESSAGE, &signature), "twice: {algorithm:?}");
        for index in 0..signature.len() {
            let mut flipped = signature.clone();
            flipped[index] ^= 1 << (index % 8);
            assert!(!key.verify(MESSAGE, &flipped), "{algorithm:?} {index}");
        }
        for index in 0..MESSAGE.len() {
            let mut flipped = MESSAGE.to_vec();
            flipped[index] ^= 1 << (index % 8);
            assert!(!key.verify(&flipped, &signature), "{algorithm:?} {index}");
        }
    }
}

#[test]
fn a_signature_of_another_length_never_holds() {
    for algorithm in available() {
        let key = key_of(algorithm);
        let signature = key.sign(MESSAGE).unwrap();
        for wrong in [
            vec![],
            vec![0],
            signature[1..].to_vec(),
            signature[..signature.len() - 1].to_vec(),
            [&signature[..], &[0]].concat(),
            [&[0], &signature[..]].concat(),
            [&signature[..], &signature].concat(),
            vec![0; signature.len()],
            vec![0xff; signature.len()],
        ] {
            assert!(
                !key.verify(MESSAGE, &wrong),
                "{algorithm:?} {}",
                wrong.len()
            );
        }
    }
}

#[test]
fn no_algorithms_signature_holds_under_another_of_the_same_key() {
    let rsa: Vec<_> = available()
        .filter(|one| one.name().starts_with("RS") || one.name().starts_with("PS"))
        .map(key_of)
        .collect();
    assert_eq!(rsa.len(), 6);
    for signer in &rsa {
        let signature = signer.sign(MESSAGE).unwrap();
        for verifier in &rsa {
            assert_eq!(verifier.thumbprint(), signer.thumbprint());
            let same = verifier.algorithm() == signer.algorithm();
            assert_eq!(verifier.verify(MESSAGE, &signature), same);
        }
    }
}

#[test]
fn another_key_of_the_same_algorithm_verifies_nothing() {
    for algorithm in available().filter(|one| !one.name().starts_with("PS")) {
        let (key, other) = match algorithm {
            Algorithm::Rs256 => (only(&RSA[0]), only(&RSA[1])),
            Algorithm::Rs384 | Algorithm::Rs512 => continue,
            _ => (key_of(algorithm), key_of(algorithm)),
        };
        let signature = key.sign(MESSAGE).unwrap();
        assert!(!other.verify(MESSAGE, &signature), "{algorithm:?}");
    }
}

/// The orders of the groups, from SEC 2.
fn order(algorithm: Algorithm) -> Vec<u8> {
    let hex = match algorithm {
        Algorithm::Es256 => "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        Algorithm::Es384 => {
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"
        }
        Algorithm::Es512 => {
            "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"
        }
        Algorithm::Es256k => "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        _ => unreachable!(),
    };
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

const ECDSA: [Algorithm; 4] = [
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
    Algorithm::Es256k,
];

#[test]
fn attack_04_psychic_signatures_are_refused() {
    for algorithm in ECDSA {
        let key = key_of(algorithm);
        let signature = key.sign(MESSAGE).unwrap();
        let (r, s) = signature.split_at(signature.len() / 2);
        let zero = vec![0; r.len()];
        let order = order(algorithm);
        let mut above = order.clone();
        *above.last_mut().unwrap() += 1;
        let most = vec![0xff; r.len()];
        for (r, s) in [
            (&zero[..], &zero[..]),
            (&order, &order),
            (&zero, s),
            (r, &zero),
            (&order, s),
            (r, &order),
            (&above, s),
            (r, &above),
            (&above, &above),
            (&most, &most),
        ] {
            assert!(!key.verify(MESSAGE, &[r, s].concat()), "{algorithm:?}");
        }
        assert!(key.verify(MESSAGE, &[r, s].concat()));
    }
}

#[test]
fn attack_04_a_signature_in_der_is_refused() {
    use openssl::bn::BigNum;
    use openssl::ecdsa::EcdsaSig;
    for algorithm in ECDSA {
        let key = key_of(algorithm);
        let signature = key.sign(MESSAGE).unwrap();
        let (r, s) = signature.split_at(signature.len() / 2);
        let [r, s] = [r, s].map(|half| BigNum::from_slice(half).unwrap());
        let der = EcdsaSig::from_private_components(r, s)
            .unwrap()
            .to_der()
            .unwrap();
        assert!(!key.verify(MESSAGE, &der), "{algorithm:?}");
    }
}

#[test]
fn attack_05_the_mirrored_signature_holds_too() {
    // Known and harmless, as long as nothing is keyed on a signature's bytes.
    use openssl::bn::BigNum;
    let key = key_of(Algorithm::Es256);
    let signature = key.sign(MESSAGE).unwrap();
    let (r, s) = signature.split_at(32);
    let order = BigNum::from_slice(&order(Algorithm::Es256)).unwrap();
    let mirrored = (&order - &BigNum::from_slice(s).unwrap())
        .to_vec_padded(32)
        .unwrap();
    assert!(key.verify(MESSAGE, &[r, &mirrored].concat()));
}

#[test]
fn signatures_are_as_long_as_rfc_7518_says() {
    for (algorithm, length) in [
        (Algorithm::Hs256, 32),
        (Algorithm::Hs384, 48),
        (Algorithm::Hs512, 64),
        (Algorithm::Rs256, 256),
        (Algorithm::Ps512, 256),
        (Algorithm::Es256, 64),
        (Algorithm::Es384, 96),
        (Algorithm::Es512, 132),
        (Algorithm::Es256k, 64),
        (Algorithm::Ed25519, 64),
    ] {
        let key = key_of(algorithm);
        for _ in 0..20 {
            assert_eq!(key.sign(MESSAGE).unwrap().len(), length, "{algorithm:?}");
        }
    }
}

#[test]
fn a_public_key_verifies_and_does_not_sign() {
    for algorithm in available().filter(|one| !one.name().starts_with("HS")) {
        let key = key_of(algorithm);
        let public = key.public().unwrap();
        assert!(key.can_sign() && !public.can_sign());
        assert!(public.verify(MESSAGE, &key.sign(MESSAGE).unwrap()));
        assert!(public.sign(MESSAGE).is_err());
    }
}

#[test]
fn a_private_key_whose_operations_lack_sign_does_not_sign() {
    let mut jwk = members(&KeySet::generate(Named::EdDsa, None, None).unwrap(), true);
    jwk["key_ops"] = serde_json::json!(["verify"]);
    assert!(!only(&read(&jwk.to_string()).unwrap()).can_sign());
    jwk["key_ops"] = serde_json::json!(["sign"]);
    assert!(only(&read(&jwk.to_string()).unwrap()).can_sign());
}

#[test]
fn the_back_ends_own_signatures_hold() {
    use openssl::hash::MessageDigest;
    use openssl::pkey::PKey;
    use openssl::rsa::{Padding, Rsa};
    use openssl::sign::{RsaPssSaltlen, Signer};
    let pkey = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let pem = pkey.private_key_to_pem_pkcs8().unwrap();
    for (name, digest) in [
        ("PS256", MessageDigest::sha256()),
        ("PS384", MessageDigest::sha384()),
        ("PS512", MessageDigest::sha512()),
    ] {
        let key = only(&super::read_as(name, &pem).unwrap());
        let sign = |salt, mask| {
            let mut signer = Signer::new(digest, &pkey).unwrap();
            signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
            signer.set_rsa_pss_saltlen(salt).unwrap();
            signer.set_rsa_mgf1_md(mask).unwrap();
            signer.sign_oneshot_to_vec(MESSAGE).unwrap()
        };
        assert!(key.verify(MESSAGE, &sign(RsaPssSaltlen::DIGEST_LENGTH, digest)));
        // The salt and the mask are part of the algorithm: others don't hold.
        assert!(!key.verify(MESSAGE, &sign(RsaPssSaltlen::custom(20), digest)));
        assert!(!key.verify(MESSAGE, &sign(RsaPssSaltlen::MAXIMUM_LENGTH, digest)));
        let other_mask = MessageDigest::sha1();
        assert!(!key.verify(MESSAGE, &sign(RsaPssSaltlen::DIGEST_LENGTH, other_mask)));
    }
}

#[test]
fn threads_share_a_key() {
    for algorithm in [
        Algorithm::Hs256,
        Algorithm::Rs256,
        Algorithm::Es256,
        Algorithm::Ed25519,
    ] {
        let key = key_of(algorithm);
        let signature = key.sign(MESSAGE).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        assert!(key.verify(MESSAGE, &signature));
                        assert!(!key.verify(b"another", &signature));
                    }
                });
            }
        });
    }
}
