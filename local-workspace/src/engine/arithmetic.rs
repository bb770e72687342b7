//! `+`, `-` and `*` of whole numbers fail where the result does not fit, as on Databricks. DataFusion would wrap around.

use datafusion::arrow::array::Datum;
use datafusion::arrow::compute::cast;
use datafusion::arrow::compute::kernels::numeric::{add, mul, sub};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DFSchema, Result, internal_err};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{
    ColumnarValue, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::sql::sqlparser::ast::BinaryOperator;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Operation {
    Add,
    Subtract,
    Multiply,
}

/// Plans them as calls of [`Checked`].
#[derive(Debug)]
pub(super) struct AnsiArithmetic([Arc<ScalarUDF>; 3]);

impl Default for AnsiArithmetic {
    fn default() -> Self {
        let checked = |operation| {
            let signature = Signature::any(2, Volatility::Immutable);
            Arc::new(ScalarUDF::from(Checked { operation, signature }))
        };
        Self([Operation::Add, Operation::Subtract, Operation::Multiply].map(checked))
    }
}

impl ExprPlanner for AnsiArithmetic {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let [add, subtract, multiply] = &self.0;
        let function = match expr.op {
            BinaryOperator::Plus => add,
            BinaryOperator::Minus => subtract,
            BinaryOperator::Multiply => multiply,
            _ => return Ok(PlannerResult::Original(expr)),
        };
        if !expr.left.get_type(schema)?.is_integer() || !expr.right.get_type(schema)?.is_integer() {
            return Ok(PlannerResult::Original(expr));
        }
        Ok(PlannerResult::Planned(function.call(vec![expr.left, expr.right])))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Checked {
    operation: Operation,
    signature: Signature,
}

impl ScalarUDFImpl for Checked {
    fn name(&self) -> &'static str {
        match self.operation {
            Operation::Add => "checked_add",
            Operation::Subtract => "checked_subtract",
            Operation::Multiply => "checked_multiply",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    /// INT and INT stay INT; two different types become BIGINT.
    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [left, right] if left == right && left.is_signed_integer() => Ok(left.clone()),
            _ => Ok(DataType::Int64),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [left, right] = arrays.as_slice() else { return internal_err!("arithmetic takes two arguments") };
        let kind = args.return_type();
        let (left, right) = (cast(left, kind)?, cast(right, kind)?);
        let (left, right): (&dyn Datum, &dyn Datum) = (&left, &right);
        let result = match self.operation {
            Operation::Add => add(left, right)?,
            Operation::Subtract => sub(left, right)?,
            Operation::Multiply => mul(left, right)?,
        };
        if constant && result.len() == 1 {
            return Ok(ColumnarValue::Scalar(datafusion::common::ScalarValue::try_from_array(&result, 0)?));
        }
        Ok(ColumnarValue::Array(result))
    }
}
