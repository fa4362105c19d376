//! Settings: help, command line, environment, and what is refused at the start.

use std::process::Stdio;
use std::time::Duration;

use qianbao_tests_api::{House, TestResult};

#[tokio::test]
async fn help_names_every_command_and_the_settings_of_serve() -> TestResult {
    let house = House::empty()?;
    let mut help = tokio::process::Command::new(house.tool("serve").as_std().get_program());
    let out = help.arg("--help").output().await?;
    let text = String::from_utf8(out.stdout)?;
    for command in ["serve", "audit", "seed"] {
        assert!(text.contains(command), "`--help` does not name {command}: {text}");
    }
    let out = tokio::process::Command::new(house.tool("serve").as_std().get_program())
        .args(["serve", "--help"])
        .output()
        .await?;
    let text = String::from_utf8(out.stdout)?;
    let options =
        ["--data", "--database", "--listen", "--site", "--bank-url", "--domain", "--public-scheme", "--limits"];
    for option in options.into_iter().chain(["--trace-to", "--metrics-listen"]) {
        assert!(text.contains(option), "`serve --help` does not name {option}: {text}");
    }
    assert!(text.contains("[env:"), "`serve --help` names the variables of the environment: {text}");
    Ok(())
}

#[tokio::test]
async fn a_setting_that_makes_no_sense_is_refused_with_words() -> TestResult {
    let house = House::empty()?;
    for options in [
        ["--listen", "nowhere"],
        ["--listen", "127.0.0.1:99999"],
        ["--bank-url", "not an address"],
        ["--trace-to", "127.0.0.1:4318"],
        ["--database", "mysql://me:secret@localhost/wallet"],
        ["--database", "postgres://me:secret@127.0.0.1:1/wallet"],
    ] {
        let mut serve = house.tool("serve");
        serve.args(options).stdout(Stdio::piped()).stderr(Stdio::piped());
        let out = tokio::time::timeout(Duration::from_secs(20), serve.output())
            .await
            .map_err(|_| format!("{options:?} was taken"))??;
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(!out.status.success(), "{options:?} was taken");
        assert!(!said.contains("panicked") && !said.trim().is_empty(), "{options:?}: {said}");
        assert!(!said.contains("secret"), "a password reached the log: {said}");
    }
    Ok(())
}

#[tokio::test]
async fn both_realms_live_in_folders_of_their_own() -> TestResult {
    let house = House::start().await?;
    for realm in ["live", "test"] {
        // What lies in Postgres has a schema for each realm instead; the keys stay here.
        let (there, other) = if house.is_shared() { ("keys", "ledger.db") } else { ("ledger.db", "nothing") };
        assert!(house.data().join(realm).join(there).exists(), "no {there} of the {realm} realm");
        assert!(!house.data().join(realm).join(other).exists(), "{other} of the {realm} realm");
    }
    let live = house.visitor("wallet").sign_in("ming").await?;
    let session = live.session.as_ref().ok_or("ming is signed in")?.id;
    let test = house.visitor("wallet.test");
    assert_ne!(
        test.get("/v1/session").await?.status,
        200,
        "a session of the live realm ({session}) means nothing in the other"
    );
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn signing_keys_are_readable_by_their_owner_only() -> TestResult {
    use std::os::unix::fs::PermissionsExt;
    let house = House::start().await?;
    let mut seen = 0;
    for entry in std::fs::read_dir(house.data().join("live/keys"))? {
        let mode = entry?.metadata()?.permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "a key file has mode {mode:o}");
        seen += 1;
    }
    assert!(seen > 0, "there are keys");
    Ok(())
}
