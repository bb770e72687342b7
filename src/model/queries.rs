//! The app's queries as types, made from `queries/*.sql` at build time (see `build.rs`).

use super::query::{CellError, Cells, Parameter, QueryFile, TypedQuery};
use super::values::Date;
#[allow(unused_imports, reason = "which value types occur depends on the SQL files")]
use super::values::{Decimal, Timestamp};

include!(concat!(env!("OUT_DIR"), "/queries.rs"));
