//! One key in every encoding: JWK, JWK Set, PEM and DER of five kinds.

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::symm::Cipher;
use openssl::x509::{X509, X509Name};

use super::{only, read, read_as, refused};
use crate::error::ErrorKind;
use crate::keys::{KeyOptions, KeySet};

fn rsa() -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap()
}

fn ec(nid: Nid) -> PKey<Private> {
    let group = EcGroup::from_curve_name(nid).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

/// A certificate of `key`, by `issuer` where it isn't its own.
fn certificate(key: &PKey<Private>, name: &str, issuer: Option<(&str, &PKey<Private>)>) -> X509 {
    let named = |text: &str| {
        let mut name = X509Name::builder().unwrap();
        name.append_entry_by_nid(Nid::COMMONNAME, text).unwrap();
        name.build()
    };
    let (issuer, signer) = issuer.unwrap_or((name, key));
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(&named(name)).unwrap();
    builder.set_issuer_name(&named(issuer)).unwrap();
    builder
        .set_not_before(&Asn1Time::days_from_now(0).unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::days_from_now(1).unwrap())
        .unwrap();
    builder.set_pubkey(key).unwrap();
    builder.sign(signer, MessageDigest::sha256()).unwrap();
    builder.build()
}

/// Every encoding of `key`: bytes, and whether they are private.
fn encodings(key: &PKey<Private>) -> Vec<(Vec<u8>, bool)> {
    let certificate = certificate(key, "a", None);
    let mut all = vec![
        (key.public_key_to_pem().unwrap(), false),
        (key.public_key_to_der().unwrap(), false),
        (key.private_key_to_pem_pkcs8().unwrap(), true),
        (key.private_key_to_pkcs8().unwrap(), true),
        (certificate.to_pem().unwrap(), false),
        (certificate.to_der().unwrap(), false),
    ];
    if let Ok(rsa) = key.rsa() {
        all.push((rsa.public_key_to_pem_pkcs1().unwrap(), false));
        all.push((rsa.public_key_to_der_pkcs1().unwrap(), false));
        all.push((rsa.private_key_to_pem().unwrap(), true));
        all.push((rsa.private_key_to_der().unwrap(), true));
    }
    if let Ok(ec) = key.ec_key() {
        all.push((ec.private_key_to_pem().unwrap(), true));
        all.push((ec.private_key_to_der().unwrap(), true));
    }
    all
}

fn same_in_every_encoding(algorithm: &str, key: &PKey<Private>) {
    let first = only(&read_as(algorithm, key.private_key_to_pkcs8().unwrap()).unwrap());
    let signature = first.sign(b"message").unwrap();
    for (bytes, private) in encodings(key) {
        let label: String = String::from_utf8_lossy(&bytes).chars().take(30).collect();
        let read = only(&read_as(algorithm, &bytes).unwrap());
        assert_eq!(read.can_sign(), private, "{label}");
        assert_eq!(read.thumbprint(), first.thumbprint(), "{label}");
        assert_eq!(read.name(), algorithm, "{label}");
        assert_eq!(read.kid(), None);
        assert!(read.verify(b"message", &signature), "{label}");
        let text = KeySet::from_document(&bytes, &super::said(algorithm)).unwrap();
        let json = only(&super::read(&text.to_json(private).unwrap()).unwrap());
        assert_eq!(json.thumbprint(), first.thumbprint());
        assert_eq!(json.can_sign(), private);
    }
}

#[test]
fn an_rsa_key_is_the_same_in_every_encoding() {
    let key = rsa();
    same_in_every_encoding("RS256", &key);
    same_in_every_encoding("PS384", &key);
}

#[test]
fn an_ec_key_is_the_same_in_every_encoding() {
    for (algorithm, nid) in [
        ("ES256", Nid::X9_62_PRIME256V1),
        ("ES384", Nid::SECP384R1),
        ("ES512", Nid::SECP521R1),
        ("ES256K", Nid::SECP256K1),
    ] {
        same_in_every_encoding(algorithm, &ec(nid));
    }
}

#[test]
fn an_ed25519_key_is_the_same_in_every_encoding() {
    let key = PKey::generate_ed25519().unwrap();
    let bytes = [
        key.public_key_to_pem().unwrap(),
        key.public_key_to_der().unwrap(),
        key.private_key_to_pem_pkcs8().unwrap(),
        key.private_key_to_pkcs8().unwrap(),
    ];
    for bytes in &bytes {
        let plain = only(&KeySet::from_document(bytes, &KeyOptions::default()).unwrap());
        assert_eq!(plain.name(), "EdDSA");
        let named = only(&read_as("Ed25519", bytes).unwrap());
        assert_eq!(named.name(), "Ed25519");
        assert_eq!(plain.thumbprint(), named.thumbprint());
    }
}

#[test]
fn pem_is_read_however_its_lines_end_and_with_text_around_it() {
    let pem = String::from_utf8(ec(Nid::X9_62_PRIME256V1).public_key_to_pem().unwrap()).unwrap();
    for text in [
        pem.replace('\n', "\r\n"),
        format!("\n\n  {pem}"),
        format!("Bag Attributes\n    friendlyName: a\n{pem}\n\n"),
        pem.trim_end().to_owned(),
        pem.replace('\n', "\n  "),
    ] {
        only(&read(&text).unwrap());
    }
}

#[test]
fn several_blocks_are_several_keys() {
    let (a, b) = (ec(Nid::X9_62_PRIME256V1), ec(Nid::SECP384R1));
    let pem = [
        a.public_key_to_pem().unwrap(),
        b.public_key_to_pem().unwrap(),
    ]
    .concat();
    let set = read(std::str::from_utf8(&pem).unwrap()).unwrap();
    let names: Vec<_> = set.keys().map(|key| key.name()).collect();
    assert_eq!(names, ["ES256", "ES384"]);
}

#[test]
fn a_private_key_beside_its_certificate_is_one_key() {
    let key = ec(Nid::X9_62_PRIME256V1);
    let private = key.private_key_to_pem_pkcs8().unwrap();
    let certificate = certificate(&key, "a", None).to_pem().unwrap();
    for pem in [
        [&private[..], &certificate].concat(),
        [&certificate[..], &private].concat(),
    ] {
        let set = read(std::str::from_utf8(&pem).unwrap()).unwrap();
        assert!(only(&set).can_sign());
    }
}

#[test]
fn of_a_chain_of_certificates_only_the_end_is_a_key() {
    let (root, leaf) = (ec(Nid::X9_62_PRIME256V1), ec(Nid::X9_62_PRIME256V1));
    let chain = [
        certificate(&leaf, "leaf", Some(("root", &root)))
            .to_pem()
            .unwrap(),
        certificate(&root, "root", None).to_pem().unwrap(),
    ]
    .concat();
    let set = read(std::str::from_utf8(&chain).unwrap()).unwrap();
    let alone =
        only(&read(std::str::from_utf8(&leaf.public_key_to_pem().unwrap()).unwrap()).unwrap());
    assert_eq!(only(&set).thumbprint(), alone.thumbprint());
    assert_eq!(set.skipped()[0].index, 1);
}

#[test]
fn the_parameters_that_openssl_writes_before_an_ec_key_are_passed_over() {
    let key = ec(Nid::X9_62_PRIME256V1).ec_key().unwrap();
    let pem = String::from_utf8(key.private_key_to_pem().unwrap()).unwrap();
    let with = format!(
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{pem}"
    );
    assert!(only(&read(&with).unwrap()).can_sign());
}

#[test]
fn an_encrypted_key_says_how_to_decrypt_it() {
    let key = ec(Nid::X9_62_PRIME256V1);
    let cipher = Cipher::aes_128_cbc();
    let pkcs8 = key
        .private_key_to_pem_pkcs8_passphrase(cipher, b"secret")
        .unwrap();
    let der = key
        .private_key_to_pkcs8_passphrase(cipher, b"secret")
        .unwrap();
    let old = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n";
    for bytes in [&pkcs8[..], &der, old.as_bytes()] {
        let result = KeySet::from_document(bytes, &KeyOptions::default());
        let error = refused(result, ErrorKind::Key);
        assert!(
            error.message().contains("decrypt it with `openssl"),
            "{error}"
        );
    }
}

#[test]
fn bytes_after_a_der_key_are_refused() {
    for (bytes, _) in encodings(&ec(Nid::X9_62_PRIME256V1)) {
        if bytes[0] == 0x30 {
            let longer = [&bytes[..], &[0]].concat();
            refused(
                KeySet::from_document(&longer, &KeyOptions::default()),
                ErrorKind::Key,
            );
        }
    }
}

#[test]
fn every_truncation_and_flip_of_a_document_is_an_answer() {
    let key = ec(Nid::X9_62_PRIME256V1);
    for (bytes, _) in encodings(&key) {
        for index in 0..bytes.len() {
            let _ = KeySet::from_document(&bytes[..index], &KeyOptions::default());
            let mut flipped = bytes.clone();
            flipped[index] ^= 1 << (index % 8);
            let _ = KeySet::from_document(&flipped, &KeyOptions::default());
        }
    }
}

#[test]
fn pem_and_der_are_never_an_hmac_key() {
    for key in [rsa(), ec(Nid::X9_62_PRIME256V1)] {
        for (bytes, _) in encodings(&key) {
            refused(read_as("HS256", &bytes), ErrorKind::Key);
        }
    }
}

#[test]
fn keys_of_other_kinds_are_refused() {
    let x25519 = PKey::generate_x25519()
        .unwrap()
        .public_key_to_der()
        .unwrap();
    let error = refused(
        KeySet::from_document(&x25519, &KeyOptions::default()),
        ErrorKind::Key,
    );
    assert!(error.message().contains("another kind"), "{error}");
}
