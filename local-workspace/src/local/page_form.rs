//! `POST /local/page`: the buttons of the page. Each does what the control of the same purpose does, and shows the page
//! again.

use super::fault_rule::FaultRule;
use crate::wire::ApiError;
use crate::workspace::Workspace;
use axum::extract::{Form, State};
use axum::response::Redirect;
use serde::Deserialize;
use std::str::FromStr;
use std::sync::Arc;

/// Browsers send empty fields, too.
#[derive(Deserialize)]
pub(super) struct Pressed {
    action: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    delay_ms: String,
    #[serde(default)]
    times: String,
    #[serde(default)]
    hang: bool,
    #[serde(default)]
    cut: bool,
    #[serde(default)]
    skew_seconds: String,
}

pub(super) async fn press(
    State(workspace): State<Arc<Workspace>>,
    Form(pressed): Form<Pressed>,
) -> Result<Redirect, ApiError> {
    match pressed.action.as_str() {
        "expire-access" => workspace.authority.expire_all(false),
        "expire-all" => workspace.authority.expire_all(true),
        "start-warehouse" => workspace.warehouses.get(&pressed.id)?.start(),
        "stop-warehouse" => workspace.warehouses.get(&pressed.id)?.stop(),
        "stop-warehouses" => workspace.warehouses.iter().for_each(|warehouse| warehouse.stop()),
        "clear-faults" => workspace.faults.clear(),
        "add-fault" => {
            let rule = pressed.rule()?;
            rule.check().map_err(ApiError::InvalidParameter)?;
            workspace.faults.add(rule);
        }
        "set-clock" => {
            workspace.clock.set_skew(number::<i32>("skew_seconds", &pressed.skew_seconds)?.unwrap_or_default().into());
        }
        other => return Err(ApiError::InvalidParameter(format!("there is no action '{other}'."))),
    }
    Ok(Redirect::to("/local"))
}

impl Pressed {
    fn rule(&self) -> Result<FaultRule, ApiError> {
        Ok(FaultRule {
            path: self.path.clone(),
            status: number("status", &self.status)?,
            delay_ms: number("delay_ms", &self.delay_ms)?.unwrap_or_default(),
            times: number("times", &self.times)?,
            hang: self.hang,
            cut: self.cut,
            ..FaultRule::default()
        })
    }
}

fn number<T: FromStr>(name: &str, text: &str) -> Result<Option<T>, ApiError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| ApiError::InvalidParameter(format!("{name} is no possible number: '{text}'.")))
}
