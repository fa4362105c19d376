//! The checks of the repository's own rules: each reads the files, asks a pure function, and lists what it found.

use std::fs;

use super::finding::{Finding, none};
use super::styles::{self, Sheet};
use super::{dependencies, identifiers, links, locales, modules, source};
use crate::failure::Failure;
use crate::places::Places;
use crate::process::command;
use crate::site::files_below;

/// Crates depend on each other as the architecture draws it.
pub fn arrows(places: &Places) -> Result<(), Failure> {
    let out = command(places, "cargo").args(["metadata", "--no-deps", "--locked", "--format-version", "1"]).output()?;
    let metadata = serde_json::from_slice(&out.stdout).map_err(|error| {
        Failure::new(format!("cargo metadata: {error}"), "run `cargo metadata --no-deps` and read its message")
    })?;
    none(&dependencies::wrong_arrows(&metadata), "move the code to the crate that may have the dependency")
}

/// Words stand where they belong.
pub fn words(places: &Places) -> Result<(), Failure> {
    let sources = source::all(places)?;
    let mut findings = identifiers::forbidden_words(&sources);
    findings.extend(identifiers::sql(&sources));
    none(&findings, "do what each line says")
}

/// Modules are described and files short.
pub fn files(places: &Places) -> Result<(), Failure> {
    let sources = source::all(places)?;
    let mut findings = modules::without_description(&sources);
    findings.extend(modules::too_long(sources.iter().map(|source| (source.path.as_str(), source.text.as_str()))));
    let mut scripts = Vec::new();
    for folder in ["web", "tests"] {
        for file in files_below(&places.root.join(folder)) {
            let path = source::relative(places, &file);
            let is_script = file
                .extension()
                .is_some_and(|kind| ["js", "mjs", "ts", "css", "html", "py"].iter().any(|known| kind == *known));
            if is_script && !path.contains("node_modules/") && !path.contains("/target/") {
                scripts.push((path, fs::read_to_string(&file)?));
            }
        }
    }
    findings.extend(modules::too_long(scripts.iter().map(|(path, text)| (path.as_str(), text.as_str()))));
    none(&findings, "do what each line says")
}

/// Colours, sizes and contrast.
pub fn look(places: &Places) -> Result<(), Failure> {
    let folder = places.root.join("web/styles");
    let read = |file: &std::path::Path| -> Result<Sheet, Failure> {
        Ok(Sheet::parse(&source::relative(places, file), &fs::read_to_string(file)?))
    };
    let tokens = read(&folder.join("tokens.css"))?;
    let files = files_below(&folder).into_iter().filter(|file| !file.ends_with("tokens.css"));
    let sheets = files
        .filter(|file| file.extension().is_some_and(|kind| kind == "css"))
        .map(|file| read(&file))
        .collect::<Result<Vec<_>, _>>()?;
    let mut findings: Vec<Finding> = sheets.iter().flat_map(styles::literals).collect();
    findings.extend(styles::unreadable(&tokens, &sheets));
    none(&findings, "change web/styles/tokens.css, or use what it names")
}

/// Both languages are whole.
pub fn texts(places: &Places) -> Result<(), Failure> {
    let folder = places.root.join("web/locales");
    let mut findings = Vec::new();
    let mut names: Vec<String> = ["zh", "en"]
        .iter()
        .flat_map(|language| files_below(&folder.join(language)))
        .filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    names.dedup();
    for name in names {
        match (fs::read_to_string(folder.join("zh").join(&name)), fs::read_to_string(folder.join("en").join(&name))) {
            (Ok(zh), Ok(en)) => findings.extend(locales::differences(&name, &zh, &en)),
            _ => findings.push(Finding::new(format!("web/locales/*/{name}"), 0, "is there in one language only")),
        }
    }
    let codes = fs::read_to_string(places.root.join("crates/api/src/problem.rs"))?;
    for language in ["zh", "en"] {
        let file = format!("web/locales/{language}/problems.json");
        findings.extend(locales::untranslated(&codes, &fs::read_to_string(places.root.join(&file))?, &file));
    }
    none(&findings, "write the missing texts; Chinese ones short and plain")
}

/// Documents point at files that are there.
pub fn documents(places: &Places) -> Result<(), Failure> {
    let mut findings = Vec::new();
    let top = fs::read_dir(&places.root)?.flatten().map(|entry| entry.path());
    let documents = top
        .chain(files_below(&places.root.join("docs")))
        .filter(|file| file.extension().is_some_and(|kind| kind == "md"));
    for file in documents {
        let folder = file.parent().unwrap_or(&places.root);
        let text = fs::read_to_string(&file)?;
        findings.extend(links::broken(&source::relative(places, &file), &text, |path| folder.join(path).exists()));
    }
    none(&findings, "correct the links")
}
