//! Shops. All routes are of the desk and act for the signed-in person.
//!
//! | route | operation |
//! | --- | --- |
//! | `POST /v1/shop` | [`open`] |
//! | `GET /v1/shop` | the shop's view |
//! | `GET /v1/shop/code` | [`code::static_code`] |
//! | `GET /v1/shop/today` | [`today`] |

pub mod acting;
pub mod code;
pub mod open;
pub mod routes;
pub mod rows;
pub mod today;
