//! The raw primitives: the cheapest calls of the same back end that we know to
//! do the bare cryptography on a prepared key, hashing included.
//!
//! No token is looked at, nothing is decoded or allocated where the back end's
//! own call doesn't, and contexts that may be used twice are. A whole call is
//! measured against this.

use std::ptr;

use foreign_types::ForeignTypeRef;
use openssl::md::Md;
use openssl::pkey::{PKey, Private};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use openssl::sha::{sha256, sha384};
use openssl::sign::{RsaPssSaltlen, Signer, Verifier};

/// The secret of every HMAC here.
pub(crate) const SECRET: &[u8; 32] = b"a secret as long as the hash: 32";

pub(crate) const HMAC: &str =
    "HMAC_Init_ex without a key on a context that has it, HMAC_Update, HMAC_Final";

/// Whether the signature at hand is a message's.
pub(crate) type Verify<'k> = Box<dyn FnMut(&[u8]) -> bool + 'k>;

/// A message's signature.
pub(crate) type Sign<'k> = Box<dyn FnMut(&[u8]) -> Vec<u8> + 'k>;

/// Says what [`verify`] does.
pub(crate) fn verifying(algorithm: &str) -> &'static str {
    match algorithm {
        "HS256" => HMAC,
        "RS256" => "SHA-256, RSA_verify",
        "PS256" => "SHA-256, EVP_PKEY_verify on a context that is set up",
        "ES256" => "SHA-256, EVP_PKEY_verify of DER on a context that is set up",
        "ES384" => "SHA-384, EVP_PKEY_verify of DER on a context that is set up",
        _ => "EVP_DigestVerify on a new context, which it uses up",
    }
}

/// Says what [`sign`] does.
pub(crate) fn signing(algorithm: &str) -> &'static str {
    match algorithm {
        "HS256" => HMAC,
        "ES384" => "SHA-384, EVP_PKEY_sign on a context that is set up",
        "EdDSA" => "EVP_DigestSign on a new context, which it uses up",
        _ => "SHA-256, EVP_PKEY_sign on a context that is set up",
    }
}

/// One HMAC-SHA256 over the bytes given, its key taken in beforehand.
pub(crate) fn hmac() -> impl FnMut(&[u8]) -> [u8; 32] {
    struct Context(*mut openssl_sys::HMAC_CTX);
    impl Drop for Context {
        fn drop(&mut self) {
            // SAFETY: made below, freed once.
            unsafe { openssl_sys::HMAC_CTX_free(self.0) }
        }
    }
    // SAFETY: takes nothing.
    let context = Context(unsafe { openssl_sys::HMAC_CTX_new() });
    let init = |context: &Context, key: Option<&[u8]>| {
        let (start, length) = key.map_or((ptr::null(), 0), |key| (key.as_ptr(), key.len()));
        let md = key.map_or(ptr::null(), |_| Md::sha256().as_ptr().cast_const());
        // SAFETY: the context is ours; without a key and a hash it begins anew
        // with those it has.
        let done = unsafe {
            openssl_sys::HMAC_Init_ex(context.0, start.cast(), length as _, md, ptr::null_mut())
        };
        assert_eq!(done, 1);
    };
    init(&context, Some(SECRET));
    move |message| {
        init(&context, None);
        let (mut code, mut length) = ([0; 32], 0);
        // SAFETY: the message is readable for its length, the code has room.
        unsafe {
            openssl_sys::HMAC_Update(context.0, message.as_ptr(), message.len());
            openssl_sys::HMAC_Final(context.0, code.as_mut_ptr(), &raw mut length);
        }
        code
    }
}

/// Whether `signature` is that of the bytes given; ECDSA's is in DER.
pub(crate) fn verify<'k>(
    algorithm: &str,
    key: &'k PKey<Private>,
    signature: Vec<u8>,
) -> Verify<'k> {
    match algorithm {
        "RS256" => {
            let rsa = key.rsa().unwrap();
            Box::new(move |message| {
                let digest = sha256(message);
                let (length, nid) = (signature.len() as _, openssl_sys::NID_sha256);
                // SAFETY: both texts are readable for their lengths, the key is alive.
                let verdict = unsafe {
                    openssl_sys::RSA_verify(
                        nid,
                        digest.as_ptr(),
                        32,
                        signature.as_ptr(),
                        length,
                        rsa.as_ptr(),
                    )
                };
                verdict == 1
            })
        }
        "EdDSA" => Box::new(move |message| {
            let mut verifier = Verifier::new_without_digest(key).unwrap();
            verifier.verify_oneshot(&signature, message).unwrap()
        }),
        _ => {
            let mut context = PkeyCtx::new(key).unwrap();
            context.verify_init().unwrap();
            prepare(algorithm, &mut context);
            let long = algorithm == "ES384";
            Box::new(move |message| {
                if long {
                    context.verify(&sha384(message), &signature).unwrap()
                } else {
                    context.verify(&sha256(message), &signature).unwrap()
                }
            })
        }
    }
}

/// Signs the bytes given; the signature is the last one's each time.
pub(crate) fn sign<'k>(algorithm: &str, key: &'k PKey<Private>) -> Sign<'k> {
    if algorithm == "EdDSA" {
        return Box::new(move |message| {
            let mut signer = Signer::new_without_digest(key).unwrap();
            let mut signature = vec![0; 64];
            signer.sign_oneshot(&mut signature, message).unwrap();
            signature
        });
    }
    let mut context = PkeyCtx::new(key).unwrap();
    context.sign_init().unwrap();
    prepare(algorithm, &mut context);
    let long = algorithm == "ES384";
    Box::new(move |message| {
        let mut signature = vec![0; 512];
        let length = if long {
            context.sign(&sha384(message), Some(&mut signature))
        } else {
            context.sign(&sha256(message), Some(&mut signature))
        };
        signature.truncate(length.unwrap());
        signature
    })
}

fn prepare(algorithm: &str, context: &mut PkeyCtx<Private>) {
    match algorithm {
        "RS256" => {
            context.set_rsa_padding(Padding::PKCS1).unwrap();
            context.set_signature_md(Md::sha256()).unwrap();
        }
        "PS256" => {
            context.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
            context.set_signature_md(Md::sha256()).unwrap();
            context
                .set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)
                .unwrap();
            context.set_rsa_mgf1_md(Md::sha256()).unwrap();
        }
        _ => {}
    }
}
