//! Project Wycheproof's signatures, through [`jeton::Key::verify`]: made to be
//! misjudged, each with the verdict that it must have.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use jeton::{KeyOptions, KeySet};
use wycheproof::TestResult;
use wycheproof::ecdsa::TestName as Ecdsa;
use wycheproof::eddsa::TestName as Eddsa;
use wycheproof::mac::TestName as Mac;
use wycheproof::rsa_pkcs1_verify::TestName as Pkcs1;
use wycheproof::rsa_pss_verify::TestName as Pss;

fn options(algorithm: &str) -> KeyOptions {
    KeyOptions {
        algorithm: Some(algorithm.into()),
        weak: algorithm.starts_with("HS"),
        ..KeyOptions::default()
    }
}

/// How many verdicts were as expected, with an error for each that wasn't.
#[derive(Default)]
struct Tally {
    valid: usize,
    invalid: usize,
}

impl Tally {
    fn judge(&mut self, holds: bool, expected: TestResult, case: impl std::fmt::Display) {
        match expected {
            TestResult::Valid => {
                assert!(holds, "{case}: must be accepted");
                self.valid += 1;
            }
            TestResult::Invalid => {
                assert!(!holds, "{case}: must be refused");
                self.invalid += 1;
            }
            TestResult::Acceptable => {}
        }
    }

    #[track_caller]
    fn assert_some(&self) {
        assert!(
            self.valid > 0 && self.invalid > 0,
            "{} valid, {} invalid",
            self.valid,
            self.invalid
        );
    }
}

fn key(der: &[u8], algorithm: &str) -> jeton::Result<KeySet> {
    KeySet::from_document(der, &options(algorithm))
}

fn verify(set: &KeySet, message: &[u8], signature: &[u8]) -> bool {
    set.keys().next().unwrap().verify(message, signature)
}

#[test]
fn ecdsa() {
    for (name, algorithm) in [
        (Ecdsa::EcdsaSecp256r1Sha256P1363, "ES256"),
        (Ecdsa::EcdsaSecp384r1Sha384P1363, "ES384"),
        (Ecdsa::EcdsaSecp521r1Sha512P1363, "ES512"),
        (Ecdsa::EcdsaSecp256k1Sha256P1363, "ES256K"),
    ] {
        let mut tally = Tally::default();
        for group in wycheproof::ecdsa::TestSet::load(name).unwrap().test_groups {
            let set = key(&group.der, algorithm).unwrap();
            for test in group.tests {
                let holds = verify(&set, &test.msg, &test.sig);
                tally.judge(
                    holds,
                    test.result,
                    format_args!("{algorithm} {} {}", test.tc_id, test.comment),
                );
            }
        }
        tally.assert_some();
    }
}

#[test]
fn ecdsa_in_der_is_never_accepted() {
    for (name, algorithm) in [
        (Ecdsa::EcdsaSecp256r1Sha256, "ES256"),
        (Ecdsa::EcdsaSecp521r1Sha512, "ES512"),
    ] {
        for group in wycheproof::ecdsa::TestSet::load(name).unwrap().test_groups {
            let set = key(&group.der, algorithm).unwrap();
            for test in group.tests {
                assert!(
                    !verify(&set, &test.msg, &test.sig),
                    "{algorithm} {}",
                    test.tc_id
                );
            }
        }
    }
}

#[test]
fn eddsa() {
    let mut tally = Tally::default();
    for group in wycheproof::eddsa::TestSet::load(Eddsa::Ed25519)
        .unwrap()
        .test_groups
    {
        let set = key(&group.der, "Ed25519").unwrap();
        for test in group.tests {
            let holds = verify(&set, &test.msg, &test.sig);
            tally.judge(
                holds,
                test.result,
                format_args!("Ed25519 {} {}", test.tc_id, test.comment),
            );
        }
    }
    tally.assert_some();
}

#[test]
fn ed448_where_the_back_end_has_it() {
    if !jeton::Algorithm::Ed448.available() {
        return;
    }
    let mut tally = Tally::default();
    for group in wycheproof::eddsa::TestSet::load(Eddsa::Ed448)
        .unwrap()
        .test_groups
    {
        let set = key(&group.der, "Ed448").unwrap();
        for test in group.tests {
            let holds = verify(&set, &test.msg, &test.sig);
            tally.judge(
                holds,
                test.result,
                format_args!("Ed448 {} {}", test.tc_id, test.comment),
            );
        }
    }
    tally.assert_some();
}

#[test]
fn rsa_with_pkcs1_padding() {
    for (name, algorithm) in [
        (Pkcs1::Rsa2048Sha256, "RS256"),
        (Pkcs1::Rsa2048Sha384, "RS384"),
        (Pkcs1::Rsa2048Sha512, "RS512"),
        (Pkcs1::Rsa3072Sha256, "RS256"),
        (Pkcs1::Rsa4096Sha512, "RS512"),
        (Pkcs1::Rsa8192Sha256, "RS256"),
    ] {
        let mut tally = Tally::default();
        for group in wycheproof::rsa_pkcs1_verify::TestSet::load(name)
            .unwrap()
            .test_groups
        {
            let set = key(&group.der, algorithm).unwrap();
            for test in group.tests {
                let holds = verify(&set, &test.msg, &test.sig);
                tally.judge(
                    holds,
                    test.result,
                    format_args!("{algorithm} {} {}", test.tc_id, test.comment),
                );
            }
        }
        tally.assert_some();
    }
}

#[test]
fn rsa_with_pss_padding() {
    for (name, algorithm) in [
        (Pss::RsaPss2048Sha256Mgf1SaltLen32, "PS256"),
        (Pss::RsaPss2048Sha384Mgf1SaltLen48, "PS384"),
        (Pss::RsaPss3072Sha256Mgf1SaltLen32, "PS256"),
        (Pss::RsaPss4096Sha384Mgf1SaltLen48, "PS384"),
        (Pss::RsaPss4096Sha512Mgf1SaltLen64, "PS512"),
    ] {
        let mut tally = Tally::default();
        for group in wycheproof::rsa_pss_verify::TestSet::load(name)
            .unwrap()
            .test_groups
        {
            let set = key(&group.der, algorithm).unwrap();
            for test in group.tests {
                let holds = verify(&set, &test.msg, &test.sig);
                tally.judge(
                    holds,
                    test.result,
                    format_args!("{algorithm} {} {}", test.tc_id, test.comment),
                );
            }
        }
        tally.assert_some();
    }
}

fn is_valid(test: &wycheproof::rsa_pss_verify::Test) -> bool {
    test.result == TestResult::Valid
}

/// RFC 7518 section 3.5: the salt is as long as the hash, and MGF1 uses the same.
#[test]
fn pss_with_another_salt_or_another_mask_is_never_accepted() {
    for name in [
        Pss::RsaPss2048Sha256Mgf1SaltLen0,
        Pss::RsaPss2048Sha256Mgf1Sha1_20,
        Pss::RsaPss2048Sha1Mgf1SaltLen20,
        Pss::RsaPss4096Sha512Mgf1SaltLen32,
    ] {
        for group in wycheproof::rsa_pss_verify::TestSet::load(name)
            .unwrap()
            .test_groups
        {
            for algorithm in ["PS256", "PS384", "PS512"] {
                let set = key(&group.der, algorithm).unwrap();
                // The others are refused for something else, and some of them have our salt.
                for test in group.tests.iter().filter(|test| is_valid(test)) {
                    assert!(
                        !verify(&set, &test.msg, &test.sig),
                        "{name:?} {algorithm} {}",
                        test.tc_id
                    );
                }
            }
        }
    }
}

#[test]
fn hmac() {
    for (name, algorithm, bits) in [
        (Mac::HmacSha256, "HS256", 256),
        (Mac::HmacSha384, "HS384", 384),
        (Mac::HmacSha512, "HS512", 512),
    ] {
        let mut tally = Tally::default();
        for group in wycheproof::mac::TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let set = match KeySet::from_secret(&test.key, &options(algorithm)) {
                    Ok(set) => set,
                    // An empty secret, or one of zeros, isn't read at all.
                    Err(error) => {
                        assert_eq!(error.kind(), jeton::ErrorKind::WeakKey);
                        continue;
                    }
                };
                let holds = verify(&set, &test.msg, &test.tag);
                // A code that was cut short is no code, even where it's right.
                let expected = if group.tag_size == bits {
                    test.result
                } else {
                    TestResult::Invalid
                };
                tally.judge(
                    holds,
                    expected,
                    format_args!("{algorithm} {} {}", test.tc_id, test.comment),
                );
            }
        }
        tally.assert_some();
    }
}
