//! A scalar function of ours: a name, how many arguments it takes, and what it does with them. Arguments come as they
//! are; each function casts them strictly to what it needs, as Databricks does.

use crate::engine::error::SqlError;
use datafusion::arrow::array::{
    ArrayRef, AsArray, BinaryArray, Date32Array, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::common::{DataFusionError, Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};
use std::hash::{Hash, Hasher};

pub(super) const TIMESTAMP: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

/// How the type of the result follows from those of the arguments.
#[derive(Clone, Debug)]
pub(super) enum Returns {
    Always(DataType),
    Of(fn(&[DataType]) -> Result<DataType>),
}

pub(super) type Body = fn(&[ArrayRef]) -> Result<ArrayRef>;

#[derive(Debug)]
struct Shim {
    name: &'static str,
    signature: Signature,
    returns: Returns,
    body: Body,
}

/// `arity` lists the numbers of arguments that the function takes.
pub(super) fn shim(name: &'static str, arity: &[usize], returns: DataType, body: Body) -> ScalarUDF {
    typed(name, arity, Returns::Always(returns), body)
}

pub(super) fn typed(name: &'static str, arity: &[usize], returns: Returns, body: Body) -> ScalarUDF {
    let takes = |count: &usize| if *count == 0 { TypeSignature::Nullary } else { TypeSignature::Any(*count) };
    let signature = Signature::one_of(arity.iter().map(takes).collect(), Volatility::Immutable);
    ScalarUDF::from(Shim { name, signature, returns, body })
}

// Names are unique among shims.
impl PartialEq for Shim {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Shim {}

impl Hash for Shim {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Shim {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match &self.returns {
            Returns::Always(kind) => Ok(kind.clone()),
            Returns::Of(find) => find(arguments),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let found = (self.body)(&arrays)?;
        // A constant has to stay one, so that it can be computed beforehand.
        if constant && found.len() == 1 {
            return Ok(ColumnarValue::Scalar(datafusion::common::ScalarValue::try_from_array(&found, 0)?));
        }
        Ok(ColumnarValue::Array(found))
    }
}

pub(super) fn argument(arguments: &[ArrayRef], index: usize) -> Result<&ArrayRef> {
    match arguments.get(index) {
        Some(argument) => Ok(argument),
        None => exec_err!("argument {} is missing", index + 1),
    }
}

fn strict(arguments: &[ArrayRef], index: usize, kind: &DataType) -> Result<ArrayRef> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    Ok(cast_with_options(argument(arguments, index)?, kind, &options)?)
}

pub(super) fn texts(arguments: &[ArrayRef], index: usize) -> Result<StringArray> {
    Ok(strict(arguments, index, &DataType::Utf8)?.as_string().clone())
}

/// What is neither bytes nor text counts as its text.
pub(super) fn bytes(arguments: &[ArrayRef], index: usize) -> Result<BinaryArray> {
    let given = argument(arguments, index)?.data_type();
    if matches!(given, DataType::Binary | DataType::LargeBinary | DataType::BinaryView) {
        return Ok(strict(arguments, index, &DataType::Binary)?.as_binary().clone());
    }
    Ok(BinaryArray::from(texts(arguments, index)?))
}

pub(super) fn integers(arguments: &[ArrayRef], index: usize) -> Result<Int64Array> {
    Ok(strict(arguments, index, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

pub(super) fn doubles(arguments: &[ArrayRef], index: usize) -> Result<Float64Array> {
    Ok(strict(arguments, index, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
}

pub(super) fn dates(arguments: &[ArrayRef], index: usize) -> Result<Date32Array> {
    Ok(strict(arguments, index, &DataType::Date32)?.as_primitive::<Date32Type>().clone())
}

pub(super) fn timestamps(arguments: &[ArrayRef], index: usize) -> Result<TimestampMicrosecondArray> {
    Ok(strict(arguments, index, &TIMESTAMP)?.as_primitive::<TimestampMicrosecondType>().clone())
}

/// An error in the words of Databricks.
pub(super) fn failure(error: SqlError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
