//! The options of a resolver.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::codec::document::{self, Object, given};
use crate::error::{Error, ErrorKind, Result};
use crate::policy::Matchers;

/// The steps, in the default order: API keys before JWTs, since they may have
/// three parts too.
const STEPS: &[(&str, Step)] = &[
    ("admin", Step::Admin),
    ("prefixes", Step::Prefixes),
    ("jwt", Step::Jwt),
    ("session", Step::Session),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Admin,
    Prefixes,
    Jwt,
    Session,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BearerDocument {
    #[serde(default, deserialize_with = "given")]
    order: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    admin: Option<bool>,
    #[serde(default)]
    prefixes: Vec<Object<PrefixOption>>,
    #[serde(default, deserialize_with = "given")]
    jwt: Option<JwtOption>,
    #[serde(default)]
    session: Sessions,
    #[serde(default)]
    kinds: Vec<Object<KindOption>>,
    #[serde(default)]
    system: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrefixOption {
    prefix: String,
    kind: String,
    #[serde(default)]
    shape: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "true, false or \"misconfigured\"")]
enum JwtOption {
    Whether(bool),
    As(Misconfigured),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Misconfigured {
    Misconfigured,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindOption {
    kind: String,
    when: Map<String, Value>,
}

/// What becomes of a credential with the shape of a JWT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Jwts {
    /// It is verified, where there is a verifier.
    Verified,
    /// It is none.
    Unknown,
    /// It is refused, since whoever runs the service has left something out.
    Misconfigured,
}

/// Where sessions come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Sessions {
    /// The cookie and the header, which both may hold any kind.
    #[default]
    Any,
    /// The cookie alone, which holds nothing else.
    Cookie,
}

/// A resolver's options, compiled.
pub(super) struct Options {
    pub(super) order: Vec<Step>,
    pub(super) admin: bool,
    pub(super) prefixes: Vec<Prefix>,
    pub(super) jwts: Jwts,
    pub(super) sessions: Sessions,
    /// What JWTs are called, each by its claims.
    pub(super) kinds: Vec<(String, Matchers)>,
}

impl Options {
    /// Reads a resolver's options document, in which no system stands any more.
    pub(super) fn read(text: &[u8]) -> Result<Self> {
        let document: BearerDocument = document::read("options", text)?;
        if document.system.is_some() {
            return Err(Error::new(
                ErrorKind::Internal,
                "options.system: not expanded",
            ));
        }
        let order = match document.order {
            None => STEPS.iter().map(|(_, step)| *step).collect(),
            Some(names) => order(&names)?,
        };
        let prefixes = document.prefixes.into_iter().enumerate();
        let prefixes = prefixes.map(|(index, option)| {
            Prefix::read(option.0)
                .map_err(|error| error.at(format_args!("options.prefixes[{index}]")))
        });
        let kinds = document.kinds.into_iter().enumerate();
        let kinds = kinds.map(|(index, Object(KindOption { kind, when }))| {
            let place = format!("options.kinds[{index}]");
            check_kind(&kind).map_err(|error| error.at(&place))?;
            let when = Matchers::read(&format!("{place}.when"), &when)?;
            Ok((kind, when))
        });
        Ok(Self {
            order,
            admin: document.admin.unwrap_or(true),
            prefixes: prefixes.collect::<Result<_>>()?,
            jwts: match document.jwt {
                None | Some(JwtOption::Whether(true)) => Jwts::Verified,
                Some(JwtOption::Whether(false)) => Jwts::Unknown,
                Some(JwtOption::As(Misconfigured::Misconfigured)) => Jwts::Misconfigured,
            },
            sessions: document.session,
            kinds: kinds.collect::<Result<_>>()?,
        })
    }
}

/// Fails for the name of a kind that means something already.
fn check_kind(kind: &str) -> Result<()> {
    let refused = |message: &'static str| Err(Error::new(ErrorKind::Options, message));
    if kind.is_empty() {
        return refused("the kind's name is empty");
    }
    if STEPS.iter().any(|(name, _)| *name == kind) || kind == "none" {
        return refused("this kind is taken: give it a name of its own, such as \"api-key\"");
    }
    Ok(())
}

/// Credentials that begin with the same text.
#[derive(Debug)]
pub(super) struct Prefix {
    pub(super) prefix: String,
    pub(super) kind: String,
    shape: Option<Vec<Part>>,
}

/// A part of a shape: this text, or so many characters of base64url.
#[derive(Debug, PartialEq)]
enum Part {
    Text(String),
    Characters(usize),
}

fn order(names: &[String]) -> Result<Vec<Step>> {
    let mut order = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let place = format!("options.order[{index}]");
        let Some((_, step)) = STEPS.iter().find(|(known, _)| known == name) else {
            let known: Vec<_> = STEPS.iter().map(|(known, _)| *known).collect();
            let meant = document::suggestion(name, &known);
            return Err(Error::new(
                ErrorKind::Options,
                format!("{place}: unknown step{meant}"),
            ));
        };
        if order.contains(step) {
            return Err(Error::new(
                ErrorKind::Options,
                format!("{place}: this step stands there twice"),
            ));
        }
        order.push(*step);
    }
    Ok(order)
}

impl Prefix {
    fn read(option: PrefixOption) -> Result<Self> {
        if option.prefix.is_empty() {
            return Err(Error::new(ErrorKind::Options, "the prefix is empty"));
        }
        check_kind(&option.kind)?;
        Ok(Self {
            prefix: option.prefix,
            kind: option.kind,
            shape: option.shape.as_deref().map(shape).transpose()?,
        })
    }

    pub(super) fn check(&self, text: &str) -> Result<()> {
        let rest = text.strip_prefix(&self.prefix).unwrap_or_default();
        if self
            .shape
            .as_ref()
            .is_none_or(|shape| has_shape(shape, rest))
        {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Malformed,
            "the credential hasn't the shape of its kind",
        ))
    }
}

/// Reads a shape such as `key_{32}.{43}`.
fn shape(text: &str) -> Result<Vec<Part>> {
    let refused = || {
        Error::new(
            ErrorKind::Options,
            "shape: text and {n}, n characters of base64url, were expected, as in key_{32}.{43}",
        )
    };
    let mut parts = Vec::new();
    for (index, piece) in text.split('{').enumerate() {
        let text = if index == 0 {
            piece
        } else {
            let (count, text) = piece.split_once('}').ok_or_else(refused)?;
            let count = count
                .parse()
                .ok()
                .filter(|count| (1..=4096).contains(count));
            parts.push(Part::Characters(count.ok_or_else(refused)?));
            text
        };
        if text.contains('}') {
            return Err(refused());
        }
        if !text.is_empty() {
            parts.push(Part::Text(text.into()));
        }
    }
    if parts.is_empty() {
        Err(refused())
    } else {
        Ok(parts)
    }
}

/// Whether `text` is as `shape` says, to its end.
fn has_shape(shape: &[Part], text: &str) -> bool {
    let base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let rest = shape.iter().try_fold(text, |rest, part| match part {
        Part::Text(text) => rest.strip_prefix(text.as_str()),
        Part::Characters(count) => {
            let (here, rest) = rest.split_at_checked(*count)?;
            here.bytes().all(base64url).then_some(rest)
        }
    });
    rest == Some("")
}
