//! `+`, `-` and `*` of whole numbers fail where the result does not fit, as on Databricks. DataFusion would wrap around.

use datafusion::arrow::array::Datum;
use datafusion::arrow::compute::cast;
use datafusion::arrow::compute::kernels::numeric::{add, mul, sub};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DFSchema, Result, internal_err};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
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
        if !type_of(&expr.left, schema)?.is_integer() || !type_of(&expr.right, schema)?.is_integer() {
            return Ok(PlannerResult::Original(expr));
        }
        Ok(PlannerResult::Planned(function.call(vec![expr.left, expr.right])))
    }
}

/// DataFusion makes the names of all parts to find the type of a whole, which takes the cube of the length of a sum.
pub(super) fn type_of(expr: &Expr, schema: &DFSchema) -> Result<DataType> {
    match expr {
        Expr::ScalarFunction(call) if call.func.inner().downcast_ref::<Checked>().is_some() => {
            match call.args.as_slice() {
                [left, right] => Ok(common(&type_of(left, schema)?, &type_of(right, schema)?)),
                _ => internal_err!("arithmetic takes two arguments"),
            }
        }
        _ => expr.get_type(schema),
    }
}

/// INT and INT stay INT; two different types become BIGINT.
fn common(left: &DataType, right: &DataType) -> DataType {
    if left == right && left.is_signed_integer() { left.clone() } else { DataType::Int64 }
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

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [left, right] => Ok(common(left, right)),
            _ => internal_err!("arithmetic takes two arguments"),
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
