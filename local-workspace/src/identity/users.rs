//! Three people with different groups, so that apps can show different things to different users.

#[derive(Debug, PartialEq, Eq)]
pub struct User {
    /// The short name, for the sign-in form and the request log.
    pub id: &'static str,
    pub scim_id: &'static str,
    pub email: &'static str,
    pub given_name: &'static str,
    pub family_name: &'static str,
    /// Group id and display name.
    pub groups: &'static [(&'static str, &'static str)],
    pub entitlements: &'static [&'static str],
}

const ALL_USERS: (&str, &str) = ("100000000000001", "users");
const ADMINS: (&str, &str) = ("100000000000002", "admins");
const ANALYSTS: (&str, &str) = ("100000000000003", "analysts");

pub static USERS: [User; 3] = [
    User {
        id: "ada",
        scim_id: "7000000000000001",
        email: "ada@example.com",
        given_name: "Ada",
        family_name: "Lovelace",
        groups: &[ADMINS, ANALYSTS, ALL_USERS],
        entitlements: &["workspace-access", "databricks-sql-access", "allow-cluster-create"],
    },
    User {
        id: "bob",
        scim_id: "7000000000000002",
        email: "bob@example.com",
        given_name: "Bob",
        family_name: "Kahn",
        groups: &[ANALYSTS, ALL_USERS],
        entitlements: &["workspace-access", "databricks-sql-access"],
    },
    User {
        id: "carol",
        scim_id: "7000000000000003",
        email: "carol@example.com",
        given_name: "Carol",
        family_name: "Shaw",
        groups: &[ALL_USERS],
        entitlements: &["databricks-sql-access"],
    },
];

impl User {
    pub fn by_id(id: &str) -> Option<&'static Self> {
        USERS.iter().find(|user| user.id == id)
    }

    pub fn display_name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    pub fn initials(&self) -> String {
        [self.given_name, self.family_name].iter().filter_map(|name| name.chars().next()).collect()
    }
}
