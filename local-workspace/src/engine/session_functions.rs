//! Functions whose answer depends on who asks: `current_user()` and its kin. Constant within a statement.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

/// Databricks allows these without parentheses too.
pub(super) const WITHOUT_PARENTHESES: [&str; 6] =
    ["current_user", "session_user", "user", "current_catalog", "current_database", "current_schema"];

pub(super) fn session_functions(user: &str, catalog: &str, schema: &str) -> Vec<ScalarUDF> {
    let function = |name, aliases: &[&str], value: &str| {
        let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        let signature = Signature::nullary(Volatility::Stable);
        ScalarUDF::from(Constant { name, aliases, value: value.to_owned(), signature })
    };
    vec![
        function("current_user", &["session_user", "user"], user),
        function("current_catalog", &[], catalog),
        function("current_schema", &["current_database"], schema),
    ]
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Constant {
    name: &'static str,
    aliases: Vec<String>,
    value: String,
    signature: Signature,
}

impl ScalarUDFImpl for Constant {
    fn name(&self) -> &str {
        self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Scalar(ScalarValue::Utf8(Some(self.value.clone()))))
    }
}
