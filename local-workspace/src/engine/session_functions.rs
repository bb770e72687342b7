//! Functions whose answer depends on who asks: `current_user()` and its kin. Constant within a statement.

use super::access::Access;
use datafusion::arrow::array::{ArrayRef, AsArray, BooleanArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Databricks allows these without parentheses too.
pub(super) const WITHOUT_PARENTHESES: [&str; 6] =
    ["current_user", "session_user", "user", "current_catalog", "current_database", "current_schema"];

pub(super) fn session_functions(user: &str, catalog: &str, schema: &str, access: &Arc<dyn Access>) -> Vec<ScalarUDF> {
    let function = |name, aliases: &[&str], value: &str| {
        let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        let signature = Signature::nullary(Volatility::Stable);
        ScalarUDF::from(Constant { name, aliases, value: value.to_owned(), signature })
    };
    vec![
        function("current_user", &["session_user", "user"], user),
        function("current_catalog", &[], catalog),
        function("current_schema", &["current_database"], schema),
        ScalarUDF::from(IsMember {
            aliases: vec!["is_member".to_owned()],
            signature: Signature::exact(vec![DataType::Utf8], Volatility::Stable),
            access: access.clone(),
        }),
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

/// `is_account_group_member(group)`, and `is_member` as it was called before.
#[derive(Debug)]
struct IsMember {
    aliases: Vec<String>,
    signature: Signature,
    access: Arc<dyn Access>,
}

// One statement has one person, so two of them are the same function.
impl PartialEq for IsMember {
    fn eq(&self, other: &Self) -> bool {
        self.signature == other.signature
    }
}

impl Eq for IsMember {}

impl Hash for IsMember {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.signature.hash(state);
    }
}

impl ScalarUDFImpl for IsMember {
    fn name(&self) -> &str {
        "is_account_group_member"
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let groups =
            arrays.first().map(|array| array.as_string::<i32>().iter().collect::<Vec<_>>()).unwrap_or_default();
        let member: BooleanArray =
            groups.into_iter().map(|group| group.map(|name| self.access.is_member(name))).collect();
        Ok(ColumnarValue::Array(Arc::new(member) as ArrayRef))
    }
}
