//! Pages of a list. A page may be empty and still name a next one, as on the real service: only a missing token ends it.

use crate::wire::ApiError;
use serde::Deserialize;

/// What `max_results` 0, or none, gives.
const PAGE: usize = 100;
const MOST: usize = 1_000;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Paging {
    max_results: Option<i64>,
    page_token: Option<String>,
}

impl Paging {
    /// One page of everything there is. Filtered after it was cut, so that what is hidden leaves gaps.
    pub(super) fn page<T>(
        &self,
        all: Vec<T>,
        visible: impl Fn(&T) -> bool,
    ) -> Result<(Vec<T>, Option<String>), ApiError> {
        let size = match self.max_results.unwrap_or(0) {
            0 => PAGE,
            size => usize::try_from(size).map_err(|_| {
                ApiError::InvalidParameter(format!("max_results must be 0 or a positive number, not {size}."))
            })?,
        };
        let size = size.min(MOST);
        let start = match self.page_token.as_deref().filter(|token| !token.is_empty()) {
            None => 0,
            Some(token) => token
                .strip_prefix("from-")
                .and_then(|start| start.parse::<usize>().ok())
                .ok_or_else(|| ApiError::InvalidParameter("page_token is not one of this list.".to_owned()))?,
        };
        let next = (start + size < all.len()).then(|| format!("from-{}", start + size));
        Ok((all.into_iter().skip(start).take(size).filter(visible).collect(), next))
    }
}
