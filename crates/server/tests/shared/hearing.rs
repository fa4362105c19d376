//! What a process hears of what others write.

use std::time::{Duration, Instant};

use qianbao_core::id::PersonId;
use qianbao_server::directory::{DocumentKind, Outdated, Owner, Rung};

use crate::Site;

const SOON: Duration = Duration::from_secs(5);
const A_WHILE: Duration = Duration::from_millis(400);

fn person(number: u8) -> Owner {
    Owner::Person(PersonId::from_parts(1, [number; 10]))
}

#[tokio::test]
async fn whoever_listens_hears_others_once_and_themselves_once() {
    let site = Site::new().await;
    let (one, two) = (site.open("one").await, site.open("two").await);
    let (mut at_one, mut at_two) = (one.bell().listen(), two.bell().listen());
    let mut write = one.begin().await.expect("begins");
    write.changed(person(1), DocumentKind::Person, "p").await.expect("is noted");
    write.ring(person(2));
    write.commit().await.expect("is committed");
    for ear in [&mut at_one, &mut at_two] {
        for number in [1, 2] {
            let heard = tokio::time::timeout(SOON, ear.next()).await.expect("soon");
            assert_eq!(heard, Some(Rung::For(person(number))));
        }
        assert!(tokio::time::timeout(A_WHILE, ear.next()).await.is_err(), "once");
    }
    // What is not committed concerns nobody.
    let mut undone = two.begin().await.expect("begins");
    undone.ring(person(3));
    drop(undone);
    assert!(tokio::time::timeout(A_WHILE, at_one.next()).await.is_err());
    // The other way round.
    let mut write = two.begin().await.expect("begins");
    write.ring(person(4));
    write.commit().await.expect("is committed");
    assert_eq!(tokio::time::timeout(SOON, at_one.next()).await.expect("soon"), Some(Rung::For(person(4))));
}

#[tokio::test]
async fn many_rings_of_many_turns_are_all_heard_in_order() {
    let site = Site::new().await;
    let (one, two) = (site.open("one").await, site.open("two").await);
    let mut ear = two.bell().listen();
    let turns: u8 = 120;
    for number in 0..turns {
        let mut write = one.begin().await.expect("begins");
        write.ring(person(number));
        write.commit().await.expect("is committed");
    }
    for number in 0..turns {
        let heard = tokio::time::timeout(SOON, ear.next()).await.expect("soon");
        assert_eq!(heard, Some(Rung::For(person(number))));
    }
}

#[tokio::test]
async fn whoever_was_away_for_too_long_takes_it_that_everybody_was_concerned() {
    let mut site = Site::new().await;
    let (one, two) = (site.open("one").await, site.open("two").await);
    let mut ear = two.bell().listen();
    let kept = two.kept_since();
    site.does("UPDATE heads SET value = value + 200000 WHERE name = 'turn'").await;
    assert_eq!(tokio::time::timeout(SOON, ear.next()).await.expect("soon"), Some(Rung::Anyone));
    assert_ne!(two.kept_since(), kept);
    // An owner that this program does not know, from a newer one.
    site.does("INSERT INTO rings (turn, process, owners) VALUES (1, 'three', 'per_1')").await;
    site.does(
        "UPDATE heads SET value = value + 1 WHERE name = 'turn';
         INSERT INTO rings SELECT value, 'three', 'bot_1' FROM heads WHERE name = 'turn'",
    )
    .await;
    let mut write = one.begin().await.expect("begins");
    write.ring(person(1));
    write.sweep_rings().await.expect("is swept");
    write.commit().await.expect("is committed");
    for expected in [Rung::Anyone, Rung::For(person(1))] {
        assert_eq!(tokio::time::timeout(SOON, ear.next()).await.expect("soon"), Some(expected));
    }
    assert_eq!(site.does("DELETE FROM rings WHERE turn = 1").await, 0, "what is older than what is kept was swept");
}

#[tokio::test]
async fn what_is_kept_is_out_of_date_everywhere_soon_after_it_was_taken_back() {
    let site = Site::new().await;
    let (one, two) = (site.open("one").await, site.open("two").await);
    let (before_one, before_two) = (one.kept_since(), two.kept_since());
    assert!(before_one.is_some() && before_two.is_some());
    let mut write = one.begin().await.expect("begins");
    write.ring(person(1));
    write.commit().await.expect("is committed");
    tokio::time::sleep(A_WHILE).await;
    assert_eq!((one.kept_since(), two.kept_since()), (before_one, before_two), "nothing was taken back");
    let mut write = one.begin().await.expect("begins");
    write.outdates(Outdated::Person(PersonId::from_parts(1, [1; 10])));
    write.commit().await.expect("is committed");
    let began = Instant::now();
    while two.kept_since() == before_two {
        assert!(began.elapsed() < SOON, "it was not heard");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
