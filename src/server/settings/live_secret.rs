//! A secret whose file is read again while the server runs, so that it can be exchanged without a restart.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use secrecy::{ExposeSecret, SecretString};

/// Copies are the same secret.
#[derive(Clone)]
pub struct LiveSecret {
    value: Arc<RwLock<SecretString>>,
    file: Option<PathBuf>,
}

impl fmt::Debug for LiveSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LiveSecret(REDACTED)")
    }
}

impl LiveSecret {
    /// A secret that stays as it is.
    pub fn fixed(value: String) -> Self {
        Self { value: Arc::new(RwLock::new(value.into())), file: None }
    }

    /// # Errors
    /// The file is empty or cannot be read; its path is told, its content never.
    pub fn from_file(path: &str) -> Result<Self, String> {
        let path = PathBuf::from(path);
        Ok(Self { value: Arc::new(RwLock::new(read(&path)?)), file: Some(path) })
    }

    pub fn get(&self) -> SecretString {
        self.value.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the file again. True if the secret is another one now.
    ///
    /// # Errors
    /// As [`LiveSecret::from_file`]; the secret stays as it was.
    pub fn reread(&self) -> Result<bool, String> {
        let Some(path) = &self.file else { return Ok(false) };
        let new = read(path)?;
        let mut value = self.value.write().unwrap_or_else(PoisonError::into_inner);
        let changed = value.expose_secret() != new.expose_secret();
        *value = new;
        Ok(changed)
    }
}

fn read(path: &Path) -> Result<SecretString, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("the file {shown} cannot be read: {error}"))?;
    let text = text.trim();
    if text.is_empty() { Err(format!("the file {shown} is empty")) } else { Ok(SecretString::from(text.to_owned())) }
}
