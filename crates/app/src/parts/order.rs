//! What an order holds, as its payer sees it: before paying, and on the receipt.

use qianbao_api::orders::OrderLine;
use qianbao_api::payments::OrderSummary;
use qianbao_ui::dom::{View, view};
use qianbao_ui::{AmountParts, Fact};

use crate::words::{Words, say};

/// Lines and description as facts; nothing where an order has neither.
pub fn facts(words: Words, order: OrderSummary) -> View {
    let lines: Vec<View> = order.lines.iter().map(line).collect();
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

/// `龙井 × 1`, with its price when there is more than one.
fn line(line: &OrderLine) -> View {
    let count = [" × ", &line.quantity.to_string()].concat();
    let name = line.name.clone();
    let price = (line.quantity > 1).then(|| [" · ", &AmountParts::of(line.unit_price).text()].concat());
    view! {
        <li>
            <bdi>{name}</bdi>
            {count}
            {price}
        </li>
    }
}
