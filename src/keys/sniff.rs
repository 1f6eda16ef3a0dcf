//! What bytes look like: for messages, and to keep keys from becoming secrets.

use base64_simd::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use crate::crypto::detect_der;

/// Which key `secret` holds instead of being one: PEM (with its line breaks
/// mangled too), DER, JWK, JWK Set, SSH, or one of these in base64.
pub(super) fn key_in(secret: &[u8]) -> Option<&'static str> {
    encoded_key(secret).or_else(|| {
        let decoded = from_base64(secret)?;
        encoded_key(&decoded).map(|_| "a key in base64")
    })
}

fn encoded_key(bytes: &[u8]) -> Option<&'static str> {
    let dense: Zeroizing<Vec<u8>> = Zeroizing::new(
        bytes
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect(),
    );
    let armoured = [
        &b"-----BEGIN"[..],
        b"PUBLICKEY-----",
        b"PRIVATEKEY-----",
        b"CERTIFICATE-----",
    ];
    if armoured.iter().any(|mark| holds(&dense, mark)) {
        return Some("a PEM file");
    }
    if dense.starts_with(b"{") && (holds(&dense, b"\"kty\"") || holds(&dense, b"\"keys\"")) {
        return Some("a JWK or a JWK Set");
    }
    if is_ssh(bytes) {
        return Some("an SSH public key");
    }
    detect_der(bytes).map(|_| "a DER file")
}

/// What a document that holds no key seems to be, and what to do about it.
pub(super) fn describe(document: &[u8]) -> &'static str {
    let text = document.trim_ascii();
    if text.is_empty() {
        "it is empty"
    } else if document.starts_with(b"\xEF\xBB\xBF") {
        "it begins with a byte order mark: save it as UTF-8 without one"
    } else if document.starts_with(b"\xFF\xFE") || document.starts_with(b"\xFE\xFF") {
        "it is UTF-16 text: save it as UTF-8"
    } else if is_ssh(text) {
        "it is an SSH public key: convert it with `ssh-keygen -e -m PKCS8 -f FILE`"
    } else if text.starts_with(b"---- BEGIN SSH2") {
        "it is an SSH2 public key: convert it with `ssh-keygen -i -f FILE | ssh-keygen -e -m PKCS8 -f /dev/stdin`"
    } else if text.starts_with(b"<") {
        "it is HTML or XML: was an error page saved instead of the keys?"
    } else if text.starts_with(b"[") {
        "it is a JSON array: a JWK Set is an object, {\"keys\": […]}"
    } else if is_token(text) {
        "it is a token: the keys are needed, not what they signed"
    } else if document.starts_with(b"\xFE\xED\xFE\xED") {
        "it is a Java key store: export the key as PEM"
    } else if is_pkcs12(document) {
        "it is PKCS#12: convert it with `openssl pkcs12 -in FILE -nodes`"
    } else if document.starts_with(b"\x30") && holds(document, ENCRYPTED) {
        "it is an encrypted private key: decrypt it with `openssl pkcs8 -inform DER -in FILE`"
    } else if document.starts_with(b"\x30") {
        "it is DER, but none of the keys or certificates that can be read"
    } else if matches!(document, [0x99 | 0x98 | 0xC5 | 0xC6, ..]) {
        "it is an OpenPGP key, or binary of another kind"
    } else if from_base64(text).is_some_and(|decoded| encoded_key(&decoded).is_some()) {
        "it is a key in base64: decode it first"
    } else if from_base64(text).is_some() {
        "it is base64 text; a secret for HMAC has a constructor of its own"
    } else if std::str::from_utf8(document).is_ok() {
        "it is text of another kind"
    } else {
        "it is binary of another kind"
    }
}

/// The object identifiers of password-based encryption, 1.2.840.113549.1.5.
const ENCRYPTED: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x05";

fn is_ssh(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"]
        .iter()
        .any(|kind| text.starts_with(kind.as_bytes()) && holds(text, b" AAAA"))
}

/// Three parts of base64url, the first of them an object.
fn is_token(text: &[u8]) -> bool {
    text.starts_with(b"eyJ") && text.iter().filter(|byte| **byte == b'.').count() == 2
}

/// A PFX begins with its version, 3, where a private key has 0, 1 or 2.
fn is_pkcs12(document: &[u8]) -> bool {
    document.starts_with(b"\x30")
        && document
            .get(..16)
            .is_some_and(|start| holds(start, b"\x02\x01\x03\x30"))
}

/// The bytes of base64 in either alphabet, with line breaks and padding or without.
fn from_base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let dense: Zeroizing<Vec<u8>> = Zeroizing::new(
        text.iter()
            .filter(|byte| !byte.is_ascii_whitespace() && **byte != b'=')
            .map(|byte| match byte {
                b'-' => b'+',
                b'_' => b'/',
                other => *other,
            })
            .collect(),
    );
    let decoded = STANDARD_NO_PAD.decode_to_vec(&*dense).ok()?;
    Some(Zeroizing::new(decoded)).filter(|decoded| !decoded.is_empty())
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}
