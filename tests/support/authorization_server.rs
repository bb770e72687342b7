//! The two authorization servers of the contract suite. They share no code; their control APIs speak the same words.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

pub const CLIENT_SECRET: &str = "dose-test-secret";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationServer {
    /// Users, grants and a SQL engine.
    LocalWorkspace,
    /// npm `oidc-provider` in `end2end/op`: users only, no data.
    OidcProvider,
}

/// A server that is ready; it ends with this value.
pub struct Running {
    process: Child,
    ready: Value,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Running {
    /// A field of what it said when it was ready.
    pub fn text(&self, name: &str) -> String {
        self.ready[name].as_str().unwrap_or_default().to_owned()
    }
}

impl AuthorizationServer {
    pub fn start(self, redirect_uri: &str, options: &[&str]) -> Running {
        let (mut command, advice) = match self {
            Self::LocalWorkspace => {
                let mut command = Command::new(local_workspace());
                command.args(["serve", "--end-with-stdin"]);
                (command, "Build it with: cargo build -p local-workspace")
            }
            Self::OidcProvider => {
                let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("end2end");
                assert!(
                    folder.join("node_modules/oidc-provider").is_dir(),
                    "oidc-provider is not installed in end2end/node_modules. Run: scripts/setup.sh node"
                );
                let mut command = Command::new("node");
                command.arg(folder.join("op/server.mjs"));
                (command, "Node 20 or later is needed; install it and run: scripts/setup.sh node")
            }
        };
        command
            .args(["--listen", "127.0.0.1:0", "--redirect-uri", redirect_uri, "--client-secret", CLIENT_SECRET])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process =
            command.spawn().unwrap_or_else(|error| panic!("{:?}: {error}. {advice}", command.get_program()));
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().expect("piped"));
        output.read_line(&mut line).expect("a line of text");
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| {
            let _ = process.kill();
            let _ = process.wait();
            panic!("{:?} did not start. {advice}", command.get_program())
        });
        Running { process, ready }
    }
}

fn local_workspace() -> PathBuf {
    if let Some(path) = std::env::var_os("LOCAL_WORKSPACE_BIN") {
        return path.into();
    }
    // target/debug/deps/contract-… → target/debug/local-workspace
    let test = std::env::current_exe().expect("the test's own path");
    test.ancestors().nth(2).expect("the target folder").join("local-workspace")
}
