//! jeton: one native token engine for programs in many languages.

mod clock;
mod codec;
mod error;

pub use error::{Error, ErrorKind, Result};
