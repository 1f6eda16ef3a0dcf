//! The C ABI: `include/jeton.h` is generated from this folder, so its comments
//! are the manual of every C program.
//!
//! One shape for all functions: read the arguments, call the core, hand over
//! the result. No policy lives here, and this is the only code, besides one
//! file of crypto, that is unsafe.

// C's names, C's rules: each function's safety contract is the header's text.
#![allow(
    non_camel_case_types,
    unreachable_pub,
    clippy::missing_safety_doc,
    clippy::too_many_arguments
)]

mod boundary;
mod fork;

// In the order in which a reader of the header meets them.

mod version;

mod status;

mod error;

mod text;

mod call;

mod keys;

mod source;

mod signer;

mod minter;

mod verifier;

mod claims;

mod revocations;

mod log;

mod bearer;

mod jws;

/// Any number of threads may share a handle: what isn't so doesn't compile.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<bearer::jeton_bearer>();
    shared::<claims::jeton_claims>();
    shared::<error::jeton_error>();
    shared::<keys::jeton_keys>();
    shared::<minter::jeton_minter>();
    shared::<revocations::jeton_revocations>();
    shared::<source::jeton_source>();
    shared::<verifier::jeton_verifier>();
};
