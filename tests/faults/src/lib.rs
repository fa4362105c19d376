//! Faults, as tests: see `tests/`. The house and its people are those of `qianbao-tests-api`.
