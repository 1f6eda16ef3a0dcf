//! The JWK Set that the system publishes, member by member in its order.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::codec::base64url::encode;
use crate::codec::json::escape;
use crate::error::Result;
use crate::keys::Key;

/// The set of `keys`. `short` leaves out the leading zeros of coordinates, as
/// the original does; RFC 7518 section 6.2.1.2 wants them.
pub(in crate::systems) fn body<'k>(
    keys: impl Iterator<Item = &'k Arc<Key>>,
    short: bool,
    private: bool,
) -> Result<Zeroizing<String>> {
    let mut set = Zeroizing::new(String::with_capacity(4096));
    set.push_str("{\"keys\":[");
    let mut comma = "";
    for key in keys {
        let Some(point) = key.point()? else {
            continue;
        };
        let coordinate = |bytes: &[u8]| {
            let zeros = bytes.iter().take_while(|byte| short && **byte == 0).count();
            encode(bytes.get(zeros..).unwrap_or_default())
        };
        let kid = escape(key.kid().unwrap_or_default());
        set.extend([
            std::mem::replace(&mut comma, ","),
            r#"{"kty":"EC","crv":"P-256","alg":"ES256","kid":""#,
            &kid,
            "\",",
        ]);
        if let Some(d) = point.d.as_ref().filter(|_| private) {
            set.extend(["\"d\":\"", &Zeroizing::new(encode(d)), "\","]);
        }
        set.extend([
            "\"x\":\"",
            &coordinate(&point.x),
            "\",\"y\":\"",
            &coordinate(&point.y),
            "\"}",
        ]);
    }
    set.push_str("]}");
    Ok(set)
}
