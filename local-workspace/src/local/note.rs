//! What handlers learn about a request, written down for the request log: never more than a name.

use std::sync::{Arc, Mutex, PoisonError};

/// Travels in the request's extensions.
#[derive(Clone, Default)]
pub struct Note(Arc<Mutex<Noted>>);

#[derive(Clone, Default)]
pub(super) struct Noted {
    pub(super) user: Option<&'static str>,
    pub(super) grant_type: Option<String>,
    /// Id of the fault that took part in the answer.
    pub(super) fault: Option<u64>,
    pub(super) status: Option<u16>,
    pub(super) duration_ms: Option<u64>,
}

impl Note {
    pub fn set_user(&self, id: &'static str) {
        self.change(|noted| noted.user = Some(id));
    }

    pub fn set_grant_type(&self, grant_type: &str) {
        self.change(|noted| noted.grant_type = Some(grant_type.to_owned()));
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Noted)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn read(&self) -> Noted {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
