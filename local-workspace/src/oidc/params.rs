//! Parameters of the authorization and token endpoints. OAuth forbids repeating one (RFC 6749 section 3.1), and an
//! empty value counts as absent.

use super::error::OAuthError;
use axum::extract::{Form, rejection::FormRejection};

/// A form as a handler gets it.
pub(super) type PostedForm = Result<Form<Vec<(String, String)>>, FormRejection>;

#[derive(Clone, Default)]
pub(super) struct Params(Vec<(String, String)>);

/// The name that occurred twice.
pub(super) struct Repeated(pub(super) String);

impl Params {
    pub(super) fn new(pairs: Vec<(String, String)>) -> Result<Self, Repeated> {
        let mut params: Vec<(String, String)> = Vec::with_capacity(pairs.len());
        for (name, value) in pairs {
            if params.iter().any(|(known, _)| *known == name) {
                return Err(Repeated(name));
            }
            if !value.is_empty() {
                params.push((name, value));
            }
        }
        Ok(Self(params))
    }

    /// The parameters of a posted form.
    pub(super) fn of_form(form: PostedForm) -> Result<Self, OAuthError> {
        let malformed = "The body is not a form (x-www-form-urlencoded)";
        let Form(pairs) = form.map_err(|_| OAuthError::bad_request("invalid_request", malformed))?;
        Self::new(pairs).map_err(|repeated| {
            OAuthError::bad_request("invalid_request", format!("parameter '{}' occurs more than once", repeated.0))
        })
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
