//! Presets: a system's few parameters become ordinary options, and a selector
//! of keys where its keys are derived.
//!
//! Each system produces an options document, which `policy` then reads as it
//! reads any other: what a preset comes to can be printed, and nothing above
//! this folder knows that there are systems at all. So it is here, and not in
//! `policy`, that documents which may name one are read.

mod derived;
mod dpop;
mod merge;
mod porter;
mod profiles;
mod protekt;
mod pylon;
mod stack_auth;

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use derived::Derived;
use derived::Secrets;

use crate::codec::document::{self, suggestion};
use crate::codec::json;
use crate::error::{Error, ErrorKind, Result};
use crate::policy::{MinterOptions, VerifierOptions};

/// What one system makes of its parameters. What it has no use for, it refuses.
trait System {
    /// Fails for parameters that are no good, whatever they are for.
    fn check(&self) -> Result<()>;

    /// The options of its verifiers.
    fn verifier(&self) -> Result<Map<String, Value>>;

    /// The options of its minters.
    fn minter(&self) -> Result<Map<String, Value>>;

    /// The options of its bearer resolvers.
    fn bearer(&self) -> Result<Map<String, Value>> {
        Err(refused(
            "its tokens don't come in an Authorization header beside others: it has no bearer options",
        ))
    }

    /// Its keys, computed from its secrets.
    fn derive(&self, secrets: Secrets<'_>) -> Result<Derived> {
        let _ = secrets;
        Err(refused(
            "its keys aren't derived from a secret: read them from a document",
        ))
    }
}

type Read = fn(&Value) -> Result<Box<dyn System>>;

const SYSTEMS: &[(&str, Read)] = &[
    ("stack-auth", |value| {
        boxed(parameters::<stack_auth::StackAuth>(value)?)
    }),
    ("pylon", |value| boxed(parameters::<pylon::Pylon>(value)?)),
    ("porter", |value| {
        boxed(parameters::<porter::Porter>(value)?)
    }),
    ("protekt", |value| {
        boxed(parameters::<protekt::Protekt>(value)?)
    }),
    ("at+jwt", |value| {
        boxed(parameters::<profiles::AccessToken>(value)?)
    }),
    ("id_token", |value| {
        boxed(parameters::<profiles::IdToken>(value)?)
    }),
    ("logout+jwt", |value| {
        boxed(parameters::<profiles::LogoutToken>(value)?)
    }),
    ("dpop", |value| boxed(parameters::<dpop::Dpop>(value)?)),
];

fn boxed(system: impl System + 'static) -> Result<Box<dyn System>> {
    Ok(Box::new(system))
}

/// Reads the parameters of a system as strictly as any options.
fn parameters<T: DeserializeOwned>(value: &Value) -> Result<T> {
    document::read("options.system", value.to_string().as_bytes())
}

/// The system that an options document names, and what the document says beside it.
struct Named {
    name: &'static str,
    system: Box<dyn System>,
    beside: Map<String, Value>,
}

/// Reads the system of a document; none where it names none.
fn named(text: &[u8]) -> Result<Option<Named>> {
    let document = json::parse(text, json::DOCUMENT_DEPTH)
        .map_err(|error| error.into_kind(ErrorKind::Options).at("options"))?;
    let Value::Object(mut beside) = document else {
        return Ok(None);
    };
    // The other members keep the order in which they were said.
    let value = match beside.shift_remove("system") {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value,
    };
    let known = || SYSTEMS.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let Some(name) = value.get("name") else {
        let known = known().join(", ");
        return Err(refused(format!(
            "an object with the system's \"name\" was expected: one of {known}"
        )));
    };
    let read = SYSTEMS.iter().find(|(known, _)| name == known);
    let Some((name, read)) = read else {
        let meant = suggestion(name.as_str().unwrap_or_default(), &known());
        return Err(wrong("name", format!("unknown system{meant}")));
    };
    let system = read(&value)?;
    system.check()?;
    Ok(Some(Named {
        name,
        system,
        beside,
    }))
}

/// The name of the system that an options document names; none for ordinary
/// options, which aren't looked at any further.
///
/// # Errors
///
/// [`ErrorKind::Options`] for a document that can't be read, or a system that
/// isn't as it must be.
pub fn system_of(options: &[u8]) -> Result<Option<&'static str>> {
    Ok(named(options)?.map(|named| named.name))
}

/// The document with its system's options in the system's place.
fn expanded(
    text: &[u8],
    expand: impl FnOnce(&dyn System, Map<String, Value>) -> Result<Map<String, Value>>,
) -> Result<Cow<'_, [u8]>> {
    let Some(Named { system, beside, .. }) = named(text)? else {
        return Ok(text.into());
    };
    let whole = expand(&*system, beside)?;
    Ok(Value::Object(whole).to_string().into_bytes().into())
}

impl VerifierOptions {
    /// Reads a verifier's options document, which may name a system.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Options`] names the field at fault; [`ErrorKind::Unsupported`]
    /// one that this version doesn't have.
    pub fn read(text: &[u8]) -> Result<Self> {
        let plain = expanded(text, |system, beside| {
            merge::verifier(system.verifier()?, beside)
        });
        Self::plain(&plain?)
    }
}

impl MinterOptions {
    /// Reads a minter's options document, which may name a system.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Options`] names the field at fault.
    pub fn read(text: &[u8]) -> Result<Self> {
        Self::plain(&minter(text)?)
    }

    /// A minter's options document with the options of the system that it names
    /// in the system's place, as JSON.
    ///
    /// # Errors
    ///
    /// As for [`Self::read`].
    pub fn expand(text: &[u8]) -> Result<String> {
        Self::read(text)?;
        let plain = minter(text)?;
        Ok(String::from_utf8_lossy(&plain).into_owned())
    }
}

/// A minter's options document without a system.
fn minter(text: &[u8]) -> Result<Cow<'_, [u8]>> {
    expanded(text, |system, beside| {
        merge::minter(system.minter()?, beside)
    })
}

/// A resolver's options document with the options of the system that it names
/// in the system's place.
pub(crate) fn bearer(text: &[u8]) -> Result<Cow<'_, [u8]>> {
    expanded(text, |system, beside| {
        merge::bearer(system.bearer()?, beside)
    })
}

/// An error about a system's parameters.
fn refused(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Options, message).at("options.system")
}

/// An error about one of a system's parameters.
fn wrong(parameter: &str, message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Options, message).at(format_args!("options.system.{parameter}"))
}

/// Fails for a parameter that an unset variable may have left empty.
fn all_said(parameters: &[(&str, &String)]) -> Result<()> {
    match parameters.iter().find(|(_, text)| text.is_empty()) {
        None => Ok(()),
        Some((name, _)) => Err(wrong(
            name,
            "an empty string was given (an unset variable?)",
        )),
    }
}

/// The members of a JSON object that is written in the source.
fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
