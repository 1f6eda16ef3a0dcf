//! `jeton revocations`: look after a store.

use clap::{Args, Subcommand, ValueEnum};
use jeton::{Error, ErrorKind, Result};
use serde_json::json;

use crate::args::{NowArg, StoreArg};
use crate::input::{self, What};
use crate::output::{self, Outcome};

const IMPORT: What = What {
    name: "the import",
    kind: ErrorKind::Options,
    limit: input::EXPORT,
};

/// Lists, switches, exports, imports and tidies revocations
#[derive(Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Prints what is in force, and the switches, as JSON
    #[command(after_long_help = r#"Examples:
  $ jeton revocations list --revocations sqlite:revoked.db

  What will still be in force in 2030:
  $ jeton revocations list --revocations sqlite:revoked.db --now 1893456000"#)]
    List(Store),
    Switch(Switch),
    /// Prints what is in force, and the switches, as a document to import
    #[command(after_long_help = r#"Examples:
  $ jeton revocations export --revocations sqlite:revoked.db > revocations.json

  From one store to another:
  $ jeton revocations export --revocations sqlite:old.db |
      jeton revocations import --revocations sqlite:new.db -"#)]
    Export(Store),
    Import(Import),
    /// Drops entries that have ended, and prints how many
    #[command(after_long_help = r#"Examples:
  $ jeton revocations compact --revocations sqlite:revoked.db

  What has ended by a time that is given:
  $ jeton revocations compact --revocations sqlite:revoked.db --now 1893456000"#)]
    Compact(Store),
    /// Prints how the store is: entries, switches, the claims it looks up
    #[command(after_long_help = r#"Examples:
  $ jeton revocations status --revocations sqlite:revoked.db

  How many entries are in force, and how many have ended, in 2030:
  $ jeton revocations status --revocations sqlite:revoked.db --now 1893456000"#)]
    Status(Store),
}

#[derive(Args)]
struct Store {
    #[command(flatten)]
    store: StoreArg,

    #[command(flatten)]
    now: NowArg,
}

/// Turns a switch on or off for a scope
///
/// A deny rule of the verifiers' options that hangs on the switch refuses
/// tokens while it is on for the scope that a call names.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  $ jeton revocations switch --revocations sqlite:revoked.db \
      --scope project-1 closed on
  $ jeton revocations switch --revocations sqlite:revoked.db \
      --scope project-1 closed off"#)]
struct Switch {
    #[command(flatten)]
    store: StoreArg,

    /// Where it is turned: a project, a tenant
    #[arg(long, value_name = "NAME")]
    scope: String,

    /// The switch
    name: String,

    /// What it is from now on
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    On,
    Off,
}

/// Adds the entries and switches of an export, and prints how many entries
///
/// All of it or nothing. An import lets nothing through that is refused
/// already: the later cut-off and the later end hold, and a switch that is on
/// stays on.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  $ jeton revocations import --revocations sqlite:new.db revocations.json
  $ jeton revocations import --revocations sqlite:new.db - < revocations.json"#)]
struct Import {
    #[command(flatten)]
    store: StoreArg,

    #[command(flatten)]
    now: NowArg,

    /// An export, or `-` for standard input
    file: String,
}

impl Command {
    pub(crate) fn run(&self) -> Outcome {
        let (store, result) = match &self.action {
            Action::List(Store { store, now }) => (store, store.open()?.list_json(now.seconds())?),
            Action::Export(Store { store, now }) => {
                (store, store.open()?.export_json(now.seconds())?)
            }
            Action::Status(Store { store, now }) => {
                let opened = store.open()?;
                output::line(&opened.status_json(now.seconds())?)?;
                // One that has lost something is shown, and no success.
                opened.refresh()?;
                return store.done();
            }
            Action::Compact(Store { store, now }) => {
                let dropped = store.open()?.compact(now.seconds())?;
                (store, json!({ "dropped": dropped }).to_string())
            }
            Action::Switch(switch) => (&switch.store, switch.run()?),
            Action::Import(import) => (&import.store, import.run()?),
        };
        output::line(&result)?;
        store.done()
    }
}

impl Switch {
    fn run(&self) -> Result<String> {
        let on = self.state == State::On;
        self.store.open()?.switch(&self.scope, &self.name, on)?;
        Ok(json!({ "scope": self.scope, "name": self.name, "on": on }).to_string())
    }
}

impl Import {
    fn run(&self) -> Result<String> {
        let store = self.store.open()?;
        let document = input::file(IMPORT, &self.file)?;
        let text = std::str::from_utf8(&document)
            .map_err(|_| Error::new(ErrorKind::Options, "the import: it isn't UTF-8"))?;
        let imported = store.import_json(text, self.now.seconds())?;
        Ok(json!({ "imported": imported }).to_string())
    }
}
