//! A world for tests: virtual time, a server that keeps money, a network that loses, a device that can be killed.
//!
//! Nothing here waits in real time. A run ends when its future is done; a run in which nothing can ever happen again fails.

pub mod authenticator;
pub mod device;
pub mod network;
pub mod server;
pub mod time;
pub mod verifier;

use std::rc::Rc;

use futures::executor::block_on;
use qianbao_api::identity::SignIn;
use qianbao_api::payments::{PayRequest, Target};
use qianbao_client::storage::{Storage, Table};
use qianbao_client::{Client, Platform};
use qianbao_core::{Currency, Money};

use device::Device;
use network::Network;
use server::Server;
use time::World;

/// `minor` fen.
pub fn cny(minor: i64) -> Money {
    Money::new(minor, Currency::CNY)
}

/// A world with one server, one network, one device.
pub struct Stage {
    pub world: World,
    pub server: Rc<Server>,
    pub network: Rc<Network>,
    pub device: Device,
}

impl Stage {
    /// A server with 100.00 in the person's wallet, a network without faults, a device with a right clock.
    pub fn new() -> Self {
        Self::with_skew(0)
    }

    /// As [`Stage::new`], with a device whose clock is ahead by `skew_s` seconds.
    pub fn with_skew(skew_s: i64) -> Self {
        let world = World::new();
        let server = Rc::new(Server::new(10_000));
        let network = Rc::new(Network::new(world.clone(), server.clone()));
        let device = Device::new(world.clone(), network.clone(), skew_s);
        Self { world, server, network, device }
    }

    /// A client of a new tab, signed in as ming.
    pub fn signed_in(&self) -> Client {
        let platform = self.device.tab().platform();
        self.world.run(async {
            let client = Client::open(platform).await;
            client.sign_in(&sign_in("ming")).await.expect("the server knows ming");
            client
        })
    }
}

/// A client on `platform` as a page starts it: with what the device kept, if the server knows the session.
pub async fn started(platform: Platform) -> Client {
    let client = Client::open(platform).await;
    let _ = client.unlock_by_session().await;
    client
}

/// A client of a new tab, with what the device kept.
pub fn reopened(stage: &Stage) -> Client {
    let platform = stage.device.tab().platform();
    stage.world.run(async { started(platform).await })
}

/// Lets the background task of `client` run beside whatever runs.
pub fn keep_running(stage: &Stage, client: &Client) {
    let running = client.clone();
    stage.world.spawn(async move { running.run().await });
}

/// Names of the records that the device keeps in `table`.
pub fn kept(stage: &Stage, table: Table) -> Vec<String> {
    let records = block_on(stage.device.storage().list(table, None, 1_000));
    records.expect("the store can be read").into_iter().map(|record| record.key).collect()
}

/// The sign-in of `handle`.
pub fn sign_in(handle: &str) -> SignIn {
    SignIn { handle: handle.to_owned(), password: "jade-river-walks-2026".to_owned(), one_time_code: None }
}

/// A payment of `minor` fen to lan.
pub fn payment(client: &Client, minor: i64) -> PayRequest {
    PayRequest {
        id: client.fresh_id(),
        target: Target::Person { handle: "lan".to_owned() },
        amount: cny(minor),
        fee: cny(0),
        note: Some("茶".to_owned()),
        not_after: client.pay_not_after(),
        intent: "0".repeat(64),
        approval: None,
    }
}
