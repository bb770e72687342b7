//! The faults that are switched on, in the order in which they were set; the first one that fits is taken.

use super::fault_rule::FaultRule;
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub struct Faults(Mutex<Active>);

#[derive(Default)]
struct Active {
    last_id: u64,
    rules: Vec<Fault>,
}

struct Fault {
    id: u64,
    /// `None`: until it is deleted.
    left: Option<u32>,
    rule: FaultRule,
}

impl Faults {
    pub(super) fn add(&self, rule: FaultRule) -> u64 {
        let mut active = self.active();
        active.last_id += 1;
        let id = active.last_id;
        active.rules.push(Fault { id, left: rule.times, rule });
        id
    }

    pub(super) fn clear(&self) {
        self.active().rules.clear();
    }

    /// With how many times they have left; `None`: until they are removed.
    pub(super) fn active_rules(&self) -> Vec<(FaultRule, Option<u32>)> {
        self.active().rules.iter().map(|fault| (fault.rule.clone(), fault.left)).collect()
    }

    pub(super) fn list(&self) -> Vec<Value> {
        let describe = |fault: &Fault| json!({"id": fault.id, "method": fault.rule.method, "path": fault.rule.path, "times_left": fault.left});
        self.active().rules.iter().map(describe).collect()
    }

    /// The fault for this request, with one of its times used up.
    pub(super) fn strike(&self, method: &str, path: &str) -> Option<(u64, FaultRule)> {
        let mut active = self.active();
        let fits = |fault: &&mut Fault| fault.left != Some(0) && fault.rule.meets(method, path);
        let fault = active.rules.iter_mut().find(fits)?;
        fault.left = fault.left.map(|left| left - 1);
        Some((fault.id, fault.rule.clone()))
    }

    fn active(&self) -> MutexGuard<'_, Active> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
