//! Schemathesis: asks the running server what its OpenAPI document promises, with good and bad values, for a bounded time.

use super::Count;
use crate::failure::Failure;
use crate::places::Places;
use crate::process::{self, command};
use crate::tools::{self, Tool};

/// Runs `tests/api/schema.py`.
pub fn run(places: &Places) -> Result<(bool, Count), Failure> {
    tools::ensure(places, &[Tool::Schemathesis])?;
    crate::packages::build_programs(places, false)?;
    let mut check = command(places, tools::schemathesis(places));
    check.arg(places.root.join("tests/api/schema.py")).env("QIANBAO_BIN", places.program("debug", "qianbao"));
    check.env("QIANBAO_SANDBOX_BIN", places.program("debug", "qianbao-sandbox"));
    let kept = process::run_kept(&mut check)?;
    Ok((kept.success, Count::of_libtest(&kept.text)))
}
