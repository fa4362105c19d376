//! Which crate may depend on which: the table of the architecture. Arrows point down only.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::finding::Finding;

/// A crate of ours and the crates of ours it may name.
const ALLOWED: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("api", &["core"]),
    ("ledger", &["core", "tests-postgres"]),
    ("connectors", &["core"]),
    ("server", &["core", "api", "ledger", "connectors", "tests-postgres"]),
    ("sandbox", &["core", "connectors"]),
    ("client", &["core", "api"]),
    ("view", &[]),
    ("ui", &["core", "view"]),
    ("app", &["core", "api", "client", "ui"]),
    ("desk", &["core", "api", "client", "ui"]),
    ("xtask", &[]),
    ("tests-api", &["core", "api", "client", "tests-postgres"]),
    ("tests-bench", &["core", "ledger", "tests-postgres"]),
    ("tests-faults", &["core", "api", "ledger", "tests-api", "tests-postgres"]),
    ("tests-load", &["core", "api", "ledger", "server", "tests-api", "tests-bench"]),
    ("tests-postgres", &[]),
];

/// What the domain must not reach for: it has no I/O, no clock, no randomness.
const FORBIDDEN_FOREIGN: &[(&str, &[&str])] = &[
    (
        "core",
        &[
            "tokio",
            "futures",
            "axum",
            "sqlx",
            "rusqlite",
            "reqwest",
            "web-sys",
            "js-sys",
            "getrandom",
            "rand",
            "leptos",
        ],
    ),
    ("api", &["tokio", "axum", "sqlx", "rusqlite", "reqwest", "web-sys", "js-sys", "getrandom", "rand", "leptos"]),
    ("ledger", &["axum", "reqwest", "web-sys", "js-sys"]),
    ("client", &["leptos", "axum", "sqlx", "reqwest"]),
    ("ui", &["gloo-net", "idb", "leptos_i18n", "leptos_router"]),
];

/// What only tests may switch on: (crate of ours, feature, who). Cargo switches a feature on for everybody who is built at the same time, so nobody
/// else may be in a position to ask for it.
const FOR_TESTS: &[(&str, &str, &str)] = &[("ledger", "faults", "tests-faults")];

/// What `cargo metadata --no-deps` answers, as far as it matters here.
#[derive(Deserialize)]
pub struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
    #[serde(default)]
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    #[serde(default)]
    features: Vec<String>,
}

/// Arrows that are not in the table.
pub fn wrong_arrows(metadata: &Metadata) -> Vec<Finding> {
    metadata.packages.iter().flat_map(|package| of_package(package).into_iter().chain(of_features(package))).collect()
}

/// Features for tests that this crate asks for, or has on by default or by another feature.
fn of_features(package: &Package) -> Vec<Finding> {
    let short = package.name.strip_prefix("qianbao-").unwrap_or(&package.name);
    let file = format!("{}/Cargo.toml", package.name);
    let mut findings = Vec::new();
    for (crate_name, feature, who) in FOR_TESTS {
        let named = format!("qianbao-{crate_name}");
        let asks = package
            .dependencies
            .iter()
            .any(|dependency| dependency.name == named && dependency.features.iter().any(|name| name == feature));
        let implied = package.features.values().flatten().any(|name| {
            *name == format!("{named}/{feature}")
                || *name == format!("{named}?/{feature}")
                || (short == *crate_name && name == feature)
        });
        if (asks || implied) && short != *who {
            findings.push(Finding::new(
                &file,
                0,
                format!("switches on {named}'s feature {feature}, which is for {who} alone"),
            ));
        }
    }
    findings
}

fn of_package(package: &Package) -> Vec<Finding> {
    let short = package.name.strip_prefix("qianbao-").unwrap_or(&package.name);
    let file = format!("{}/Cargo.toml", package.name);
    let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == short) else {
        return vec![Finding::new(
            file,
            0,
            "is not in the table of crates: add it to ARCHITECTURE.md and to tidy/dependencies.rs",
        )];
    };
    let foreign = FORBIDDEN_FOREIGN.iter().find(|(name, _)| *name == short).map_or(&[][..], |(_, names)| names);
    let mut findings = Vec::new();
    for dependency in &package.dependencies {
        let is_ours = dependency.name.strip_prefix("qianbao-");
        if is_ours.is_some_and(|name| !allowed.contains(&name)) {
            findings.push(Finding::new(
                &file,
                0,
                format!("depends on {}: the architecture has no such arrow", dependency.name),
            ));
        }
        // Tests may reach further than the product.
        if dependency.kind.as_deref() != Some("dev") && foreign.contains(&dependency.name.as_str()) {
            findings.push(Finding::new(
                &file,
                0,
                format!("depends on {}, which {short} must not reach for", dependency.name),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Dependency, Metadata, Package, wrong_arrows};

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Metadata {
        let dependencies = dependencies.iter().map(|(name, kind)| Dependency {
            name: (*name).to_owned(),
            kind: kind.map(str::to_owned),
            features: Vec::new(),
        });
        let dependencies = dependencies.collect();
        Metadata { packages: vec![Package { name: name.to_owned(), dependencies, features: BTreeMap::default() }] }
    }

    #[test]
    fn an_arrow_that_points_up_is_found() {
        assert_eq!(wrong_arrows(&package("qianbao-core", &[("qianbao-api", None)])).len(), 1);
        assert_eq!(wrong_arrows(&package("qianbao-api", &[("qianbao-core", None)])).len(), 0);
    }

    #[test]
    fn the_domain_reaches_for_nothing_outside() {
        assert_eq!(wrong_arrows(&package("qianbao-core", &[("tokio", None)])).len(), 1);
        assert_eq!(wrong_arrows(&package("qianbao-core", &[("tokio", Some("dev"))])).len(), 0);
    }

    #[test]
    fn what_is_for_tests_stays_with_them() {
        let asking = |name: &str| {
            let mut metadata = package(name, &[("qianbao-ledger", None)]);
            metadata.packages[0].dependencies[0].features.push("faults".to_owned());
            wrong_arrows(&metadata).len()
        };
        assert_eq!((asking("qianbao-tests-faults"), asking("qianbao-server")), (0, 1));
        let mut by_default = package("qianbao-ledger", &[]);
        by_default.packages[0].features.insert("default".to_owned(), vec!["faults".to_owned()]);
        assert_eq!(wrong_arrows(&by_default).len(), 1);
        let mut passed_on = package("qianbao-server", &[]);
        passed_on.packages[0].features.insert("more".to_owned(), vec!["qianbao-ledger/faults".to_owned()]);
        assert_eq!(wrong_arrows(&passed_on).len(), 1);
    }

    #[test]
    fn an_unknown_crate_is_found() {
        assert_eq!(wrong_arrows(&package("qianbao-helpers", &[])).len(), 1);
    }
}
