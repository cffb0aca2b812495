//! `./up`, with a cargo that only pretends.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::harness::eventually;

/// A checkout with nothing in it but `./up`, and the tools that it finds.
struct Checkout(PathBuf);

impl Checkout {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("tổ 06 up {name} {}", std::process::id()));
        std::fs::create_dir_all(root.join("target/release")).unwrap();
        let up = Path::new(env!("CARGO_MANIFEST_DIR")).join("../up");
        std::fs::copy(up, root.join("up")).unwrap();
        let checkout = Self(root);
        checkout.write("rustc", "echo rustc 1.95.0");
        // It was built before, so that the room on this machine's disk does not matter.
        checkout.write("target/release/api", "echo served \"$@\"");
        checkout
    }

    fn write(&self, program: &str, script: &str) {
        let path = self.0.join(program);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn up(&self) -> Command {
        // Whoever runs the tests in the background has them ignore Ctrl-C; ./up must not inherit that.
        let mut up = Command::new("env");
        up.args(["--default-signal=INT,HUP", "/bin/sh", "-c"])
            .arg(r#"PATH="$0:$PATH"; export PATH; exec "$0/up" "$@""#)
            .arg(&self.0)
            // Where nobody listens: it is only looked at.
            .env("TO06_BIND", "127.0.0.1:1")
            .env_remove("CARGO_TARGET_DIR")
            .stdin(Stdio::null());
        up
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_was_built_is_served_in_the_place_of_up() {
    let checkout = Checkout::new("serves");
    checkout.write("cargo", "exit 0");
    let told = checkout.up().arg("--no-demo").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&told.stdout), "served serve\n");
    checkout.write("cargo", "exit 101");
    let told = checkout.up().output().unwrap();
    assert_eq!(told.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&told.stderr).contains("The build failed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_ends_with_up_and_so_do_its_compilers() {
    for signal in ["INT", "TERM", "HUP", "KILL"] {
        let checkout = Checkout::new(signal);
        checkout.write(
            "cargo",
            "sleep 600 & echo $! >compiler.new; mv compiler.new compiler; wait",
        );
        let mut up = checkout.up().stderr(Stdio::null()).spawn().unwrap();
        let compiler = eventually(async || {
            let id = std::fs::read_to_string(checkout.0.join("compiler")).ok()?;
            Some(id.trim().to_owned())
        })
        .await;
        let status = Command::new("kill")
            .args(["-s", signal, &up.id().to_string()])
            .status();
        assert!(status.unwrap().success());
        up.wait().unwrap();
        eventually(async || {
            let alive = Command::new("kill").args(["-0", &compiler]).output();
            (!alive.unwrap().status.success()).then_some(())
        })
        .await;
    }
}
