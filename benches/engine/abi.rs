//! The C ABI as a C program calls it, wrapped just enough to be measured.

use std::ffi::c_char;
use std::hint::black_box;
use std::ptr;

// Brings the library in; its exported functions are declared below.
use jeton as _;

/// Whatever the library hands out.
#[repr(C)]
pub(crate) struct Opaque([u8; 0]);

type Handle = *mut Opaque;
type Free = unsafe extern "C" fn(Handle);
type Verify = unsafe extern "C" fn(
    *const Opaque,
    *const c_char,
    usize,
    *const Opaque,
    *mut Handle,
    *mut Handle,
) -> i32;
type Mint = unsafe extern "C" fn(
    *const Opaque,
    *const c_char,
    usize,
    *const Opaque,
    *mut *mut c_char,
    *mut usize,
    *mut Handle,
) -> i32;

#[rustfmt::skip]
unsafe extern "C" {
    fn jeton_keys_new(text: *const c_char, len: usize, options: *const c_char, options_len: usize, keys: *mut Handle, error: *mut Handle) -> i32;
    fn jeton_keys_secret(secret: *const c_char, len: usize, options: *const c_char, options_len: usize, keys: *mut Handle, error: *mut Handle) -> i32;
    fn jeton_keys_public(keys: *const Opaque, text: *mut *mut c_char, len: *mut usize, error: *mut Handle) -> i32;
    fn jeton_keys_free(keys: Handle);
    fn jeton_revocations_open(location: *const c_char, len: usize, options: *const c_char, options_len: usize, revocations: *mut Handle, error: *mut Handle) -> i32;
    fn jeton_revocations_revoke(revocations: *const Opaque, rule: *const c_char, len: usize, call: *const Opaque, entry: *mut *mut c_char, entry_len: *mut usize, error: *mut Handle) -> i32;
    fn jeton_revocations_free(revocations: Handle);
    fn jeton_verifier_new(keys: *const *const Opaque, count: usize, revocations: *const Opaque, options: *const c_char, options_len: usize, verifier: *mut Handle, error: *mut Handle) -> i32;
    fn jeton_verifier_free(verifier: Handle);
    fn jeton_minter_new(keys: *const Opaque, options: *const c_char, options_len: usize, minter: *mut Handle, error: *mut Handle) -> i32;
    fn jeton_minter_free(minter: Handle);
    fn jeton_verify(verifier: *const Opaque, token: *const c_char, len: usize, call: *const Opaque, claims: *mut Handle, error: *mut Handle) -> i32;
    fn jeton_claims_free(claims: Handle);
    fn jeton_mint(minter: *const Opaque, claims: *const c_char, len: usize, call: *const Opaque, token: *mut *mut c_char, token_len: *mut usize, error: *mut Handle) -> i32;
    fn jeton_sign(keys: *const Opaque, payload: *const c_char, len: usize, options: *const c_char, options_len: usize, token: *mut *mut c_char, token_len: *mut usize, error: *mut Handle) -> i32;
    fn jeton_source_open(options: *const c_char, options_len: usize, state: *const c_char, state_len: usize, source: *mut Handle, error: *mut Handle) -> i32;
    fn jeton_source_keys(source: *const Opaque, keys: *mut Handle, error: *mut Handle) -> i32;
    fn jeton_source_claim(source: *const Opaque, request: *mut *mut c_char, len: *mut usize, error: *mut Handle) -> i32;
    fn jeton_source_accept(source: *const Opaque, answer: *const c_char, answer_len: usize, body: *const c_char, body_len: usize, error: *mut Handle) -> i32;
    fn jeton_source_free(source: Handle);
    fn jeton_string_free(text: *mut c_char);
    fn jeton_error_message(error: *const Opaque, len: *mut usize) -> *const c_char;
}

/// A handle that is freed when dropped.
struct Owned(Handle, Free);

impl Owned {
    /// What `make` puts into the first place; the second is for its error.
    fn new(free: Free, make: impl FnOnce(*mut Handle, *mut Handle) -> i32) -> Self {
        let (mut made, mut error) = (ptr::null_mut(), ptr::null_mut());
        let status = make(&mut made, &mut error);
        refuse(status, error);
        Self(made, free)
    }
}

// SAFETY: any number of threads may use one handle, whichever it is.
unsafe impl Sync for Owned {}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the handle is the library's, freed once, by its own function.
        unsafe { (self.1)(self.0) }
    }
}

/// Ends the program where a call failed that must not.
fn refuse(status: i32, error: Handle) {
    if status != 0 {
        // SAFETY: a failed call made the error; its message is NUL-terminated.
        let message =
            unsafe { std::ffi::CStr::from_ptr(jeton_error_message(error, ptr::null_mut())) };
        panic!("{status}: {}", message.to_string_lossy());
    }
}

fn start(text: impl AsRef<[u8]>) -> *const c_char {
    text.as_ref().as_ptr().cast()
}

/// A key set.
pub(crate) struct Keys(Owned);

impl Keys {
    pub(crate) fn read(document: &[u8], options: &str) -> Self {
        // SAFETY: the texts are readable for their lengths.
        Self(Owned::new(jeton_keys_free, |keys, error| unsafe {
            jeton_keys_new(
                start(document),
                document.len(),
                start(options),
                options.len(),
                keys,
                error,
            )
        }))
    }

    pub(crate) fn secret(secret: &[u8], options: &str) -> Self {
        // SAFETY: the texts are readable for their lengths.
        Self(Owned::new(jeton_keys_free, |keys, error| unsafe {
            jeton_keys_secret(
                start(secret),
                secret.len(),
                start(options),
                options.len(),
                keys,
                error,
            )
        }))
    }

    /// The public halves, as a JWK Set.
    pub(crate) fn public(&self) -> String {
        let (mut text, mut len, mut error) = (ptr::null_mut(), 0, ptr::null_mut());
        // SAFETY: the key set is alive, and the text is for as long as the call says.
        unsafe {
            let status = jeton_keys_public(self.0.0, &mut text, &mut len, &mut error);
            refuse(status, error);
            taken(text, len)
        }
    }

    /// A compact JWS over `payload`.
    pub(crate) fn sign(&self, payload: &str, options: &str) -> String {
        let (mut token, mut len, mut error) = (ptr::null_mut(), 0, ptr::null_mut());
        // SAFETY: the key set is alive, the texts are readable for their
        // lengths, and the token is for as long as the call says.
        unsafe {
            let (text, text_len) = (start(payload), payload.len());
            let (options, options_len) = (start(options), options.len());
            let status = jeton_sign(
                self.0.0,
                text,
                text_len,
                options,
                options_len,
                &mut token,
                &mut len,
                &mut error,
            );
            refuse(status, error);
            taken(token, len)
        }
    }
}

/// A copy of a text that the library made, which is freed.
///
/// # Safety
///
/// The text is the library's and `len` long.
unsafe fn taken(text: *mut c_char, len: usize) -> String {
    // SAFETY: this function's contract.
    let copy = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), len) }.to_vec();
    // SAFETY: as above; it isn't used again.
    unsafe { jeton_string_free(text) }
    String::from_utf8(copy).unwrap()
}

/// A source whose host fetches.
pub(crate) struct Source(Owned);

impl Source {
    pub(crate) fn open(options: &str) -> Self {
        // SAFETY: the options are readable for their length.
        Self(Owned::new(jeton_source_free, |source, error| unsafe {
            let (options, len) = (start(options), options.len());
            jeton_source_open(options, len, ptr::null(), 0, source, error)
        }))
    }

    /// Whether a request is due, which is then claimed.
    pub(crate) fn claim(&self) -> bool {
        let (mut request, mut len, mut error) = (ptr::null_mut(), 0, ptr::null_mut());
        // SAFETY: the source is alive.
        unsafe {
            let status = jeton_source_claim(self.0.0, &mut request, &mut len, &mut error);
            refuse(status, error);
            jeton_string_free(request);
        }
        len > 0
    }

    /// Answers the claimed request with `set`.
    pub(crate) fn accept(&self, set: &str) {
        let mut error = ptr::null_mut();
        // SAFETY: the source is alive and the set readable for its length.
        unsafe {
            let (set, len) = (start(set), set.len());
            let status = jeton_source_accept(self.0.0, ptr::null(), 0, set, len, &mut error);
            refuse(status, error);
        }
    }

    /// Its live set.
    pub(crate) fn keys(&self) -> Keys {
        // SAFETY: the source is alive.
        Keys(Owned::new(jeton_keys_free, |keys, error| unsafe {
            jeton_source_keys(self.0.0, keys, error)
        }))
    }
}

/// A verifier.
pub(crate) struct Verifier {
    handle: Owned,
    // Called through a pointer that the compiler can't see through, as a program
    // calls a shared object: nothing is inlined into the loop that measures.
    verify: Verify,
}

impl Verifier {
    /// With an empty list of revocations attached.
    pub(crate) fn new(keys: &Keys, options: &str) -> Self {
        Self::over(keys, options, &Revocations::new())
    }

    pub(crate) fn over(keys: &Keys, options: &str, revocations: &Revocations) -> Self {
        // SAFETY: the texts are readable for their lengths, the handles alive.
        let handle = Owned::new(jeton_verifier_free, |made, error| unsafe {
            let keys = [keys.0.0.cast_const()];
            let revocations = revocations.0.0.cast_const();
            let (options, len) = (start(options), options.len());
            jeton_verifier_new(keys.as_ptr(), 1, revocations, options, len, made, error)
        });
        Self {
            handle,
            verify: black_box(jeton_verify as Verify),
        }
    }

    /// Verifies and frees the claims, as every program must; returns the status.
    pub(crate) fn verify(&self, token: &[u8]) -> i32 {
        let (mut claims, mut error) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the verifier is alive and the token readable for its length.
        unsafe {
            let (text, len) = (start(token), token.len());
            let status = (self.verify)(
                self.handle.0,
                text,
                len,
                ptr::null(),
                &mut claims,
                &mut error,
            );
            refuse(status, error);
            jeton_claims_free(claims);
            status
        }
    }

    /// Verifies a bad token, asking for no error object; returns the status.
    pub(crate) fn refuse(&self, token: &[u8]) -> i32 {
        let mut claims = ptr::null_mut();
        let (text, len) = (start(token), token.len());
        // SAFETY: as above; a bad token makes no claims.
        unsafe {
            (self.verify)(
                self.handle.0,
                text,
                len,
                ptr::null(),
                &mut claims,
                ptr::null_mut(),
            )
        }
    }
}

/// A list of revocations in memory, which keeps no readable entries.
pub(crate) struct Revocations(Owned);

impl Revocations {
    pub(crate) fn new() -> Self {
        let (location, options) = ("memory:", r#"{"log":false}"#);
        // SAFETY: the texts are readable for their lengths.
        Self(Owned::new(jeton_revocations_free, |made, error| unsafe {
            let (options, len) = (start(options), options.len());
            jeton_revocations_open(start(location), location.len(), options, len, made, error)
        }))
    }

    /// Adds a rule, and returns the status.
    pub(crate) fn revoke(&self, rule: &str) -> i32 {
        let (nothing, none, no_error) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: the handle is alive and the rule readable for its length.
        unsafe {
            let (rule, len) = (start(rule), rule.len());
            jeton_revocations_revoke(self.0.0, rule, len, ptr::null(), nothing, none, no_error)
        }
    }
}

/// A verifier and a minter over one key set.
pub(crate) struct Engine {
    verifier: Verifier,
    minter: Owned,
    mint: Mint,
}

impl Engine {
    pub(crate) fn new(keys: &Keys, verifier: &str, minter: &str) -> Self {
        // SAFETY: the options are readable for their length, the keys alive.
        let minter = Owned::new(jeton_minter_free, |made, error| unsafe {
            jeton_minter_new(keys.0.0, start(minter), minter.len(), made, error)
        });
        Self {
            verifier: Verifier::new(keys, verifier),
            minter,
            mint: black_box(jeton_mint as Mint),
        }
    }

    pub(crate) fn verify(&self, token: &[u8]) -> i32 {
        self.verifier.verify(token)
    }

    pub(crate) fn refuse(&self, token: &[u8]) -> i32 {
        self.verifier.refuse(token)
    }

    /// Mints a token and frees it; returns the status.
    pub(crate) fn mint(&self, claims: &[u8]) -> i32 {
        let (mut token, mut len, mut error) = (ptr::null_mut(), 0, ptr::null_mut());
        // SAFETY: the minter is alive and the claims readable for their length.
        unsafe {
            let (text, text_len) = (start(claims), claims.len());
            let status = (self.mint)(
                self.minter.0,
                text,
                text_len,
                ptr::null(),
                &mut token,
                &mut len,
                &mut error,
            );
            refuse(status, error);
            jeton_string_free(token);
            status
        }
    }
}
