//! A list that draws only the rows in sight: rows of one height, recycled, moved by transform.
//!
//! The rows in sight and a few beyond are slots. Slot `k` of `n` shows the row `i` with `i mod n = k`, so scrolling by
//! one row changes one slot. Rows come by index; a row's view follows its index signal.

use std::rc::Rc;

use crate::dom::{View, each, view};
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use crate::field::fresh_id;

/// Rows drawn above and below what is in sight.
const BEYOND: usize = 6;
/// Rows drawn before the height is known.
const FIRST_GUESS: usize = 16;
/// Never more slots than this, however tall the window.
const SLOTS_MAX: usize = 80;

/// How a row is drawn, given its place, which changes when the slot is used again.
#[derive(Clone)]
pub struct RowView(Rc<dyn Fn(Signal<usize>) -> View>);

impl<F: Fn(Signal<usize>) -> View + 'static> From<F> for RowView {
    fn from(draw: F) -> Self {
        Self(Rc::new(draw))
    }
}

/// The row that a slot shows when `first` is the first drawn row.
fn row_of_slot(slot: usize, slots: usize, first: usize) -> usize {
    first + (slot + slots - first % slots) % slots
}

/// How many slots fill a window of `height` px with rows of `row` px.
fn slots_for(height: i32, row: i32) -> usize {
    let seen = usize::try_from(height / row.max(1)).unwrap_or(0) + 2;
    (seen + 2 * BEYOND).min(SLOTS_MAX)
}

/// A list of any length.
#[component]
pub fn ScrollList(
    /// What it lists.
    #[prop(into)]
    label: TextProp,
    /// How many rows there are.
    #[prop(into)]
    count: Signal<usize>,
    /// How a row is drawn.
    #[prop(into)]
    row: RowView,
    /// Told of the first row in sight when it changes.
    #[prop(into)]
    top: Callback<usize>,
    /// Told when the last rows come near, for lists that load more.
    #[prop(into)]
    near_end: Callback<()>,
) -> View {
    let list = NodeRef::<html::Div>::new();
    let probe = NodeRef::<html::Div>::new();
    let height_px = RwSignal::new(0);
    let slots = RwSignal::new(FIRST_GUESS);
    let first = RwSignal::new(0_usize);
    let measure = move || {
        let (Some(list), Some(probe)) = (list.get_untracked(), probe.get_untracked()) else { return };
        let row_px = probe.offset_height().max(1);
        if height_px.get_untracked() != row_px {
            height_px.set(row_px);
        }
        let wanted = slots_for(list.client_height(), row_px);
        if slots.get_untracked() != wanted {
            slots.set(wanted);
        }
        let seen = usize::try_from(list.scroll_top() / row_px).unwrap_or(0);
        let drawn = seen.saturating_sub(BEYOND);
        if first.get_untracked() != drawn {
            first.set(drawn);
        }
        top.run(seen);
        if drawn + wanted >= count.get_untracked() {
            near_end.run(());
        }
    };
    Effect::new(move || {
        // Also when the number of rows changes: the window may have grown, or the end come near.
        count.track();
        if list.get().is_none() {
            return;
        }
        if let Ok(frame) = request_animation_frame_with_handle(measure) {
            // The list may be gone before the next frame is drawn, and with it all that is measured.
            on_cleanup(move || frame.cancel());
        }
    });
    let resize = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resize.remove());
    let slot = move |slot: usize| {
        let index = Memo::new(move |_| row_of_slot(slot, slots.get().max(1), first.get()));
        let there = Memo::new(move |_| index.get() < count.get());
        let row = row.clone();
        let offset = move || {
            ["translateY(", &(i64::try_from(index.get()).unwrap_or(0) * i64::from(height_px.get())).to_string(), "px)"]
                .concat()
        };
        view! {
            <div
                class="scroll-list-slot"
                role="listitem"
                aria-setsize=move || count.get().to_string()
                aria-posinset=move || (index.get() + 1).to_string()
                hidden=move || !there.get()
                style:transform=offset
            >
                {move || there.get().then(|| (row.0)(index.into()))}
            </div>
        }
    };
    let total = move || (i64::try_from(count.get()).unwrap_or(0) * i64::from(height_px.get())).to_string() + "px";
    view! {
        <div id=fresh_id("list-") class="scroll-list" node_ref=list tabindex="0" aria-label=label role="list" on:scroll=move |_| measure()>
            <div class="scroll-list-slot" node_ref=probe hidden=false aria-hidden="true"></div>
            <div class="scroll-list-space" role="presentation" style:height=total>
                {each(move || (0..slots.get()).collect(), |slot| *slot, slot)}
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drawn_row_has_exactly_one_slot() {
        for slots in [1, 7, 16] {
            for first in 0..50 {
                let mut rows: Vec<usize> = (0..slots).map(|slot| row_of_slot(slot, slots, first)).collect();
                rows.sort_unstable();
                assert_eq!(rows, (first..first + slots).collect::<Vec<_>>(), "slots {slots}, first {first}");
            }
        }
    }

    #[test]
    fn scrolling_by_one_row_changes_one_slot() {
        let changed = (0..16).filter(|&slot| row_of_slot(slot, 16, 20) != row_of_slot(slot, 16, 21)).count();
        assert_eq!(changed, 1);
    }

    #[test]
    fn a_window_of_any_height_has_a_bounded_number_of_slots() {
        assert_eq!(slots_for(680, 68), 10 + 2 + 2 * BEYOND);
        assert_eq!(slots_for(100_000, 1), SLOTS_MAX);
        assert_eq!(slots_for(0, 0), 2 + 2 * BEYOND);
    }
}
