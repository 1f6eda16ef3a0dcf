//! include/jeton.h is what cbindgen makes of src/ffi: `JETON_BLESS=1 cargo test` writes it anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::{env, fs};

#[test]
fn the_header_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut made = Vec::new();
    cbindgen::Builder::new()
        .with_crate(root)
        .with_config(cbindgen::Config::from_root_or_default(root))
        .generate()
        .expect("cbindgen reads src/ffi")
        .write(&mut made);
    let made = String::from_utf8(made).unwrap();
    let path = root.join("include/jeton.h");
    if env::var_os("JETON_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == made,
        "include/jeton.h is out of date: JETON_BLESS=1 cargo test --test header writes it anew"
    );
}
