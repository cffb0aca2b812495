//! Migrations are embedded: a changed one must rebuild what embeds it.

#![allow(clippy::print_stdout)]

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
