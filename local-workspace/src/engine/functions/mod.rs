//! Functions of Databricks that DataFusion has not, or has with another meaning. Those that are only called differently
//! are respelled, see [`spelling`](super::spelling).

mod calendar;
mod digests;
mod moments;
pub(super) mod numbers;
mod pattern;
mod shim;
mod text;

use datafusion::logical_expr::ScalarUDF;

/// They take the place of DataFusion's functions of the same name.
pub(super) fn all() -> impl Iterator<Item = ScalarUDF> {
    [calendar::functions(), digests::functions(), moments::functions(), numbers::functions(), text::functions()]
        .into_iter()
        .flatten()
}
