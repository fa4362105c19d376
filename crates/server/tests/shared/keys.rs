//! Which keys a server may have.

use qianbao_server::directory::{Fingerprints, FingerprintsError};

use crate::Site;

fn keys(pepper: &str, bank: &str, operator: &[&str]) -> Fingerprints {
    let operator = operator.iter().map(ToString::to_string).collect();
    Fingerprints { pepper: pepper.to_owned(), bank: bank.to_owned(), operator }
}

#[tokio::test]
async fn servers_of_one_directory_have_the_same_keys() {
    let site = Site::new().await;
    let (one, two) = (site.open("one").await, site.open("two").await);
    one.check_keys(&keys("p", "b", &["o1"])).await.expect("the first keys are the right ones");
    two.check_keys(&keys("p", "b", &["o1"])).await.expect("the same keys");
    for (wrong, name) in [(keys("q", "b", &["o1"]), "pepper"), (keys("p", "c", &["o1"]), "bank")] {
        let refused = two.check_keys(&wrong).await;
        assert!(matches!(refused, Err(FingerprintsError::Other { name: found }) if found == name), "{refused:?}");
    }
    let refused = two.check_keys(&keys("p", "b", &["o2"])).await;
    assert!(matches!(refused, Err(FingerprintsError::Operator)), "{refused:?}");

    // After two rotations the newest is known, and whoever has not got it is told so.
    one.check_keys(&keys("p", "b", &["o3", "o2", "o1"])).await.expect("the last one known is among them");
    two.check_keys(&keys("p", "b", &["o3", "o2"])).await.expect("older ones may be gone");
    let refused = two.check_keys(&keys("p", "b", &["o2", "o1"])).await;
    assert!(matches!(refused, Err(FingerprintsError::Operator)), "{refused:?}");
}
