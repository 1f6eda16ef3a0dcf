//! A large set of keys of every kind, as text and as bare numbers.

use openssl::base64;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::Rsa;

/// How many RSA keys are different: making one takes long, reading it doesn't care.
const MODULI: usize = 8;

/// The numbers of a public key.
enum Numbers {
    Rsa(Vec<u8>, Vec<u8>),
    Ec(Nid, Vec<u8>, Vec<u8>),
    Ed25519(Vec<u8>),
}

/// A quarter RSA with 2048 bits, and as many on P-256, on P-384 and Ed25519.
pub(crate) struct Mixed {
    /// As a JWK Set.
    pub(crate) set: String,
    /// Each by itself.
    pub(crate) jwks: Vec<String>,
    keys: Vec<Numbers>,
}

impl Mixed {
    pub(crate) fn new(count: usize) -> Self {
        let moduli: Vec<_> = (0..MODULI).map(|_| Rsa::generate(2048).unwrap()).collect();
        let keys: Vec<_> = (0..count)
            .map(|number| match number % 4 {
                0 => {
                    let rsa = &moduli[number / 4 % MODULI];
                    Numbers::Rsa(rsa.n().to_vec(), rsa.e().to_vec())
                }
                1 => on(Nid::X9_62_PRIME256V1, 32),
                2 => on(Nid::SECP384R1, 48),
                _ => {
                    let key = PKey::generate_ed25519().unwrap();
                    Numbers::Ed25519(key.raw_public_key().unwrap())
                }
            })
            .collect();
        let jwks: Vec<_> = keys.iter().enumerate().map(jwk).collect();
        Self {
            set: format!("{{\"keys\":[{}]}}", jwks.join(",")),
            jwks,
            keys,
        }
    }

    /// A key of the crypto library for each.
    pub(crate) fn import(&self) -> Vec<PKey<Public>> {
        let number = |bytes: &[u8]| BigNum::from_slice(bytes).unwrap();
        let import = |key: &Numbers| match key {
            Numbers::Rsa(n, e) => {
                let rsa = Rsa::from_public_components(number(n), number(e)).unwrap();
                PKey::from_rsa(rsa).unwrap()
            }
            Numbers::Ec(curve, x, y) => {
                let group = EcGroup::from_curve_name(*curve).unwrap();
                let (x, y) = (number(x), number(y));
                let key = EcKey::from_public_key_affine_coordinates(&group, &x, &y).unwrap();
                PKey::from_ec_key(key).unwrap()
            }
            Numbers::Ed25519(x) => PKey::public_key_from_raw_bytes(x, Id::ED25519).unwrap(),
        };
        self.keys.iter().map(import).collect()
    }
}

fn on(curve: Nid, size: i32) -> Numbers {
    let group = EcGroup::from_curve_name(curve).unwrap();
    let key = EcKey::generate(&group).unwrap();
    let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
    let mut context = BigNumContext::new().unwrap();
    key.public_key()
        .affine_coordinates(&group, &mut x, &mut y, &mut context)
        .unwrap();
    let padded = |number: BigNum| number.to_vec_padded(size).unwrap();
    Numbers::Ec(curve, padded(x), padded(y))
}

fn jwk((number, key): (usize, &Numbers)) -> String {
    let members = match key {
        Numbers::Rsa(n, e) => format!(
            r#""kty":"RSA","alg":"RS256","n":"{}","e":"{}""#,
            encode(n),
            encode(e)
        ),
        Numbers::Ec(curve, x, y) => {
            let (crv, alg) = if *curve == Nid::SECP384R1 {
                ("P-384", "ES384")
            } else {
                ("P-256", "ES256")
            };
            format!(
                r#""kty":"EC","alg":"{alg}","crv":"{crv}","x":"{}","y":"{}""#,
                encode(x),
                encode(y)
            )
        }
        Numbers::Ed25519(x) => format!(
            r#""kty":"OKP","alg":"EdDSA","crv":"Ed25519","x":"{}""#,
            encode(x)
        ),
    };
    format!(r#"{{"use":"sig","kid":"2025-{number}",{members}}}"#)
}

/// Base64url.
pub(crate) fn encode(bytes: &[u8]) -> String {
    base64::encode_block(bytes)
        .replace('+', "-")
        .replace('/', "_")
        .trim_end_matches('=')
        .to_owned()
}
