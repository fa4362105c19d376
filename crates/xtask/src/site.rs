//! The browser apps in `target/site`: built by Trunk for release, with a brotli file beside every compressible one.
//!
//! A stamp beside them holds a digest of everything they are made of; an app whose stamp still fits is not built again.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::failure::Failure;
use crate::places::Places;
use crate::process::{command, run};

/// One of the browser apps.
#[derive(Clone, Copy, Debug)]
pub enum App {
    /// The wallet.
    Wallet,
    /// The shop's desk.
    Desk,
}

impl App {
    /// All of them, in the order they are built.
    pub const ALL: [Self; 2] = [Self::Wallet, Self::Desk];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wallet => "the wallet",
            Self::Desk => "the desk",
        }
    }

    /// Its folder in `target/site` and in `crates`.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Wallet => "app",
            Self::Desk => "desk",
        }
    }

    /// Its crate.
    fn package(self) -> &'static str {
        match self {
            Self::Wallet => "qianbao-app",
            Self::Desk => "qianbao-desk",
        }
    }

    /// Its Trunk configuration.
    pub fn config(self) -> &'static str {
        match self {
            Self::Wallet => "Trunk.toml",
            Self::Desk => "web/desk/Trunk.toml",
        }
    }
}

/// Builds `app` for release unless it is fresh. Says whether it had to.
pub fn build(places: &Places, app: App) -> Result<bool, Failure> {
    let stamp = places.notes().join(format!("site-{}.stamp", app.folder()));
    let inputs = digest(places, app);
    if fs::read_to_string(&stamp).is_ok_and(|text| text == inputs)
        && places.site().join(app.folder()).join("index.html").exists()
    {
        return Ok(false);
    }
    fetch_crates(places)?;
    compile(places)?;
    run(
        &mut trunk_command(places, app, &["build", "--release"]),
        "read the compiler's message above, correct it and run the command again",
    )?;
    compress(places, &places.site().join(app.folder()))?;
    fs::create_dir_all(places.notes())?;
    fs::write(stamp, inputs)?;
    Ok(true)
}

/// Compiles the programs of all apps at once; Trunk finds them done. Each ends in optimising the whole of it, which keeps one
/// processor busy and leaves the others idle when one app comes after the other.
fn compile(places: &Places) -> Result<(), Failure> {
    let mut cargo = command(places, "cargo");
    // As Trunk asks for it by the attributes of the `rust` link in the page.
    cargo.args([
        "build",
        "--quiet",
        "--locked",
        "--profile",
        "wasm-release",
        "--target",
        "wasm32-unknown-unknown",
        "--bins",
    ]);
    for app in App::ALL {
        cargo.args(["--package", app.package()]);
    }
    run(&mut cargo, "read the compiler's message above, correct it and run the command again")
}

/// Runs Trunk for `app` with these arguments.
pub fn trunk(places: &Places, app: App, arguments: &[&str]) -> Result<(), Failure> {
    run(
        &mut trunk_command(places, app, arguments),
        "read the compiler's message above, correct it and run the command again",
    )
}

/// The command that [`trunk`] runs.
pub fn trunk_command(places: &Places, app: App, arguments: &[&str]) -> std::process::Command {
    let mut trunk = command(places, "trunk");
    // Trunk reads NO_COLOR as a truth value and refuses "1".
    trunk.args(arguments).args(["--config", app.config()]).env_remove("NO_COLOR");
    trunk
}

/// Trunk works offline; what it needs has to be there before.
pub fn fetch_crates(places: &Places) -> Result<(), Failure> {
    run(command(places, "cargo").args(["fetch", "--locked", "--quiet"]), "check the connection to the crate registry")
}

/// Writes `FILE.br` beside every file that gets smaller by it.
fn compress(places: &Places, folder: &Path) -> Result<(), Failure> {
    let files: Vec<PathBuf> = files_below(folder).into_iter().filter(|file| is_compressible(file)).collect();
    if files.is_empty() {
        return Err(Failure::new(
            format!("{} holds nothing to compress", folder.display()),
            "look at Trunk's output above: it should have written index.html there",
        ));
    }
    run(
        command(places, "node").arg("web/build/compress.mjs").args(files),
        "free disk space, see that `node --version` is 20 or later, and run the command again",
    )
}

/// Bytes of a built file as the browser fetches it: those of the `.br` beside it where there has to be one.
pub fn bytes_on_the_wire(file: &Path) -> Result<u64, Failure> {
    if !is_compressible(file) {
        return Ok(fs::metadata(file)?.len());
    }
    let mut packed = file.as_os_str().to_owned();
    packed.push(".br");
    fs::metadata(&packed).map(|about| about.len()).map_err(|error| {
        Failure::new(
            format!("{}: {error}", Path::new(&packed).display()),
            "the build was not finished: remove target/site and run the command again",
        )
    })
}

/// Whether brotli makes such a file smaller.
fn is_compressible(file: &Path) -> bool {
    let kinds = ["html", "css", "js", "mjs", "wasm", "svg", "json", "webmanifest", "txt"];
    file.extension().is_some_and(|found| kinds.iter().any(|kind| found == *kind))
}

/// All files below `folder`, sorted; folders that cannot be read count as empty.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// A digest of names, sizes and times of all that `app` is made of.
fn digest(places: &Places, app: App) -> String {
    let mut inputs: Vec<PathBuf> =
        ["Cargo.toml", "Cargo.lock", "Trunk.toml", "index.html", "package-lock.json", ".cargo/config.toml"]
            .iter()
            .map(|name| places.root.join(name))
            .collect();
    for folder in ["crates/core", "crates/api", "crates/client", "crates/ui", "crates/view", "web"] {
        inputs.extend(files_below(&places.root.join(folder)));
    }
    inputs.extend(files_below(&places.root.join("crates").join(app.folder())));
    let mut hasher = DefaultHasher::new();
    for file in inputs {
        if file.components().any(|part| part.as_os_str() == "node_modules") {
            continue;
        }
        let Ok(about) = fs::metadata(&file) else { continue };
        let time = about.modified().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        (file, about.len(), time.map(|time| time.as_nanos())).hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}
