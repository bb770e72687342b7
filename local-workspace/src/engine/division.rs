//! `/` as Databricks computes it: whole numbers give a fraction, and a divisor of zero is an error. DataFusion would
//! cut the fraction off, and answer infinity for DOUBLE. Decimals stay with DataFusion, which is exact there.

use super::arithmetic::type_of;
use datafusion::arrow::array::{AsArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::arrow::error::ArrowError;
use datafusion::common::{DFSchema, Result};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use datafusion::sql::sqlparser::ast::BinaryOperator;
use std::sync::Arc;

/// Plans `/` of numbers as a call of [`Divide`].
#[derive(Debug)]
pub(super) struct AnsiDivision(Arc<ScalarUDF>);

impl Default for AnsiDivision {
    fn default() -> Self {
        let signature = Signature::exact(vec![DataType::Float64; 2], Volatility::Immutable);
        Self(Arc::new(ScalarUDF::from(Divide { signature })))
    }
}

impl ExprPlanner for AnsiDivision {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        if expr.op != BinaryOperator::Divide {
            return Ok(PlannerResult::Original(expr));
        }
        let (left, right) = (type_of(&expr.left, schema)?, type_of(&expr.right, schema)?);
        let exact = |kind: &DataType| kind.is_decimal() || kind.is_integer();
        let decimal = exact(&left) && exact(&right) && (left.is_decimal() || right.is_decimal());
        if decimal || !left.is_numeric() || !right.is_numeric() {
            return Ok(PlannerResult::Original(expr));
        }
        Ok(PlannerResult::Planned(self.0.call(vec![expr.left, expr.right])))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Divide {
    signature: Signature,
}

impl ScalarUDFImpl for Divide {
    fn name(&self) -> &'static str {
        "divide"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [left, right] = arrays.as_slice() else {
            return datafusion::common::internal_err!("divide takes two arguments");
        };
        let (left, right) = (left.as_primitive::<Float64Type>(), right.as_primitive::<Float64Type>());
        let quotients = left.iter().zip(right.iter()).map(|pair| match pair {
            (Some(_), Some(0.0)) => Err(ArrowError::DivideByZero),
            (Some(left), Some(right)) => Ok(Some(left / right)),
            _ => Ok(None),
        });
        let quotients = quotients.collect::<std::result::Result<Float64Array, _>>()?;
        Ok(ColumnarValue::Array(Arc::new(quotients)))
    }
}
