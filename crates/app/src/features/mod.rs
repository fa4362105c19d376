//! One folder a screen: `mod.rs` is the screen, `model.rs` its plain tested logic, `view.rs` its pieces.

pub mod activity;
pub mod home;
pub mod me;
pub mod missing;
pub mod pay;
pub mod payment;
pub mod receive;
pub mod recovery;
pub mod scan;
pub mod send;
pub mod sign_in;
pub mod sign_up;
pub mod top_up;
pub mod unlock;
pub mod welcome;
