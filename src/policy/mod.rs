//! What a token must be: the options that say so, compiled, and the rules that
//! hold claims against them. Knows no signatures and no stores.

mod call;
mod claims;
mod consult;
mod deny;
mod entry;
mod matcher;
mod minting;
mod options;
mod payload;
mod proof;
mod rules;
mod show;
mod status;

pub use call::Call;
pub use claims::Claims;
pub use consult::{Ahead, Consult, Facts};
pub use minting::MinterOptions;
pub use options::{Limits, VerifierOptions};
pub use status::StatusList;

pub(crate) use claims::{Built, View};
use deny::Deny;
pub(crate) use entry::{Entry, Issuers};
pub(crate) use matcher::Matchers;
pub(crate) use options::{algorithm, algorithms};
pub(crate) use proof::{Proof, Request};
pub(crate) use rules::{Attached, check, check_revoked, check_type};
pub(crate) use status::Lists;
