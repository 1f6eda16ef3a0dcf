//! `jeton revocations status-list`: what a store has revoked, for verifiers that
//! follow a list.

use clap::Args;
use jeton::{Call, Error, ErrorKind, Minter, MinterOptions, Result};
use serde_json::{Map, Value, json};

use crate::args::{NowArg, OptionsArg, StoreArg};
use crate::key_args::{self, KeyArgs};
use crate::output::Failure;

/// Prints the signed token of a Token Status List, to be published
///
/// Each entry in force whose claim says a place, as a whole number, marks the
/// token of that place as revoked; its web server names it
/// application/statuslist+jwt. The options are a minter's: they say the iss of
/// the list and, by "lifetime", for how long it is good.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  A token, by the place that it says in its status:
  $ jeton revoke --revocations sqlite:revoked.db --lifetime 86400 \
      --issuer https://issuer.example --claim /status/status_list/idx=42

  The list of 100,000 places, good for an hour, to be kept for five minutes:
  $ jeton revocations status-list --revocations sqlite:revoked.db \
      --uri https://issuer.example/statuslists/1 --size 100000 --ttl 300 \
      --keys keys.json \
      --options '{"issuer":"https://issuer.example","lifetime":3600}' > list.jwt"#)]
pub(crate) struct StatusList {
    #[command(flatten)]
    pub(crate) store: StoreArg,

    /// Where it is published, and what tokens call it
    #[arg(long)]
    uri: String,

    /// How many places it has: tokens have indexes below
    #[arg(long, value_name = "PLACES")]
    size: u64,

    /// Whose entries count; by default those of the options' issuer
    #[arg(long)]
    realm: Option<String>,

    /// The claim by which entries say a place
    #[arg(long, value_name = "NAME", default_value = "/status/status_list/idx")]
    claim: String,

    /// The seconds for which whoever follows it may keep it
    #[arg(long, value_name = "SECONDS")]
    ttl: Option<u64>,

    #[command(flatten)]
    keys: KeyArgs,

    #[command(flatten)]
    options: OptionsArg,

    #[command(flatten)]
    now: NowArg,
}

impl StatusList {
    pub(crate) fn run(&self) -> Result<String, Failure> {
        let document = self.options.read()?;
        // What is wrong with the options is said of them as they were given.
        MinterOptions::read(&document)?;
        let mut minting: Map<String, Value> = serde_json::from_slice(&document)
            .map_err(|_| Error::new(ErrorKind::Internal, "options that were read can't be"))?;
        let realm = self
            .realm
            .as_deref()
            .or_else(|| minting.get("issuer").and_then(Value::as_str))
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Misuse,
                    "no realm: say --realm, or the issuer in the options",
                )
            })?;
        let list = json!({
            "uri": self.uri,
            "realm": realm,
            "size": self.size,
            "claim": self.claim,
            "ttl": self.ttl,
        });
        minting
            .entry("type")
            .or_insert_with(|| "statuslist+jwt".into());
        let options = MinterOptions::read(Value::Object(minting).to_string().as_bytes())?;
        let ring = self.keys.ring(&document)?;
        key_args::note_skipped(&ring.load());
        let minter = Minter::new(ring, options).map_err(Failure::Making)?;
        let call = Call::at(self.now.seconds());
        let store = self.store.open()?;
        Ok(store.status_list(&minter, &list.to_string(), &call)?)
    }
}
