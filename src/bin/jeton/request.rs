//! The flags that tell of a request: the one that a token came with.

use clap::Args;
use jeton::{Call, Error, ErrorKind, Result};
use zeroize::Zeroizing;

use crate::input::{self, What};

/// A file that holds an access token.
const ACCESS_TOKEN: What = What {
    name: "the access token",
    kind: ErrorKind::Misuse,
    limit: input::DOCUMENT,
};

/// What a request must have brought along.
#[derive(Args)]
pub(crate) struct RequestArgs {
    /// What the claim nonce must be
    #[arg(long, value_name = "TEXT")]
    nonce: Option<String>,

    /// The method of the request that a DPoP proof came with
    #[arg(long, value_name = "NAME")]
    method: Option<String>,

    /// Its whole URI
    #[arg(long, value_name = "URI")]
    uri: Option<String>,

    /// The file that holds the access token that came with it, or `-` for
    /// standard input; one newline at its end is left out
    #[arg(long, value_name = "FILE|-")]
    access_token_file: Option<String>,

    /// The thumbprint that the access token is bound to: its cnf.jkt
    #[arg(long, value_name = "THUMBPRINT")]
    jkt: Option<String>,
}

impl RequestArgs {
    /// The access token; empty for none where the options ask for proofs, which
    /// want to know.
    pub(crate) fn access_token(&self, of_proofs: bool) -> Result<Option<Zeroizing<String>>> {
        let Some(name) = &self.access_token_file else {
            return Ok(of_proofs.then(Zeroizing::default));
        };
        let bytes = input::file(ACCESS_TOKEN, name)?;
        let text = str::from_utf8(bytes.strip_suffix(b"\n").unwrap_or(&bytes));
        let text = text.map_err(|_| {
            Error::new(ErrorKind::Misuse, "not UTF-8, as every token is").at(ACCESS_TOKEN.name)
        })?;
        Ok(Some(Zeroizing::new(text.to_owned())))
    }

    /// `call`, with what these flags say.
    pub(crate) fn said<'a>(&'a self, call: Call<'a>, access_token: Option<&'a str>) -> Call<'a> {
        Call {
            nonce: self.nonce.as_deref(),
            method: self.method.as_deref(),
            uri: self.uri.as_deref(),
            access_token,
            jkt: self.jkt.as_deref(),
            ..call
        }
    }
}
