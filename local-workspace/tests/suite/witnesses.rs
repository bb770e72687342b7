//! The official Python clients, unmodified, against this program. A machine without Python leaves them out and says so;
//! `WITNESSES=required` makes that a failure.

use crate::program::serve;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;
use tokio::process::Command;

/// The Python that has the clients, or why there is none.
fn python() -> &'static Result<PathBuf, String> {
    static PYTHON: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/witnesses.sh");
        let output = std::process::Command::new("bash").arg(script).output().unwrap();
        let (found, reason) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        match output.status.code() {
            Some(0) => Ok(found.trim().into()),
            Some(3) => Err(reason.trim().to_owned()),
            _ => panic!("scripts/witnesses.sh failed: {reason}"),
        }
    })
}

async fn ask(script: &str, content: &str) {
    let python = match tokio::task::spawn_blocking(python).await.unwrap() {
        Ok(python) => python,
        Err(reason) => {
            assert!(std::env::var_os("WITNESSES").is_none_or(|wanted| wanted != "required"), "{reason}");
            #[expect(clippy::explicit_write, reason = "what a macro prints is shown for failed tests only")]
            writeln!(std::io::stderr(), "{script} skipped: {reason}").unwrap();
            return;
        }
    };
    let redirect = "http://localhost:8020/callback";
    let (_child, ready) = serve(&["--personal-token", "ada", "--redirect-uri", redirect]).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/witnesses");
    let output = Command::new(python)
        .arg(folder.join(script))
        .arg(ready.to_string())
        // Not the settings of whoever runs the tests, and no bytecode in the repository.
        .env_clear()
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains(content), "{out}\n{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn databricks_sdk_is_content() {
    ask("sdk.py", "databricks-sdk is content").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn databricks_sql_connector_is_content() {
    ask("connector.py", "databricks-sql-connector is content").await;
}
