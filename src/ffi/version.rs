//! Which library this is.

use std::ffi::c_char;

/// The version of the ABI: it is raised when something in this header that a
/// program may rely on changes or goes, and is the number in the soname. Compare
/// it with JETON_ABI_VERSION when the library was loaded at run time.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_abi_version() -> u32 {
    JETON_ABI_VERSION
}

/// The version of the ABI that this header describes.
pub const JETON_ABI_VERSION: u32 = 0;

// build.rs puts the same number into the soname.
const _: () = assert!(JETON_ABI_VERSION == parsed(env!("JETON_ABI")));

const fn parsed(text: &str) -> u32 {
    match u32::from_str_radix(text, 10) {
        Ok(number) => number,
        Err(_) => u32::MAX,
    }
}

/// The version of the library, such as "0.1.0". Static and NUL-terminated.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}
