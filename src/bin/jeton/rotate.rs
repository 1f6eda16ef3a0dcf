//! `jeton keys rotate`: the next key of a file, in place.

use clap::Args;
use jeton::{Error, ErrorKind, Key, RotateOptions, Rotation};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::args::NowArg;
use crate::key_args::{self, KEYS};
use crate::output::{self, Outcome};
use crate::replace::Locked;
use crate::source;
use crate::times;

/// Adds the next key to a file and drops those past their exp, in place
///
/// The new key is published at once and signs after --announce; the keys before
/// it stay published for --overlap from then on. Where no key has a date yet,
/// the new one signs at once. While a key is waiting to sign no other is added,
/// so that running this too often does no harm.
///
/// Prints which key was added, until when each is published (null: until
/// another follows it) and what was dropped. Publish the file's public keys
/// right afterwards. The file must be a JWK or a JWK Set; it is replaced in one
/// step, and only its owner can read it then.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  The next key, of the algorithm and the size of the one before it:
  $ jeton keys rotate keys.json
  $ jeton keys public keys.json > public.json

  For verifiers that keep keys for a day, and tokens that live for a week:
  $ jeton keys rotate --announce 86400 --overlap 605400 keys.json

  From ES256 to EdDSA:
  $ jeton keys rotate --algorithm EdDSA keys.json"#)]
pub(crate) struct Rotate {
    /// The new key's algorithm; by default that of the newest key
    #[arg(long, value_name = "ALG")]
    algorithm: Option<String>,

    /// The new key's name; by default its thumbprint, or a random one for a secret
    #[arg(long, value_name = "KID")]
    kid: Option<String>,

    /// The size of an RSA modulus or of an HMAC secret; by default the newest key's
    #[arg(long, value_name = "N")]
    bits: Option<u32>,

    /// How long the new key is published before it signs: at least as long as
    /// anybody goes on with keys that were read before
    #[arg(long, value_name = "SECONDS", default_value_t = 7200)]
    announce: u32,

    /// How long the keys before it stay published once it signs: at least as
    /// long as a token lives, and the clocks' differences
    #[arg(long, value_name = "SECONDS", default_value_t = 90_000, value_parser = clap::value_parser!(u32).range(1..))]
    overlap: u32,

    #[command(flatten)]
    now: NowArg,

    /// A JWK Set with private keys
    #[arg(value_name = "FILE")]
    file: String,
}

impl Rotate {
    pub(crate) fn run(&self) -> Outcome {
        if self.file == "-" || source::is_url(&self.file) {
            let message = "keys are rotated in place: the name of a file was expected";
            return Err(Error::new(ErrorKind::Misuse, message).into());
        }
        let now = self.now.seconds();
        let file = Locked::open(KEYS, &self.file)?;
        let document = file.read(KEYS, &self.file)?;
        let rotation =
            jeton::rotate(&document, &self.options(), now).map_err(|error| error.at(KEYS.name))?;
        if rotation.changes() {
            let document = Zeroizing::new(format!("{}\n", *rotation.document));
            file.replace(document.as_bytes())?;
            if file.is_shared() {
                output::note("others could read the file or write to it; now its owner alone can");
            }
        }
        key_args::note_skipped(&rotation.keys);
        self.explain(&rotation, now);
        output::line(&report(&rotation).to_string())
    }

    fn options(&self) -> RotateOptions {
        RotateOptions {
            algorithm: self.algorithm.clone(),
            kid: self.kid.clone(),
            bits: self.bits,
            announce: self.announce,
            overlap: self.overlap,
        }
    }

    /// Tells of a key that signs at another time than the flags say.
    fn explain(&self, rotation: &Rotation, now: i64) {
        let begin = |key: &Key| key.times().not_before.unwrap_or(now);
        let when = |key: &Key| times::explain(begin(key) as f64, now);
        match &rotation.added {
            Some(added) if begin(added) == now && self.announce > 0 => output::note(
                "the new key signs at once, and others learn of it when they next read the keys",
            ),
            Some(added) if begin(added) < now.saturating_add(self.announce.into()) => {
                output::note(format_args!(
                    "the new key is announced for less long: it signs from {}, when the last \
                     one before it ends",
                    when(added)
                ));
            }
            Some(_) => {}
            None => {
                for key in rotation.keys.keys().filter(|key| begin(key) > now) {
                    output::note(format_args!(
                        "no key was added: kid {:?} is waiting, and signs from {}",
                        key.kid().unwrap_or_default(),
                        when(key)
                    ));
                }
            }
        }
    }
}

/// What has become of the file, as JSON.
fn report(rotation: &Rotation) -> Value {
    let described = |key: &Key| {
        let times = key.times();
        json!({
            "kid": key.kid(),
            "algorithm": key.name(),
            "nbf": times.not_before,
            "exp": times.expires,
        })
    };
    json!({
        "added": rotation.added.as_deref().map(described),
        "keys": rotation.keys.keys().map(|key| described(key)).collect::<Vec<_>>(),
        "dropped": rotation.dropped.iter().map(described).collect::<Vec<_>>(),
    })
}
