//! How long the first answer may take: `wait_timeout` and `on_wait_timeout`.

use crate::wire::ApiError;
use std::time::Duration;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// `0s`: answer at once, always PENDING.
    No,
    Continue(Duration),
    ThenCancel(Duration),
}

impl Wait {
    pub(super) fn parse(timeout: Option<&str>, on_timeout: Option<&str>) -> Result<Self, ApiError> {
        let text = timeout.unwrap_or("10s");
        let seconds = text
            .strip_suffix('s')
            .and_then(|digits| digits.parse::<u64>().ok())
            .filter(|seconds| matches!(seconds, 0 | 5..=50))
            .ok_or_else(|| {
                let rule = "must be 0s, or between 5s and 50s";
                ApiError::InvalidParameter(format!("wait_timeout {rule}, not '{text}'."))
            })?;
        let limit = Duration::from_secs(seconds);
        match on_timeout.unwrap_or("CONTINUE") {
            "CONTINUE" | "CANCEL" if seconds == 0 => Ok(Self::No),
            "CONTINUE" => Ok(Self::Continue(limit)),
            "CANCEL" => Ok(Self::ThenCancel(limit)),
            other => {
                let message = format!("on_wait_timeout must be CONTINUE or CANCEL, not '{other}'.");
                Err(ApiError::InvalidParameter(message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_none_or_five_to_fifty_seconds() {
        assert_eq!(Wait::parse(None, None).unwrap(), Wait::Continue(Duration::from_secs(10)));
        assert_eq!(Wait::parse(Some("0s"), None).unwrap(), Wait::No);
        assert_eq!(Wait::parse(Some("50s"), Some("CANCEL")).unwrap(), Wait::ThenCancel(Duration::from_secs(50)));
        for text in ["", "10", "4s", "51s", "-5s", "10 s", "1m"] {
            assert!(Wait::parse(Some(text), None).is_err(), "{text}");
        }
        assert!(Wait::parse(None, Some("STOP")).is_err());
    }
}
