//! The request log: what arrived, in order, bounded. Paths are kept without their query.

use super::note::{Note, Noted};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

const CAPACITY: usize = 5_000;

#[derive(Default)]
pub struct RequestLog(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    last_id: u64,
    kept: VecDeque<Entry>,
}

struct Entry {
    id: u64,
    time: DateTime<Utc>,
    method: String,
    path: String,
    client_ip: Option<IpAddr>,
    /// Shared with the request while it is under way; a null status means that no answer was sent yet, or ever.
    note: Note,
}

impl RequestLog {
    pub(super) fn arrived(&self, method: &str, path: &str, client_ip: Option<IpAddr>, note: Note) {
        let mut entries = self.entries();
        entries.last_id += 1;
        let id = entries.last_id;
        if entries.kept.len() == CAPACITY {
            entries.kept.pop_front();
        }
        let (method, path) = (method.to_owned(), path.to_owned());
        entries.kept.push_back(Entry { id, time: Utc::now(), method, path, client_ip, note });
    }

    pub(super) fn list(&self) -> Vec<Value> {
        self.entries().kept.iter().map(Entry::to_json).collect()
    }

    /// Ids go on counting, so two lists can be told apart.
    pub(super) fn clear(&self) {
        self.entries().kept.clear();
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn to_json(&self) -> Value {
        let Noted { user, grant_type, fault, status, duration_ms } = self.note.read();
        json!({
            "id": self.id,
            "time": self.time.to_rfc3339_opts(SecondsFormat::Millis, true),
            "method": self.method,
            "path": self.path,
            "client_ip": self.client_ip,
            "user": user,
            "grant_type": grant_type,
            "fault": fault,
            "status": status,
            "duration_ms": duration_ms,
        })
    }
}
