//! The routes that move and show money, one file a route, against a whole server in this process.

mod activity;
mod approve_by_passkey;
mod approve_by_pin;
#[path = "../doors/authenticator.rs"]
mod authenticator;
mod cancel_order;
mod create_order;
mod edit_order;
mod events;
mod expiry;
mod free_limit;
mod freeze;
mod house;
mod limits;
mod list_orders;
mod lowered;
mod open_shop;
mod pay;
mod pay_link;
mod pay_races;
mod preview;
mod receipt;
mod refund;
mod refund_approval;
mod refund_payment;
mod seed;
mod status;
mod sync;
mod today;
mod wallets;
mod warm;
