//! Signers that are given no message: a KMS or an HSM signs the digest.

use std::sync::LazyLock;

use jeton::{Call, KeyOptions, KeySet, Signing};
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::md::Md;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::{Padding, Rsa};
use openssl::sign::RsaPssSaltlen;

use super::support::engine::*;
use super::{Answer, MINTING, external, good, minted};

/// The private keys of a KMS: jeton has only what `public` gives.
static RSA: LazyLock<PKey<Private>> =
    LazyLock::new(|| PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap());

fn public(key: &PKey<Private>, algorithm: &str) -> KeySet {
    let options = KeyOptions {
        algorithm: Some(algorithm.into()),
        ..KeyOptions::default()
    };
    KeySet::from_document(&key.public_key_to_der().unwrap(), &options).unwrap()
}

/// Mints by a signer that knows only what it is given, and verifies.
fn signed(algorithm: &str, key: &PKey<Private>, sign: fn(&Signing<'_>, &PKey<Private>) -> Vec<u8>) {
    let (keys, key) = (public(key, algorithm), key.clone());
    let signer = move |signing: &Signing<'_>| -> Answer { Ok(sign(signing, &key)) };
    let minter = external(&keys, MINTING, signer).unwrap();
    let token = minter.mint(b"{}", &Call::at(NOW)).unwrap();
    accepted(&verifier(keys, OPTIONS), token);
}

#[test]
fn rsa_pads_the_digest_info() {
    for algorithm in ["RS256", "RS384", "RS512"] {
        signed(algorithm, &RSA, |signing, key| {
            let info = signing.digest_info.unwrap();
            assert!(info.ends_with(signing.digest.unwrap()));
            let mut signature = vec![0; 256];
            let rsa = key.rsa().unwrap();
            rsa.private_encrypt(info, &mut signature, Padding::PKCS1)
                .unwrap();
            signature
        });
    }
}

#[test]
fn pss_takes_the_digest() {
    for algorithm in ["PS256", "PS384", "PS512"] {
        signed(algorithm, &RSA, |signing, key| {
            assert!(signing.digest_info.is_none());
            let digest = signing.digest.unwrap();
            let md = match digest.len() {
                32 => Md::sha256(),
                48 => Md::sha384(),
                _ => Md::sha512(),
            };
            let mut context = PkeyCtx::new(key).unwrap();
            context.sign_init().unwrap();
            context.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
            context.set_signature_md(md).unwrap();
            context.set_rsa_mgf1_md(md).unwrap();
            let salt = RsaPssSaltlen::DIGEST_LENGTH;
            context.set_rsa_pss_saltlen(salt).unwrap();
            let mut signature = Vec::new();
            context.sign_to_vec(digest, &mut signature).unwrap();
            signature
        });
    }
}

/// A signature of the digest, in DER, whose r and s are as they are looked for.
fn ecdsa(signing: &Signing<'_>, key: &PKey<Private>, wanted: fn(i32, i32, i32) -> bool) -> Vec<u8> {
    assert!(signing.digest_info.is_none());
    let key = key.ec_key().unwrap();
    let full = 8 * key.group().degree().div_ceil(8) as i32;
    std::iter::repeat_with(|| EcdsaSig::sign(signing.digest.unwrap(), &key).unwrap())
        .find(|signature| wanted(signature.r().num_bits(), signature.s().num_bits(), full))
        .map(|signature| signature.to_der().unwrap())
        .unwrap()
}

#[test]
fn ecdsa_in_der_may_have_numbers_of_any_length() {
    for (algorithm, curve) in [
        ("ES256", Nid::X9_62_PRIME256V1),
        ("ES384", Nid::SECP384R1),
        ("ES512", Nid::SECP521R1),
        ("ES256K", Nid::SECP256K1),
    ] {
        let group = EcGroup::from_curve_name(curve).unwrap();
        let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        // A leading zero of JOSE's isn't written; a leading bit asks for a zero more.
        signed(algorithm, &key, |signing, key| {
            ecdsa(signing, key, |r, _, full| r <= full - 8)
        });
        signed(algorithm, &key, |signing, key| {
            ecdsa(signing, key, |_, s, full| s <= full - 8)
        });
        signed(algorithm, &key, |signing, key| {
            ecdsa(signing, key, |r, s, _| r % 8 == 0 && s % 8 == 0)
        });
        signed(algorithm, &key, |signing, key| {
            ecdsa(signing, key, |r, s, _| r % 8 != 0 && s % 8 != 0)
        });
    }
}

#[test]
fn eddsa_takes_the_message() {
    let token = minted("ed", |signing, key| {
        assert!(signing.digest.is_none() && signing.digest_info.is_none());
        good(signing, key)
    });
    accepted(&verifier(trusted("ed"), OPTIONS), token.unwrap());
}
