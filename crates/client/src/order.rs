//! Putting short lists in order.
//!
//! What arrives here is in order already or nearly so: pages of the ledger, ids that grow with time. Insertion looks at such a
//! list once. The standard sorts are made for long lists in any order, and each use of one adds 5 kB to the apps.

/// Sorts `rows` so that `fits(one, next)` holds for all neighbours; rows that fit either way keep their order.
pub(crate) fn in_order<T>(rows: &mut [T], fits: impl Fn(&T, &T) -> bool) {
    for end in 1..rows.len() {
        let mut place = end;
        while place > 0 && !fits(&rows[place - 1], &rows[place]) {
            rows.swap(place - 1, place);
            place -= 1;
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::in_order;

    proptest! {
        #[test]
        fn orders_as_the_stable_sort_does(mut rows: Vec<(u8, u32)>) {
            let mut expected = rows.clone();
            expected.sort_by_key(|(key, _)| *key);
            in_order(&mut rows, |one, next| one.0 <= next.0);
            prop_assert_eq!(rows, expected);
        }
    }
}
