//! Project Wycheproof's signatures of ECDSA as a signer's answers: each that
//! holds is taken in both of its forms, and each that doesn't in none.

use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

use super::super::External;
use super::*;

#[test]
fn a_signers_answer_is_taken_raw_and_in_der() {
    for (der, raw, algorithm) in [
        (
            TestName::EcdsaSecp256r1Sha256,
            TestName::EcdsaSecp256r1Sha256P1363,
            "ES256",
        ),
        (
            TestName::EcdsaSecp384r1Sha384,
            TestName::EcdsaSecp384r1Sha384P1363,
            "ES384",
        ),
        (
            TestName::EcdsaSecp521r1Sha512,
            TestName::EcdsaSecp521r1Sha512P1363,
            "ES512",
        ),
        (
            TestName::EcdsaSecp256k1Sha256,
            TestName::EcdsaSecp256k1Sha256P1363,
            "ES256K",
        ),
    ] {
        for (form, name) in [("der", der), ("raw", raw)] {
            let (mut taken, mut refused) = (0, 0);
            for group in TestSet::load(name).unwrap().test_groups {
                let set = read_as(algorithm, &group.der).unwrap();
                let key = only(&set);
                for test in group.tests {
                    let case = format!("{algorithm} {form} {} {}", test.tc_id, test.comment);
                    let answer = test.sig.to_vec();
                    let signer = Box::new(move |_: &Signing<'_>| Ok(answer.clone()));
                    let external = External::new(&set, signer, None, None).unwrap();
                    match (external.sign(&test.msg), test.result) {
                        (Ok(signature), TestResult::Valid | TestResult::Acceptable) => {
                            assert!(key.verify(&test.msg, &signature), "{case}");
                            taken += 1;
                        }
                        (Err(error), TestResult::Invalid | TestResult::Acceptable) => {
                            assert_eq!(error.kind(), ErrorKind::Signer, "{case}");
                            refused += 1;
                        }
                        (Ok(_), TestResult::Invalid) => panic!("{case}: taken"),
                        (Err(_), TestResult::Valid) => panic!("{case}: refused"),
                    }
                }
            }
            assert!(
                taken > 50 && refused > 50,
                "{algorithm} {form}: {taken}, {refused}"
            );
        }
    }
}
