//! GRANT, REVOKE and SHOW GRANTS.

use super::parse::Target;
use super::{Run, nothing, texts};
use crate::engine::error::SqlError;
use crate::engine::rows::Rows;

impl Run<'_> {
    pub(super) fn show_grants(&self, principal: Option<&str>, on: Target) -> Result<Rows, SqlError> {
        let on = self.target(on)?;
        let all = self.query.access.grants(&on)?;
        let asked =
            all.into_iter().filter(|grant| principal.is_none_or(|who| grant.principal.eq_ignore_ascii_case(who)));
        let mut rows: Vec<[String; 4]> = asked
            .map(|grant| {
                let kind = match grant.on.len() {
                    1 => "CATALOG",
                    2 => "SCHEMA",
                    _ => "TABLE",
                };
                [grant.principal, grant.privilege, kind.to_owned(), grant.on.join(".")]
            })
            .collect();
        rows.sort_unstable();
        texts(["Principal", "ActionType", "ObjectType", "ObjectKey"], &rows)
    }

    pub(super) fn grant(&self, privileges: &[String], on: Target, to: &str) -> Result<Rows, SqlError> {
        let on = self.target(on)?;
        privileges.iter().try_for_each(|privilege| self.query.access.grant(privilege, &on, to))?;
        Ok(nothing())
    }

    pub(super) fn revoke(&self, privileges: &[String], on: Target, from: &str) -> Result<Rows, SqlError> {
        let on = self.target(on)?;
        privileges.iter().try_for_each(|privilege| self.query.access.revoke(privilege, &on, from))?;
        Ok(nothing())
    }

    fn target(&self, target: Target) -> Result<Vec<String>, SqlError> {
        let name = match target.parts {
            1 => vec![self.names.catalog(target.name)],
            2 => self.names.schema(target.name)?.to_vec(),
            _ => self.names.table(target.name)?.to_vec(),
        };
        self.existing(&name)?;
        Ok(name)
    }
}
