//! jeton: one native token engine for programs in many languages.
//!
//! It mints JSON Web Tokens, verifies them, loads keys (JWKS, PEM, DER) and
//! refuses what has been revoked. Programs in C, C++, Python, Go and Node use
//! it through `include/jeton.h`; this is the same engine for Rust.
//!
//! A [`Verifier`] is made once from options and keys and shared by all threads:
//!
//! ```
//! use std::sync::Arc;
//! use jeton::{Algorithm, Call, KeySet, Minter, MinterOptions, Named, Ring, Verifier, VerifierOptions};
//!
//! # fn main() -> jeton::Result<()> {
//! let keys = Arc::new(Ring::new(KeySet::generate(Named::One(Algorithm::Es256), None, None)?));
//! let minter = Minter::new(
//!     keys.clone(),
//!     MinterOptions::read(br#"{"issuer": "https://issuer.test", "audience": "api", "lifetime": 600}"#)?,
//! )?;
//! let verifier = Verifier::new(
//!     vec![keys],
//!     None,
//!     VerifierOptions::read(br#"{"issuer": "https://issuer.test", "audience": "api"}"#)?,
//! )?;
//! let token = minter.mint(br#"{"sub": "ada"}"#, &Call::default())?;
//! let claims = verifier.verify(token.as_bytes(), &Call::default())?;
//! assert_eq!(claims.text("sub"), Some("ada"));
//! # Ok(())
//! # }
//! ```

mod bearer;
mod clock;
mod codec;
mod crypto;
mod error;
mod events;
mod ffi;
mod fork;
mod keys;
mod memory;
mod policy;
mod revocation;
mod sources;
mod systems;
mod thread;
mod token;

pub use bearer::{Bearer, Credential};
pub use crypto::{Algorithm, Named};
pub use error::{Error, ErrorKind, Result};
pub use keys::{
    GenerateOptions, Key, KeyOptions, KeyRef, KeySet, Ring, RotateOptions, Rotation, Select,
    Signer, Signing, Skipped, Times, Wanted, rotate,
};
pub use policy::{
    Ahead, Call, Claims, Consult, Facts, Limits, MinterOptions, StatusList, VerifierOptions,
};
pub use revocation::{Entry, Revocations, Rule, Subject, Value};
pub use sources::{ListOptions, Source, SourceOptions};
pub use systems::{Derived, system_of};
pub use token::{BATCH_MOST, JwsOptions, Minter, Verifier, inspect, sign, verify_signature};
