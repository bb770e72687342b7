//! Which workspace, and as which app connection people sign in to it.

use url::Url;

use super::{LiveSecret, Reader};

#[derive(Clone, Debug)]
pub struct WorkspaceSettings {
    /// `DATABRICKS_HOST`: scheme, host and port, no slash at the end.
    pub host: String,
    /// `DATABRICKS_CLIENT_ID`: the custom app connection's id.
    pub client_id: String,
    /// `DATABRICKS_CLIENT_SECRET`; `None` for a public client.
    pub client_secret: Option<LiveSecret>,
    /// `DATABRICKS_WAREHOUSE_ID`
    pub warehouse_id: String,
    /// `OAUTH_SCOPES`
    pub scopes: Vec<String>,
    /// `RESULTS_FROM_PRIVATE_ADDRESSES`: the storage that keeps large results is reached over this network's own
    /// addresses, such as a private endpoint.
    pub results_from_private_addresses: bool,
}

impl WorkspaceSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let host = reader.required(
            "DATABRICKS_HOST",
            "the workspace's address, such as https://dbc-a1b2345c-d6e7.cloud.databricks.com",
        );
        let host = host.and_then(|host| check_host(reader, &host));
        let client_id = reader.required(
            "DATABRICKS_CLIENT_ID",
            "the client id of the app connection (account console, Settings, App connections)",
        );
        let client_secret = reader.secret("DATABRICKS_CLIENT_SECRET");
        let warehouse_id =
            reader.required("DATABRICKS_WAREHOUSE_ID", "the id of a SQL warehouse, such as 1234567890abcdef");
        let warehouse_id = warehouse_id.filter(|id| {
            let fine = id.bytes().all(|b| b.is_ascii_alphanumeric());
            if !fine {
                reader.problem("DATABRICKS_WAREHOUSE_ID", "must be letters and digits, as in the warehouse's own page");
            }
            fine
        });
        let scopes = reader.optional("OAUTH_SCOPES").unwrap_or_else(|| "all-apis offline_access".into());
        let scopes = scopes.split_whitespace().map(str::to_owned).collect();
        let results_from_private_addresses =
            reader.parsed("RESULTS_FROM_PRIVATE_ADDRESSES", "false", "true or false").unwrap_or_default();
        Some(Self {
            host: host?,
            client_id: client_id?,
            client_secret,
            warehouse_id: warehouse_id?,
            scopes,
            results_from_private_addresses,
        })
    }
}

/// Databricks' own tools accept a host without a scheme and with a slash at its end, so this does, too.
fn check_host(reader: &mut Reader<'_>, text: &str) -> Option<String> {
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&with_scheme).ok();
    let loopback = |url: &Url| matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url {
        Some(url) if url.scheme() == "https" || url.scheme() == "http" && loopback(&url) => {
            Some(url.origin().ascii_serialization())
        }
        Some(_) => {
            reader.problem("DATABRICKS_HOST", "must begin with https:// (http:// is for a local workspace only)");
            None
        }
        None => {
            reader.problem("DATABRICKS_HOST", format!("is `{text}`; set it to the workspace's address"));
            None
        }
    }
}
