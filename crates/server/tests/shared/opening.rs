//! Opening: by many at once, and where answers would be lost, the schema is newer, or nobody answers.

use std::error::Error;

use qianbao_server::directory::{Directory, OpenDirectoryError};
use qianbao_tests_postgres::{Throwaway, address};

use crate::{SCHEMA, Site, write, written};

fn told(error: &OpenDirectoryError) -> String {
    error.source().map(ToString::to_string).unwrap_or_default()
}

#[tokio::test]
async fn many_processes_may_make_the_same_directory() {
    let site = Site::new().await;
    let address = site.address();
    let openings = (0..8).map(|number| {
        let address = address.clone();
        tokio::spawn(async move { Directory::open_schema(&address, SCHEMA, &number.to_string()).await })
    });
    let mut all = Vec::new();
    for opening in openings.collect::<Vec<_>>() {
        all.push(opening.await.expect("ends").expect("opens"));
    }
    for (number, directory) in all.iter().enumerate() {
        write(directory, &format!("of {number}")).await.expect("is written");
    }
    assert_eq!(written(&all[0]).await, 8);
}

#[tokio::test]
async fn a_server_that_may_lose_answers_is_refused_with_the_reason() {
    for (options, setting) in
        [(&["-c", "fsync=off"][..], "fsync"), (&["-c", "full_page_writes=off"][..], "full_page_writes")]
    {
        let careless = Throwaway::start(options);
        let address = careless.address().parse().expect("an address");
        let error = Directory::open_schema(&address, SCHEMA, "one").await.map(|_| ()).expect_err("refused");
        assert!(told(&error).contains(&format!("{setting} = on, found off")), "{error}: {}", told(&error));
    }
    let site = Site::new().await;
    for (value, is_refused) in [("off", true), ("local", true), ("remote_write", true), ("remote_apply", false)] {
        let address = format!("{}&options[synchronous_commit]={value}", site.database.address());
        let opened = Directory::open_schema(&address.parse().expect("an address"), SCHEMA, "one").await.map(|_| ());
        assert_eq!(opened.is_err(), is_refused, "{value}: {opened:?}");
        if let Err(error) = opened {
            assert!(told(&error).contains(&format!("synchronous_commit = on, found {value}")), "{}", told(&error));
        }
    }
}

#[tokio::test]
async fn a_newer_schema_and_a_changed_step_are_refused() {
    let mut site = Site::new().await;
    drop(site.open("one").await);
    let opened = async |site: &Site| Directory::open_schema(&site.address(), SCHEMA, "two").await.map(|_| ());
    site.does(
        "INSERT INTO _sqlx_migrations SELECT 9999, 'later', now(), true, checksum, 1 FROM _sqlx_migrations LIMIT 1",
    )
    .await;
    assert!(matches!(opened(&site).await, Err(OpenDirectoryError::Migrate { .. })));
    site.does("DELETE FROM _sqlx_migrations WHERE version = 9999").await;
    opened(&site).await.expect("opens again");
    site.does("UPDATE _sqlx_migrations SET checksum = 'x' WHERE version = 5").await;
    assert!(matches!(opened(&site).await, Err(OpenDirectoryError::Migrate { .. })));
}

#[tokio::test]
async fn a_schema_that_is_not_there_is_not_made_by_looking() {
    let site = Site::new().await;
    assert!(!Directory::is_in_schema(&site.address(), SCHEMA).await.expect("the database answers"));
    drop(site.open("one").await);
    assert!(Directory::is_in_schema(&site.address(), SCHEMA).await.expect("the database answers"));
    assert!(!Directory::is_in_schema(&site.address(), "test").await.expect("the database answers"));
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said_without_its_password() {
    let gone = format!("{}&password=secret", address().replace("/postgres?", "/no_such_database?"));
    let opened = Directory::open_schema(&gone.parse().expect("an address"), SCHEMA, "one").await.map(|_| ());
    let error = opened.expect_err("there is no such database");
    let said = format!("{error} {}", told(&error));
    assert!(said.contains("no_such_database") && !said.contains("secret"), "{said}");
}
