//! How far a statement is: a warehouse may take minutes to start, so no page waits for one.

use serde::{Deserialize, Serialize};

/// A result, or how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Progress<T> {
    Ready {
        rows: Vec<T>,
        /// Rows of the whole result; more than `rows` if it was cut.
        total_rows: u64,
    },
    Working {
        /// Ask again with this; the statement goes on by itself.
        statement_id: String,
        phase: Phase,
    },
}

/// What is happening right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// On its way: neither the app nor the warehouse has said anything yet.
    Submitting,
    /// The warehouse is stopped or starting.
    WarehouseStarting,
    /// The warehouse is up and the statement waits for its turn.
    Queued,
    Running,
}

impl Phase {
    /// For people.
    pub fn text(self) -> &'static str {
        match self {
            Self::Submitting => "Submitting",
            Self::WarehouseStarting => "Warehouse starting",
            Self::Queued => "Queued",
            Self::Running => "Running",
        }
    }
}
