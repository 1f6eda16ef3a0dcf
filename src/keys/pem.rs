//! PEM (RFC 7468): one key or several, with text around them.

use zeroize::Zeroizing;

use super::key::{Key, Label};
use super::options::Defaults;
use super::set::Skipped;
use super::{Reading, refused};
use crate::crypto::{Encoding, certificate_names, read_der};
use crate::error::Result;

/// One block: what its label says, and its bytes.
struct Block {
    label: String,
    der: Zeroizing<Vec<u8>>,
}

/// The keys of a PEM text, each once: a private key beside its own certificate
/// or public key is one key.
///
/// Of a chain of certificates only the end is taken. Whoever issued it has
/// signed a certificate, and isn't thereby trusted to sign tokens.
pub(super) fn read(text: &[u8], defaults: &Defaults) -> Result<(Vec<Key>, Vec<Skipped>)> {
    let blocks = blocks(text)?;
    let issuers = issuers(&blocks)?;
    let (mut keys, mut skipped) = (Vec::<Key>::new(), Vec::new());
    for (index, block) in blocks.iter().enumerate() {
        let place = format!("PEM block {} ({})", index + 1, block.label);
        let Some(encoding) = encoding(&block.label).map_err(|error| error.at(&place))? else {
            continue;
        };
        let reading = if issuers.contains(&index) {
            Reading::Skipped("it issued another certificate of the file".into())
        } else {
            let label = Label {
                kid: defaults.kid.clone(),
                signs: true,
                ..Label::default()
            };
            read_der(encoding, &block.der)
                .and_then(|key| Key::bind(key, None, defaults, label))
                .map_err(|error| error.at(&place))?
        };
        match reading {
            Reading::Key(key) => {
                if let Some(other) = keys.iter_mut().find(|other| other.same(&key)) {
                    if key.can_sign() {
                        *other = *key;
                    }
                } else if keys.iter().any(|other| other.is_twin_of(&key)) {
                    return Err(refused(
                        "another key of the file has the same algorithm, and one kid can't name both",
                    )
                    .at(&place));
                } else {
                    keys.push(*key);
                }
            }
            Reading::Skipped(reason) => skipped.push(Skipped {
                index,
                kid: None,
                reason,
            }),
        }
    }
    Ok((keys, skipped))
}

/// What a label announces; none for parameters, which are no key.
fn encoding(label: &str) -> Result<Option<Encoding>> {
    Ok(Some(match label {
        "PUBLIC KEY" => Encoding::Spki,
        "PRIVATE KEY" => Encoding::Pkcs8,
        "RSA PUBLIC KEY" => Encoding::Pkcs1Public,
        "RSA PRIVATE KEY" => Encoding::Pkcs1Private,
        "EC PRIVATE KEY" => Encoding::Sec1,
        "CERTIFICATE" | "X509 CERTIFICATE" => Encoding::Certificate,
        // `openssl ecparam -genkey` writes them before the key.
        "EC PARAMETERS" => return Ok(None),
        "ENCRYPTED PRIVATE KEY" => return Err(encrypted()),
        "OPENSSH PRIVATE KEY" => {
            return Err(refused(
                "OpenSSH's own format isn't read; convert a copy with `ssh-keygen -p -m PKCS8 -f FILE`",
            ));
        }
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => {
            return Err(refused("a request for a certificate holds no key to trust"));
        }
        pgp if pgp.starts_with("PGP ") => {
            return Err(refused(
                "OpenPGP keys aren't read; export the key as PKCS#8",
            ));
        }
        _ => {
            return Err(refused(
                "not a label that is read: PUBLIC KEY, PRIVATE KEY, RSA PUBLIC KEY, \
                 RSA PRIVATE KEY, EC PRIVATE KEY or CERTIFICATE",
            ));
        }
    }))
}

fn encrypted() -> crate::error::Error {
    refused("the key is encrypted, which isn't supported; decrypt it with `openssl pkey -in FILE`")
}

/// The indexes of the certificates that issued another one of the file.
fn issuers(blocks: &[Block]) -> Result<Vec<usize>> {
    let mut names = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        if let Ok(Some(Encoding::Certificate)) = encoding(&block.label) {
            let (subject, issuer) = certificate_names(&block.der)
                .map_err(|error| error.at(format!("PEM block {} ({})", index + 1, block.label)))?;
            names.push((index, subject, issuer));
        }
    }
    let issued_another = |index: usize, subject: &[u8]| {
        names
            .iter()
            .any(|(other, _, issuer)| *other != index && issuer == subject)
    };
    Ok(names
        .iter()
        .filter(|(index, subject, _)| issued_another(*index, subject))
        .map(|(index, ..)| *index)
        .collect())
}

/// Cuts `text` into its blocks; what stands outside of them is ignored.
fn blocks(text: &[u8]) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, Zeroizing<Vec<u8>>)> = None;
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        let place = || format!("PEM block {}", blocks.len() + 1);
        match &mut open {
            None => {
                if let Some(label) = border(line, b"-----BEGIN ") {
                    // Room for all that may come, so that no copy is left behind.
                    open = Some((label, Zeroizing::new(Vec::with_capacity(text.len()))));
                }
            }
            Some((label, body)) => {
                if let Some(end) = border(line, b"-----END ") {
                    if end != *label {
                        return Err(refused("its BEGIN and END lines differ").at(place()));
                    }
                    let der = base64_simd::STANDARD
                        .decode_to_vec(body.as_slice())
                        .map_err(|_| refused("not base64 inside").at(place()))?;
                    blocks.push(Block {
                        label: std::mem::take(label),
                        der: Zeroizing::new(der),
                    });
                    open = None;
                } else if line.starts_with(b"Proc-Type:") {
                    return Err(encrypted().at(place()));
                } else {
                    body.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
                }
            }
        }
    }
    if open.is_some() {
        return Err(
            refused("its END line is missing").at(format!("PEM block {}", blocks.len() + 1))
        );
    }
    if blocks.is_empty() {
        return Err(refused(
            "PEM without a block on lines of its own; were its line breaks lost, \
             or written as the two characters \\n?",
        ));
    }
    Ok(blocks)
}

/// The label of a BEGIN or END line.
fn border(line: &[u8], start: &[u8]) -> Option<String> {
    let label = line.strip_prefix(start)?.strip_suffix(b"-----")?;
    String::from_utf8(label.to_vec())
        .ok()
        .filter(|label| !label.contains("-----"))
}
