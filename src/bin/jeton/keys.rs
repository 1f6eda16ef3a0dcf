//! `jeton keys`: make keys, show their public part, rotate them, name them.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use jeton::{GenerateOptions, KeySet};
use zeroize::Zeroizing;

use crate::args::{NowArg, OptionsArg};
use crate::key_args::{self, ReadArgs, SecretArgs};
use crate::output::{self, Outcome};
use crate::rotate::Rotate;

/// Makes keys, shows their public part, rotates them, names them by thumbprint
#[derive(Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Keys {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Subcommand)]
enum KeysCommand {
    Generate(Generate),
    Public(Public),
    Rotate(Rotate),
    Thumbprint(Thumbprint),
    Derive(Derive),
}

/// Makes a private key and prints it as a JWK Set
///
/// The key is secret: write it to a file that only its user can read.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  A key for ES256, named by its thumbprint:
  $ (umask 077; jeton keys generate --algorithm ES256 > keys.json)

  An RSA key of 3072 bits with a name of your own:
  $ jeton keys generate --algorithm PS256 --bits 3072 --kid 2026-a > rsa.json

  A secret for HMAC:
  $ jeton keys generate --algorithm HS256 > hmac.json"#)]
struct Generate {
    /// What the key is for: ES256, EdDSA, RS256, HS256, …
    #[arg(long, value_name = "ALG")]
    algorithm: String,

    /// The key's name; by default its thumbprint, or a random one for a secret
    #[arg(long, value_name = "KID")]
    kid: Option<String>,

    /// The size of an RSA modulus (2048 to 4096; 2048) or of an HMAC secret
    #[arg(long, value_name = "N")]
    bits: Option<u32>,
}

/// Prints the public keys of a file as a JWK Set
///
/// This is what the other side needs, and what may be published. HMAC secrets
/// have no public part and are left out, and so are keys past their exp.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  The public part of a private key set:
  $ jeton keys public keys.json > public.json

  A JWK Set of a PEM file; an RSA key says nothing of its algorithm there:
  $ jeton keys public --algorithm RS256 rsa.pem

  The same, from standard input:
  $ jeton keys public --algorithm RS256 - < rsa.pem

  What is to be published in 2030:
  $ jeton keys public --now 1893456000 keys.json"#)]
struct Public {
    #[command(flatten)]
    reading: ReadArgs,

    #[command(flatten)]
    now: NowArg,

    /// A JWK, a JWK Set, PEM or DER, the https URL of a JWK Set, or `-` for
    /// standard input
    #[arg(value_name = "FILE")]
    file: String,
}

/// Prints the thumbprint of each key of a file, one a line
///
/// The thumbprint (RFC 7638, SHA-256) names a key however it is written. That
/// of an HMAC secret is for its owner only: who has it can test guesses.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  The same for a private key and for its public part:
  $ jeton keys thumbprint keys.json
  $ jeton keys public keys.json | jeton keys thumbprint -"#)]
struct Thumbprint {
    #[command(flatten)]
    reading: ReadArgs,

    /// A JWK, a JWK Set, PEM or DER, the https URL of a JWK Set, or `-` for
    /// standard input
    #[arg(value_name = "FILE")]
    file: String,
}

/// Derives a system's keys from its secret and prints them as a JWK Set
///
/// The system is the one that a verifier's or minter's options name: what it
/// publishes is printed, in its own order and spelling.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  What a Stack Auth server publishes for a project, byte for byte:
  $ jeton keys derive --secret-env STACK_SERVER_SECRET --options \
      '{"system":{"name":"stack-auth","project":"internal","short":true}}'

  The private keys, while the secret is rotated:
  $ (umask 077; jeton keys derive --private \
      --secret-env STACK_SERVER_SECRET \
      --old-secret-env STACK_SERVER_SECRET_OLD --options \
      '{"system":{"name":"stack-auth","project":"internal"}}' > p.json)"#)]
struct Derive {
    #[command(flatten)]
    options: OptionsArg,

    #[command(flatten)]
    secrets: SecretArgs,

    /// Print the private keys
    #[arg(long)]
    private: bool,
}

impl Keys {
    pub(crate) fn run(self) -> Outcome {
        match self.command {
            KeysCommand::Generate(generate) => generate.run(),
            KeysCommand::Public(public) => public.run(),
            KeysCommand::Thumbprint(thumbprint) => thumbprint.run(),
            KeysCommand::Rotate(rotate) => rotate.run(),
            KeysCommand::Derive(derive) => derive.run(),
        }
    }
}

impl Generate {
    fn run(self) -> Outcome {
        let set = KeySet::generate_with(&GenerateOptions {
            algorithm: self.algorithm,
            kid: self.kid,
            bits: self.bits,
        })?;
        let document = Zeroizing::new(set.to_json(true)?);
        output::line(&document)
    }
}

impl Public {
    fn run(&self) -> Outcome {
        let ring = self.reading.read(&self.file)?;
        let set = ring.load();
        key_args::note_skipped(&set);
        let (public, published) = (set.public(), set.published(self.now.seconds()));
        for (count, why) in [
            (
                set.len() - public.len(),
                "HMAC secret(s), which have no public part",
            ),
            (public.len() - published.len(), "key(s) past their exp"),
        ] {
            if count > 0 {
                output::note(format_args!("left out: {count} {why}"));
            }
        }
        output::line(&published.to_json(false)?)
    }
}

impl Derive {
    fn run(&self) -> Outcome {
        let derived = self.secrets.derive(&self.options.read()?)?;
        output::line(&derived.to_json(self.private)?)
    }
}

impl Thumbprint {
    fn run(&self) -> Outcome {
        let ring = self.reading.read(&self.file)?;
        let set = ring.load();
        key_args::note_skipped(&set);
        for key in set.keys() {
            output::line(key.thumbprint())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
