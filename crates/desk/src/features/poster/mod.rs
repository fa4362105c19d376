//! The static code on a sheet of A4, for the counter. What is printed is the poster alone (`web/styles/desk/print.css`).

use leptos::prelude::*;
use qianbao_api::merchants::{ShopView, StaticCodeView};
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Banner, Button, ButtonKind, Fetched, Glyph, IconButton, Navigation, QrCode, Skeleton, Tone};

use crate::browser::page;
use crate::say;
use crate::state::{Shopfront, Till};
use crate::texts::{Language, failure};

/// The screen.
#[component]
pub fn Poster() -> View {
    let till = Till::get();
    let language = Language::get();
    let navigation = Navigation::get();
    let code = Fetched::new(move || async move { till.client().shop_code().await });
    let shop = move || match till.shop() {
        Shopfront::Open(shop) => Some(shop),
        Shopfront::Unknown | Shopfront::Missing => None,
    };
    let body = move || match (code.get(), shop()) {
        (Some(Ok(code)), Some(shop)) => view! {
            <Sheet code=code shop=shop />
            <div class="poster-actions">
                <Button text=say!(print) glyph=Glyph::Print press=|()| page::print() />
            </div>
        },
        (Some(Err(error)), _) => {
            let said = failure(language.locale(), &error);
            view! {
                <Banner text=said tone=Tone::Gold glyph=Glyph::Offline />
                <p class="quiet">{text(say!(code_unknown))}</p>
                <Button text=say!(again) kind=ButtonKind::Quiet glyph=Glyph::Refresh press=move |()| code.refetch() />
            }
        }
        _ => view! { <Skeleton lines=6 /> },
    };
    view! {
        <div class="column">
            <div class="detail-bar screen-only">
                <IconButton label=say!(back) glyph=Glyph::Back press=move |()| navigation.back_or("/shop") />
                <h1>{text(say!(title_shop_code))}</h1>
            </div>
            <p class="quiet screen-only">{text(say!(shop_code_hint))}</p>
            {body}
        </div>
    }
}

/// The poster: both languages at once, whoever stands at the counter.
#[component]
fn Sheet(
    /// The code.
    code: StaticCodeView,
    /// Whose it is.
    shop: ShopView,
) -> View {
    view! {
        <article class="poster">
            <p class="poster-brand">"钱包 Qianbao"</p>
            <p class="poster-scan">
                <span lang="zh-CN">{text(say!(poster_scan))}</span>
                <span lang="en">{text(say!(poster_scan_en))}</span>
            </p>
            <QrCode content=code.payload label=say!(code_label) />
            <p class="poster-name">
                <bdi lang="zh-CN">{shop.name_zh}</bdi>
                <bdi lang="en">{shop.name_en}</bdi>
            </p>
            <p class="poster-check">
                <span lang="zh-CN">{text(say!(poster_check))}</span>
                <span lang="en">{text(say!(poster_check_en))}</span>
            </p>
        </article>
    }
}
