//! Keys: read from documents, bound to one algorithm, kept in sets, chosen for
//! a token.
//!
//! What a key is for is settled when it is read: by its own `alg`, by its
//! curve, or by the caller. A token only ever picks among keys whose
//! algorithm is fixed; it has no say in how one is used.

mod brought;
mod derive;
mod document;
mod export;
mod external;
mod generate;
mod jwk;
mod key;
mod options;
mod pem;
mod ring;
mod rotate;
mod secret;
mod select;
mod set;
mod signing;
mod sniff;
#[cfg(test)]
mod tests;
mod thumbprint;

pub(crate) use brought::brought;
pub(crate) use external::External;
pub use external::{Signer, Signing};
pub use key::{Key, Times};
pub use options::{GenerateOptions, KeyOptions};
pub use ring::Ring;
pub use rotate::{RotateOptions, Rotation, rotate};
pub use select::{KeyRef, Select, Wanted};
pub use set::{KeySet, Skipped};

use crate::error::{Error, ErrorKind};

/// The error for a key or a document that can't be used.
fn refused(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Key, message)
}

/// What became of a key in a document.
enum Reading {
    /// It is in use.
    Key(Box<Key>),
    /// It isn't meant for jeton, or lacks what the caller has to say; why.
    Skipped(String),
}
