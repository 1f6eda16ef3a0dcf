//! Inspect: what a token says of itself. Nothing of it is verified, and the
//! result says so first.

use crate::codec::json::Members;
use crate::codec::{base64url, compact};
use crate::error::Result;
use crate::policy::Limits;

use super::header;

/// The header and claims of `token` as they are written, as a JSON object
/// whose first member is `"verified": false`. For looking at, never for deciding.
///
/// # Errors
///
/// What isn't a compact JWS with JSON inside is refused as verify refuses it.
pub fn inspect(token: &[u8]) -> Result<String> {
    let limits = Limits::default();
    let parts = compact::split(token, limits.bytes)?;
    let header = base64url::decode(parts.header)?;
    let claims = base64url::decode(parts.payload)?;
    Ok(format!(
        "{{\"verified\":false,\"header\":{},\"claims\":{},\"signature_bytes\":{}}}",
        header::checked_object(&header, &limits, &mut Members::new())?,
        header::checked_object(&claims, &limits, &mut Members::new())?,
        base64url::decoded_len(parts.signature.len()),
    ))
}
