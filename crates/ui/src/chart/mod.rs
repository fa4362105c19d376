//! Bar charts: SVG in the tokens' colours, with the same figures as a table behind.

use crate::dom::{View, view};
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use crate::words::text as words;

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it stands for, in full, for the table.
    pub name: String,
    /// What stands below it; may be empty.
    pub short: String,
    /// How high, in any unit; negative counts as zero.
    pub value: i64,
    /// The value as text, for the table.
    pub text: String,
    /// Whether the bar is of what has been; the others are drawn pale.
    pub past: bool,
}

const WIDTH: i64 = 320;
const HEIGHT: i64 = 72;
const LABELS: i64 = 16;

/// Left edge, width, top and height of bar `place` of `count`, when `value` of `most` is drawn.
fn geometry(place: i64, count: i64, value: i64, most: i64) -> [i64; 4] {
    let step = WIDTH / count.max(1);
    let width = (step * 3 / 5).clamp(2, 24);
    let value = value.max(0);
    // In i128: value times height may leave i64. A bar that is not zero is at least seen.
    let height = i64::try_from(i128::from(value) * i128::from(HEIGHT) / i128::from(most.max(1))).unwrap_or(HEIGHT);
    let height = if value > 0 { height.max(3) } else { 2 };
    [place * step + (step - width) / 2, width, HEIGHT - height, height]
}

/// A chart of bars.
#[component]
pub fn BarChart(
    /// What it shows; the caption of its table.
    #[prop(into)]
    caption: TextProp,
    /// The bars, from left to right.
    #[prop(into)]
    bars: Signal<Vec<Bar>>,
) -> View {
    let drawing = move || {
        bars.with(|bars| {
            let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0);
            let count = i64::try_from(bars.len()).unwrap_or(1);
            (0..).zip(bars).map(|(place, bar)| drawn(geometry(place, count, bar.value, most), bar)).collect::<Vec<_>>()
        })
    };
    let rows = move || {
        bars.with(|bars| {
            bars.iter()
                .map(|bar| {
                    view! {
                        <tr>
                            <th scope="row">{bar.name.clone()}</th>
                            <td>{bar.text.clone()}</td>
                        </tr>
                    }
                })
                .collect::<Vec<_>>()
        })
    };
    let frame = ["0 0 ", &WIDTH.to_string(), " ", &(HEIGHT + LABELS).to_string()].concat();
    view! {
        <div>
            <svg class="chart" viewBox=frame aria-hidden="true">
                {drawing}
            </svg>
            // A table grows with its rows whatever its height says; the box around it does not.
            <div class="unseen">
                <table>
                    <caption>{words(caption)}</caption>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
    }
}

fn drawn([left, width, top, height]: [i64; 4], bar: &Bar) -> View {
    let label = (!bar.short.is_empty()).then(|| {
        view! {
            <text class="chart-label" x=left + width / 2 y=HEIGHT + LABELS - 3>
                {bar.short.clone()}
            </text>
        }
    });
    view! {
        <rect
            class=if bar.past { "chart-bar" } else { "chart-rest" }
            x=left
            y=top
            width=width
            height=height
            rx="3"
        ></rect>
        {label}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stay_in_their_frame() {
        for count in [1, 7, 12, 31] {
            for place in 0..count {
                let [left, width, top, height] = geometry(place, count, i64::MAX, i64::MAX);
                assert!(left >= 0 && left + width <= WIDTH, "bar {place} of {count}");
                assert_eq!((top, height), (0, HEIGHT));
            }
        }
    }

    #[test]
    fn a_small_value_is_seen_and_a_negative_one_is_none() {
        assert_eq!(geometry(0, 7, 1, 1_000_000)[3], 3);
        assert_eq!(geometry(0, 7, 0, 0)[3], 2);
        assert_eq!(geometry(0, 7, -50, 100)[3], 2);
    }
}
