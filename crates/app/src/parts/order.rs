//! What an order holds, as its payer sees it: before paying, and on the receipt.

use qianbao_api::orders::OrderLine;
use qianbao_api::payments::OrderSummary;
use qianbao_ui::dom::{View, view};
use qianbao_ui::{Fact, LineItem};

use crate::words::{Words, say};

/// Lines and description as facts; nothing where an order has neither.
pub fn facts(words: Words, order: OrderSummary) -> View {
    let line = |line: OrderLine| {
        view! { <LineItem name=line.name quantity=line.quantity unit_price=line.unit_price /> }
    };
    let lines: Vec<View> = order.lines.into_iter().map(line).collect();
    let lines = (!lines.is_empty()).then(|| {
        view! {
            <Fact label=say!(words, order)>
                <ul>{lines}</ul>
            </Fact>
        }
    });
    let description = (!order.description.is_empty()).then(|| {
        view! {
            <Fact label=say!(words, order_for)>
                <bdi>{order.description}</bdi>
            </Fact>
        }
    });
    view! {
        {lines}
        {description}
    }
}
