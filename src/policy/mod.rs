//! What a token must be: the options that say so, compiled, and the rules that
//! hold claims against them. Knows no signatures and no stores.

mod call;
mod claims;
mod consult;
mod deny;
mod matcher;
mod minting;
mod options;
mod rules;
mod show;

pub use call::Call;
pub use claims::Claims;
pub use consult::{Consult, Facts};
pub use minting::MinterOptions;
pub use options::{Limits, VerifierOptions};

pub(crate) use claims::{Built, View};
pub(crate) use deny::Deny;
pub(crate) use options::{Entry, algorithm, algorithms};
pub(crate) use rules::{check, check_revoked, check_type};
