//! Documents in memory, by kind and id.

use std::collections::BTreeMap;

use qianbao_api::identity::PersonView;
use qianbao_api::merchants::ShopView;
use qianbao_api::orders::OrderView;
use qianbao_api::sync::{Document, DocumentBody};
use qianbao_api::topups::TopupView;
use qianbao_api::wallets::WalletView;
use qianbao_core::id::{OrderId, TopupId};

use crate::order::in_order;

/// The documents. A key is unique over all kinds: currencies and prefixed ids.
#[derive(Default)]
pub(crate) struct Documents {
    bodies: BTreeMap<String, DocumentBody>,
}

impl Documents {
    /// Puts a document in place of what was there, or removes it when it is gone.
    pub(crate) fn apply(&mut self, document: Document) {
        match document.body {
            DocumentBody::Gone => {
                self.bodies.remove(&document.id);
            }
            body => {
                self.bodies.insert(document.id, body);
            }
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.bodies.clear();
    }

    pub(crate) fn person(&self) -> Option<PersonView> {
        self.pick(|body| if let DocumentBody::Person(person) = body { Some(person) } else { None }).next().cloned()
    }

    pub(crate) fn shop(&self) -> Option<ShopView> {
        self.pick(|body| if let DocumentBody::Shop(shop) = body { Some(shop) } else { None }).next().cloned()
    }

    pub(crate) fn wallets(&self) -> Vec<WalletView> {
        self.pick(|body| if let DocumentBody::Wallet(wallet) = body { Some(wallet) } else { None }).cloned().collect()
    }

    pub(crate) fn topups(&self) -> Vec<TopupView> {
        let mut topups: Vec<_> =
            self.pick(|body| if let DocumentBody::Topup(topup) = body { Some(topup) } else { None }).cloned().collect();
        topups.reverse();
        in_order(&mut topups, |one, next| one.created_at >= next.created_at);
        topups
    }

    pub(crate) fn topup(&self, topup: TopupId) -> Option<TopupView> {
        match self.bodies.get(&topup.to_string()) {
            Some(DocumentBody::Topup(topup)) => Some(topup.clone()),
            _ => None,
        }
    }

    pub(crate) fn orders(&self) -> Vec<OrderView> {
        let mut orders: Vec<_> =
            self.pick(|body| if let DocumentBody::Order(order) = body { Some(order) } else { None }).cloned().collect();
        orders.reverse();
        in_order(&mut orders, |one, next| one.created_at >= next.created_at);
        orders
    }

    pub(crate) fn order(&self, order: OrderId) -> Option<OrderView> {
        match self.bodies.get(&order.to_string()) {
            Some(DocumentBody::Order(order)) => Some(order.clone()),
            _ => None,
        }
    }

    fn pick<'a, T: 'a>(&'a self, kind: impl Fn(&'a DocumentBody) -> Option<T>) -> impl Iterator<Item = T> {
        self.bodies.values().filter_map(kind)
    }
}
