//! `GET /v1/wallets`.

use qianbao_api::ProblemCode;
use qianbao_api::wallets::WalletView;

use crate::house::{House, TestResult, yuan};

#[tokio::test]
async fn a_new_wallet_is_empty_and_a_used_one_says_what_is_there() -> TestResult {
    let street = House::street().await?;
    let wang = street.house.person("wang", "王芳", 0).await?;
    let empty: Vec<WalletView> = street.house.wallet(wang).await?.get("/v1/wallets").await?.ok()?;
    assert_eq!(empty.iter().map(|wallet| wallet.available).collect::<Vec<_>>(), [yuan(0)]);
    let used: Vec<WalletView> = street.ming.get("/v1/wallets").await?.ok()?;
    assert_eq!((used[0].available, used[0].reserved), (yuan(100_000), yuan(0)));
    Ok(())
}

#[tokio::test]
async fn the_desk_shows_the_shops_wallet_and_not_its_owners() -> TestResult {
    let street = House::street().await?;
    street.house.fill(street.desk.person, 777).await?;
    assert_eq!(street.till().await?, 0);
    let owner = street.house.wallet(street.desk.person).await?;
    assert_eq!(owner.balance().await?, 777);
    let ming = street.house.desk(street.ming.person).await?;
    assert_eq!(ming.get("/v1/wallets").await?.problem()?.code, ProblemCode::ShopRequired);
    Ok(())
}
