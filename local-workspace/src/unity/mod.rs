//! Unity Catalog: who was granted what, and the lists of catalogs, schemas and tables that follow from it. SQL and the
//! lists ask the same grants, so they agree.

mod access;
mod documents;
mod grants;
mod paging;
mod privilege;
mod registry;
mod routes;

pub use access::PersonalAccess;
pub use grants::Grants;
pub use privilege::{Privilege, Securable};
pub use registry::Registry;
pub use routes::routes;
