//! Who is in whose way, and what is lost with a connection.

use std::time::{Duration, Instant};

use qianbao_server::directory::{Directory, DirectoryError, again};
use qianbao_tests_postgres::Throwaway;

use crate::{SCHEMA, Site, write, written};

#[tokio::test]
async fn a_turn_held_by_somebody_is_busy_and_nothing_more() {
    let mut site = Site::new().await;
    let directory = site.open("one").await;
    site.does("BEGIN; UPDATE heads SET value = value WHERE name = 'turn'").await;
    let began = Instant::now();
    assert!(matches!(write(&directory, "a").await, Err(DirectoryError::Busy(_))));
    assert!(began.elapsed() >= Duration::from_secs(1), "it waits a while");
    assert_eq!(written(&directory).await, 0, "reading goes on");
    site.does("ROLLBACK").await;
    write(&directory, "a").await.expect("is written");
    assert_eq!(written(&directory).await, 1);
}

#[tokio::test]
async fn one_that_stands_still_in_a_transaction_stops_nobody_for_long() {
    let site = Site::new().await;
    let (one, two) = (site.open("one").await, site.open("two").await);
    let mut still = one.begin().await.expect("begins");
    let undone = sqlx::query("INSERT INTO heads (name, value) VALUES ('undone', 1)");
    undone.execute(still.sql()).await.expect("is not committed");
    let began = Instant::now();
    // The database ends the session that stands still; until then the other is told to try again.
    while write(&two, "a").await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(20), "it is still in the way");
    }
    let late = still.commit().await;
    assert!(matches!(late, Err(DirectoryError::Unknown(_))), "{late:?}");
    assert_eq!(written(&two).await, 1, "nothing of it happened");
    write(&one, "b").await.expect("it goes on with another connection");
}

#[tokio::test]
async fn lost_connections_are_made_again() {
    let mut site = Site::new().await;
    let directory = site.open("one").await;
    for round in 1..=3 {
        write(&directory, &format!("{round}")).await.expect("is written");
        assert!(site.end_sessions().await >= 2);
        assert_eq!(written(&directory).await, round, "reading goes on");
    }
    // In the middle of a transaction it is gone for good, and the loss is no fault of what was written.
    let mut begun = directory.begin().await.expect("begins");
    site.end_sessions().await;
    let lost = sqlx::query("INSERT INTO heads (name, value) VALUES ('lost', 1)").execute(begun.sql()).await;
    let lost = DirectoryError::from(lost.expect_err("the session is gone"));
    assert!(lost.is_passing() && matches!(lost, DirectoryError::Away(_)), "{lost:?}");
    drop(begun);
    write(&directory, "after").await.expect("is written");
    assert_eq!(written(&directory).await, 4);
}

/// Other databases with Postgres' protocol find only at the end that two were in each other's way. A trigger plays that here.
#[tokio::test]
async fn a_transaction_that_met_another_is_done_again_from_its_beginning() {
    let mut site = Site::new().await;
    let directory = site.open("one").await;
    site.does("CREATE SEQUENCE met").await;
    site.does(
        "CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF nextval('live.met') % 3 <> 0 THEN RAISE EXCEPTION 'met another' USING ERRCODE = '40001'; END IF;
             RETURN NEW; END $$",
    )
    .await;
    // At the commit.
    site.does(
        "CREATE CONSTRAINT TRIGGER meet AFTER INSERT ON heads DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION meet()",
    )
    .await;
    let met = write(&directory, "a").await;
    assert!(matches!(met, Err(DirectoryError::Conflict(_))), "{met:?}");
    again(|| write(&directory, "b")).await.expect("another try gets through");
    assert_eq!(written(&directory).await, 1);
    site.does("DROP TRIGGER meet ON heads").await;
    // When the turn is taken.
    site.does("CREATE TRIGGER meet BEFORE UPDATE ON heads FOR EACH ROW EXECUTE FUNCTION meet()").await;
    for number in 0..5 {
        write(&directory, &format!("turn {number}")).await.expect("beginning is tried again");
    }
    assert_eq!(written(&directory).await, 6);
}

/// Whoever makes a transaction serialisable unless it is told otherwise is told otherwise.
#[tokio::test]
async fn many_writers_take_turns_whatever_the_database_thinks_of_isolation() {
    let site = Site::new().await;
    let strict = format!("{}&options[default_transaction_isolation]=serializable", site.database.address());
    let strict = strict.parse().expect("an address");
    let mut directories = Vec::new();
    for process in ["one", "two"] {
        directories.push(Directory::open_schema(&strict, SCHEMA, process).await.expect("opens"));
    }
    let writers: Vec<_> = (0..16)
        .map(|number| {
            let directory = directories[number % 2].clone();
            tokio::spawn(async move {
                for row in 0..5 {
                    // Each reads before it writes, and what it read is still so when it commits.
                    let mut write = directory.begin().await?;
                    let (before,): (i64,) =
                        sqlx::query_as("SELECT COUNT(*) FROM changes").fetch_one(write.sql()).await?;
                    sqlx::query("INSERT INTO changes (owner, kind, id, number) VALUES ('o', 'order', $1, $2)")
                        .bind(format!("{number}-{row}"))
                        .bind(before + 1)
                        .execute(write.sql())
                        .await?;
                    write.commit().await?;
                }
                Ok::<_, DirectoryError>(())
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("ends").expect("every number is its own");
    }
    let last: (i64, i64) = sqlx::query_as("SELECT COUNT(*), MAX(number) FROM changes")
        .fetch_one(directories[0].readers())
        .await
        .expect("readable");
    assert_eq!(last, (80, 80));
}

#[tokio::test]
async fn nothing_may_be_kept_while_the_database_is_gone() {
    let server = Throwaway::start(&[]);
    let address = server.address().parse().expect("an address");
    let directory = Directory::open_schema(&address, SCHEMA, "one").await.expect("opens");
    assert!(directory.kept_since().is_some());
    drop(server);
    let began = Instant::now();
    while directory.kept_since().is_some() {
        assert!(began.elapsed() < Duration::from_secs(10), "what others take back is not heard any more");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let gone = write(&directory, "a").await.expect_err("nobody is there");
    assert!(gone.is_passing(), "{gone:?}");
    assert!(directory.ping().await.is_err());
}
