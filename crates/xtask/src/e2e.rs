//! `cargo xtask e2e [--tag NAME]`: the browser journeys of `tests/e2e`, on the release build of the apps and a debug server
//! unless asked otherwise.

use clap::Args;

use crate::failure::Failure;
use crate::places::Places;
use crate::process::{self, command};
use crate::progress::Steps;
use crate::site::{self, App};
use crate::test::Count;
use crate::{packages, tools};

/// Options of `e2e`.
#[derive(Args, Debug, Default)]
pub struct Options {
    /// Only journeys with this tag, such as `pay`.
    #[arg(long)]
    pub tag: Option<String>,
    /// On the release build of the server too, as it is when it is measured.
    #[arg(long)]
    pub release: bool,
    /// Anything more for Playwright, such as a file name or `--repeat-each=5`.
    #[arg(last = true)]
    pub more: Vec<String>,
}

/// Runs the command.
pub fn run(places: &Places, options: &Options) -> Result<(), Failure> {
    prepare(places, options)?;
    let (kept, _) = journeys(places, options)?;
    if kept {
        return Ok(());
    }
    Err(Failure::new(
        "some journeys failed",
        "screenshots and traces are in target/e2e; one again: cargo xtask e2e -- --grep 'part of its name'",
    ))
}

/// Everything the journeys need.
pub fn prepare(places: &Places, options: &Options) -> Result<(), Failure> {
    let mut steps = Steps::new(4);
    steps.next("tools");
    tools::ensure(places, tools::SITE)?;
    tools::ensure(places, tools::BROWSER)?;
    for app in App::ALL {
        steps.next(app.name());
        site::build(places, app)?;
    }
    steps.next(&format!("server and sandbox, {}", profile(options)));
    packages::build_programs(places, options.release)
}

/// The build of the server that is wanted.
fn profile(options: &Options) -> &'static str {
    if options.release { "release" } else { "debug" }
}

/// Runs the prepared journeys. Says whether all passed, and counts them.
pub fn journeys(places: &Places, options: &Options) -> Result<(bool, Count), Failure> {
    let chromium = tools::chromium(places)
        .ok_or_else(|| Failure::new("Chromium is not found", "install it, or name it in CHROME_PATH"))?;
    let mut playwright = command(places, "npx");
    playwright.args(["--no-install", "playwright", "test", "--config", "tests/e2e/playwright.config.ts"]);
    if let Some(tag) = &options.tag {
        playwright.arg(format!("--grep=@{}", tag.trim_start_matches('@')));
    }
    playwright
        .args(&options.more)
        .env("CHROME_PATH", chromium)
        .env("QIANBAO_BIN", places.program(profile(options), "qianbao"))
        .env("QIANBAO_SANDBOX_BIN", places.program(profile(options), "qianbao-sandbox"))
        .env("QIANBAO_SITE", places.site());
    let kept = process::run_kept(&mut playwright)?;
    Ok((kept.success, Count::of_playwright(&kept.text)))
}
