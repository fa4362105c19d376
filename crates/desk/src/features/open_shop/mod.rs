//! Opening a shop: four answers.

mod model;
mod view;

pub use view::OpenShop;
