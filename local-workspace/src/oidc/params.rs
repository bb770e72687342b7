//! Parameters of the authorization and token endpoints. OAuth forbids repeating one (RFC 6749 section 3.1), and an
//! empty value counts as absent.

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

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
